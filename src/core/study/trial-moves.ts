/** The small moves that every event's folding is made of: a trial's state, its share of the budget, its place in the study's lists. */
import type { Json, TrialState } from '../trial.ts'
import { assert } from '../trial.ts'
import type { Notice } from '../schedulers/scheduler.ts'
import { key } from '../space/space.ts'
import { doomCheckpoint } from './checkpoints.ts'
import { epochsLeft } from './state.ts'
import type { LiveAttempt, StudyState, TrialRecord } from './state.ts'
import type { Study } from './study.ts'

export function trialAt(state: StudyState, number: number): TrialRecord {
  const trial = state.trials[number]
  assert(trial, `trial ${number} exists`)
  return trial
}

/** The attempt if it is the live one; null for words from a forgotten attempt. */
export function liveAttempt(state: StudyState, trial: number, attempt: number): LiveAttempt | null {
  const live = trialAt(state, trial).live
  return live && live.attempt === attempt ? live : null
}

export function notify(study: Study, notice: Notice): void {
  study.scheduler.evolve(study.state.schedulerMemory, notice, study.view)
}

export function moveTo(state: StudyState, trial: TrialRecord, to: TrialState): void {
  state.counts[trial.state]--
  state.counts[to]++
  trial.state = to
  trial.revision++
}

export function reserve(state: StudyState, trial: TrialRecord, epochs: number): void {
  state.epochsReserved += epochs - trial.reserved
  trial.reserved = epochs
}

export function settle(study: Study, trial: TrialRecord, to: 'complete' | 'stopped' | 'failed'): void {
  const { state } = study
  moveTo(state, trial, to)
  trial.settledAt = state.now
  reserve(state, trial, 0)
  state.owed.delete(trial.number)
  state.lingering.delete(trial.number)
  state.unjudged.delete(trial.number)
  if (trial.live) state.leaving.add(trial.number)
  else doomCheckpoint(study, trial)
  if (to === 'complete') state.failedInARow = 0
}

export function owe(state: StudyState, trial: TrialRecord, as: 'waiting' | 'paused'): void {
  moveTo(state, trial, as)
  state.owed.add(trial.number)
  const needed = trial.until - (state.definition.resumable === true ? trial.epoch : 0)
  reserve(state, trial, Math.max(0, Math.min(needed, trial.reserved + epochsLeft(state))))
}

/** An order of the usual kind wants what was trained ahead of it. */
export function setUntil(
  study: Study,
  trial: TrialRecord,
  order: { until: number; tag?: Json; speculative?: boolean },
): void {
  const isNew = trial.until === 0
  const { until, tag, speculative = false } = order
  trial.until = until
  // Its arrival is told once an order, and the limit may be the one that it trained ahead to.
  if (trial.isSpeculative) trial.arrivedUntil = 0
  trial.isSpeculative = speculative
  if (!speculative) {
    study.state.epochsSpeculated -= trial.speculated
    trial.speculated = 0
  }
  const ahead = speculative ? { speculative } : {}
  notify(study, { type: 'ordered', trial: trial.number, until, isNew, tag, ...ahead })
}

export function blankTrial(
  state: StudyState,
  given: Pick<TrialRecord, 'number' | 'configuration' | 'by' | 'note' | 'tag' | 'imported'>,
): TrialRecord {
  return {
    ...given,
    createdAt: state.now,
    state: 'waiting',
    settledAt: null,
    until: 0,
    order: { rule: 'new' },
    epoch: 0,
    epochs: [],
    values: state.metrics.map(() => []),
    live: null,
    attempts: [],
    attemptCount: 0,
    failures: 0,
    losses: 0,
    notBefore: 0,
    failing: null,
    why: null,
    arrivedUntil: 0,
    reserved: 0,
    rejected: 0,
    isSpeculative: false,
    speculated: 0,
    revision: 0,
  }
}

export function addTrial(study: Study, trial: TrialRecord): void {
  const { state } = study
  assert(trial.number === state.trials.length, `trial ${trial.number} is the next one`)
  state.trials.push(trial)
  state.seen.add(key(study.space, trial.configuration))
  state.counts.waiting++
}
