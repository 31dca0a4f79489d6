import type { Configuration, TrialState } from '../core/trial.ts'
import type { Event } from '../core/study/events.ts'
import type { Study } from '../core/study/study.ts'

/** What somebody else's loop is to train: the trial from its epoch `from` on up to `until`. */
export type AskedOrder = {
  readonly trial: number
  readonly attempt: number
  readonly configuration: Configuration
  readonly from: number
  readonly until: number
}

/** The order that an ask brought about, found among the events of its batch; null if there is nothing to do at present. */
export function askedOrder(study: Study, events: readonly Event[]): AskedOrder | null {
  for (const event of events) {
    if (event.type !== 'StartAttempt' || !event.asked) continue
    const { trial, attempt, from, until } = event
    const configuration = study.state.trials[trial]?.configuration ?? {}
    return { trial, attempt, configuration, from, until }
  }
  return null
}

/** How an asked trial stands after a report: whether its asker should train on, and how far. */
export type Standing = {
  readonly trial: number
  readonly state: TrialState
  readonly epoch: number
  readonly until: number
  /** False: it has reached its limit, or was stopped or failed; `tell` ends the attempt. */
  readonly goesOn: boolean
}

export function standing(study: Study, number: number): Standing | null {
  const trial = study.state.trials[number]
  if (!trial) return null
  const until = trial.live?.until ?? trial.until
  const goesOn = trial.state === 'running' && trial.live !== null && !trial.live.stopping && trial.epoch < until
  return { trial: number, state: trial.state, epoch: trial.epoch, until, goesOn }
}
