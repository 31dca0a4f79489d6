/** The life of attempts: how one begins, and what its end means for the trial. */
import type { Outcome, Reason } from '../trial.ts'
import { assert, isSettled } from '../trial.ts'
import { doomCheckpoint } from './checkpoints.ts'
import type { Decision } from './events.ts'
import type { LiveAttempt, StudyState, TrialRecord } from './state.ts'
import { arrive, missingObjectives } from './reports.ts'
import type { Study } from './study.ts'
import { moveTo, notify, owe, reserve, setUntil, settle, trialAt } from './trial-moves.ts'

export function started(study: Study, decision: Decision & { readonly type: 'StartAttempt' }): void {
  const { state } = study
  const trial = trialAt(state, decision.trial)
  assert(!trial.live, `trial ${trial.number} has no other live attempt`)
  const { attempt, from, until } = decision
  trial.attemptCount = attempt
  trial.live = {
    attempt,
    from,
    orderedUntil: until,
    until,
    epoch: from,
    saidEpoch: 0,
    lines: 0,
    startedAt: decision.at,
    lastSignAt: decision.at,
    process: undefined,
    released: false,
    stopping: null,
    overdue: null,
    handedOver: false,
    asked: decision.asked === true,
  }
  state.live.add(trial.number)
  if (decision.asked) {
    state.askedCount++
    state.asks = 0
  }
  state.owed.delete(trial.number)
  trial.order = decision.why
  trial.failing = null
  moveTo(state, trial, 'running')
  reserve(state, trial, until - from)
  if (until !== trial.until) setUntil(study, trial, decision)
}

/** A further order without a restart: of a trial that lingers, or of one that trained beyond its last order and so has met this one, too. */
export function raised(study: Study, decision: Decision & { readonly type: 'RaiseUntil' }): void {
  const { state } = study
  const trial = trialAt(state, decision.trial)
  const { live } = trial
  assert(live ?? trial.epoch >= decision.until, `trial ${decision.trial} trains, or has trained, to ${decision.until}`)
  if (live) {
    live.until = decision.until
    live.lastSignAt = decision.at
  }
  trial.order = decision.why
  state.lingering.delete(trial.number)
  setUntil(study, trial, decision)
  reserve(state, trial, Math.max(0, decision.until - (live?.epoch ?? decision.until)))
  if (trial.epoch >= decision.until) arrive(study, trial)
}

export function ended(study: Study, number: number, attempt: number, outcome: Outcome): void {
  const { state } = study
  const trial = trialAt(state, number)
  const live = trial.live
  if (!live || live.attempt !== attempt) return
  trial.live = null
  trial.attempts.push({
    attempt,
    from: live.from,
    epoch: live.epoch,
    startedAt: live.startedAt,
    endedAt: state.now,
    outcome,
  })
  state.live.delete(number)
  state.lingering.delete(number)
  state.unjudged.delete(number)
  state.leaving.delete(number)
  if (live.asked) state.askedCount--
  if (isSettled(trial.state)) {
    doomCheckpoint(study, trial)
    return
  }
  const failure = trial.failing ?? failureOf(state, trial, live, outcome)
  if (failure) {
    trial.failing = failure
    if (failure.rule !== 'lost' && failure.rule !== 'refused') trial.failures++
    owe(state, trial, 'waiting')
    state.attention.push(number)
  } else if (trial.epoch >= trial.until) {
    // No further line of its last epoch will come: it is judged by what there is.
    if (trial.arrivedUntil < trial.until) arrive(study, trial)
    if (isSettled(trial.state)) return
    reserve(state, trial, 0)
    moveTo(state, trial, 'paused')
  } else if (live.stopping || live.handedOver || trial.epoch >= live.orderedUntil) {
    owe(state, trial, live.stopping ? 'paused' : 'waiting')
  } else {
    completeEarly(study, trial)
  }
}

/** The program ended by itself: that is all there will be of this curve. */
function completeEarly(study: Study, trial: TrialRecord): void {
  trial.arrivedUntil = trial.until
  settle(study, trial, 'complete')
  notify(study, { type: 'arrived', trial: trial.number, epoch: trial.epoch, complete: true })
}

/** Why the end of an attempt is a failure, or null. */
function failureOf(state: StudyState, trial: TrialRecord, live: LiveAttempt, outcome: Outcome): Reason | null {
  // Overdue, but it has trained as far as it was ordered: that is what was wanted of it.
  if (live.overdue) return trial.epoch >= trial.until ? null : { rule: live.overdue, epoch: live.epoch }
  if (live.stopping) return null
  const place = { attempt: live.attempt, epoch: live.epoch }
  // It did what it was ordered to: how it then ended is no matter, if the study has learnt of it what it is about.
  if (trial.epoch >= trial.until && outcome.type !== 'refused') return silenceOf(state, trial, place)
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail }
  switch (outcome.type) {
    case 'exited':
      if (outcome.code === 0) return live.handedOver ? null : silenceOf(state, trial, place)
      return { rule: outcome.outOfMemory ? 'out-of-memory' : 'exit', code: outcome.code, ...place, ...detail }
    case 'killed':
      return { rule: outcome.outOfMemory ? 'out-of-memory' : 'killed', signal: outcome.signal, ...place, ...detail }
    case 'lost':
    case 'refused':
      trial.losses++
      trial.notBefore = state.now + backoffMs(outcome.type, trial.losses)
      return { rule: outcome.type, ...place, ...detail }
  }
}

/** An attempt is no success if the study has learnt nothing of what it is about. */
function silenceOf(state: StudyState, trial: TrialRecord, place: { readonly [name: string]: number }): Reason | null {
  if (trial.epochs.length === 0) return { rule: 'no-report', ...place }
  const missing = missingObjectives(state, trial)
  if (missing.length === 0) return null
  const reported = state.metrics.filter((_, column) =>
    (trial.values[column] ?? []).some((value) => !Number.isNaN(value)),
  )
  return { rule: 'no-objective', missing, reported, ...place }
}

/** The world gets a pause before the next try: 1, 2, 4, 8, 16 s; a first loss is tried again at once. */
function backoffMs(type: 'lost' | 'refused', count: number): number {
  const exponent = type === 'refused' ? count - 1 : count - 2
  return exponent < 0 ? 0 : 1000 * 2 ** Math.min(exponent, 6)
}
