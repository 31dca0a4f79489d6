/**
 * Makes the world match what the log wants of it: attempts started, their limits told, stopped, checkpoints deleted. What was told already is
 * not told again, so that a decision which changes nothing costs nothing.
 */
import { assert } from '../core/trial.ts'
import { stream } from '../core/maths/stream.ts'
import type { Event } from '../core/study/events.ts'
import type { LiveAttempt, TrialRecord } from '../core/study/state.ts'
import type { Study } from '../core/study/study.ts'
import { wantedOf } from '../core/study/wanted.ts'
import type { AttemptOrder, Executor } from '../ports.ts'
import type { Inbox } from './inbox.ts'

export interface World {
  /** Does what a durable event asks for. */
  act(event: Event): void
  /** After a restart: takes over every live attempt where the log left off. */
  adoptAll(): void
  killAll(): void
}

interface Told {
  readonly attempt: number
  until: number
  leave: boolean
  stop: boolean
}

export function newWorld(study: Study, executor: Executor, inbox: Inbox): World {
  const { state } = study
  const told = new Map<number, Told>()

  function trialAt(number: number): TrialRecord {
    const trial = state.trials[number]
    assert(trial, `trial ${number} exists`)
    return trial
  }

  function match(trial: TrialRecord): void {
    const { live } = trial
    const last = told.get(trial.number)
    if (!live || live.asked || last?.attempt !== live.attempt) return
    const wanted = wantedOf(trial, live)
    if (wanted.stop && !last.stop) executor.stop(trial.number, live.attempt, state.failures.graceMs)
    else if (!wanted.stop && (wanted.until !== last.until || wanted.leave !== last.leave))
      executor.limit(trial.number, live.attempt, wanted.until, wanted.leave)
    last.until = wanted.until
    last.leave = wanted.leave
    last.stop = wanted.stop
  }

  function adopt(trial: TrialRecord): void {
    const { live } = trial
    if (!live || live.asked) return
    inbox.expect(trial.number, live.attempt, live.lines + 1)
    told.set(trial.number, { attempt: live.attempt, until: live.until, leave: false, stop: false })
    executor.adopt(orderOf(study, trial, live), live.lines, live.process)
    executor.limit(trial.number, live.attempt, live.until, false)
    match(trial)
  }

  return {
    act(event) {
      switch (event.type) {
        case 'StartAttempt':
          if (event.asked) return
          inbox.expect(event.trial, event.attempt, 1)
          told.set(event.trial, { attempt: event.attempt, until: event.until, leave: false, stop: false })
          return executor.start(orderOf(study, trialAt(event.trial), event))
        case 'RaiseUntil':
        case 'ReleaseTrial':
        case 'StopAttempt':
        case 'StopTrial':
        case 'FailTrial':
          return match(trialAt(event.trial))
        case 'DeleteCheckpoint':
          return executor.deleteCheckpoint(event.trial)
        case 'AttemptEnded':
          told.delete(event.trial)
          return
        default:
          return
      }
    },
    adoptAll() {
      for (const number of state.live) adopt(trialAt(number))
      for (const number of state.deletedCheckpoints) executor.deleteCheckpoint(number)
    },
    killAll() {
      for (const number of state.live) {
        const { live } = trialAt(number)
        if (live && !live.asked) executor.stop(number, live.attempt, 0)
      }
    },
  }
}

function orderOf(
  study: Study,
  trial: TrialRecord,
  live: Pick<LiveAttempt, 'attempt' | 'from' | 'until'>,
): AttemptOrder {
  const { definition } = study.state
  return {
    trial: trial.number,
    attempt: live.attempt,
    configuration: trial.configuration,
    note: trial.note,
    seed: stream(definition.seed, 'trial', trial.number).uint32(),
    from: live.from,
    until: live.until,
    max: definition.epochs.max,
  }
}
