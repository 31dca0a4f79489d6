/** What a report changes: the curve, the epochs that the budget counts, and whether the trial has arrived at its limit. */
import type { Metrics } from '../trial.ts'
import { isSettled } from '../trial.ts'
import type { LiveAttempt, StudyState, TrialRecord } from './state.ts'
import type { Study } from './study.ts'
import { notify, reserve, settle, trialAt } from './trial-moves.ts'

export function reported(
  study: Study,
  number: number,
  attempt: number,
  line: number,
  epoch: number,
  metrics: Metrics,
): void {
  const { state } = study
  const trial = trialAt(state, number)
  const live = trial.live && trial.live.attempt === attempt ? trial.live : null
  state.reportCount++
  if (live) {
    live.lines = line
    live.lastSignAt = state.now
    countEpochs(state, trial, live, epoch)
  }
  if (!record(state, trial, epoch, metrics)) return
  if (isSettled(trial.state)) return
  for (const objective of state.definition.objectives) {
    const value = metrics[objective.metric]
    if (value !== undefined && !Number.isFinite(value)) {
      trial.failing = { rule: 'non-finite', metric: objective.metric, value: String(value), epoch }
      state.attention.push(number)
      return
    }
  }
  notify(study, { type: 'reported', trial: number, epoch })
  checkTarget(state, trial, epoch, metrics)
  if (epoch >= trial.until) arrive(study, trial)
}

/** The budget counts what an attempt trains, also what an earlier one trained already. */
function countEpochs(state: StudyState, trial: TrialRecord, live: LiveAttempt, epoch: number): void {
  if (epoch <= live.epoch) {
    state.epochsRepeated++
    return
  }
  const within = Math.max(0, Math.min(epoch, live.until) - live.epoch)
  const settled = isSettled(trial.state)
  state.epochsTrained += settled ? 0 : within
  state.epochsOverrun += epoch - live.epoch - (settled ? 0 : within)
  live.epoch = epoch
  if (!settled) reserve(state, trial, Math.max(0, live.until - epoch))
}

/** Adds the report to the curve; false if it says nothing new (a repeated epoch). */
export function record(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): boolean {
  const last = trial.epochs.length - 1
  const isSame = last >= 0 && trial.epochs[last] === epoch
  if (!isSame && epoch <= trial.epoch) return false
  for (const name in metrics) if (!state.metrics.includes(name)) state.metrics.push(name)
  if (!isSame) trial.epochs.push(epoch)
  const index = trial.epochs.length - 1
  let isNew = !isSame
  for (let column = 0; column < state.metrics.length; column++) {
    const values = (trial.values[column] ??= [])
    while (values.length < index) values.push(NaN)
    const value = metrics[state.metrics[column] as string]
    if (values.length === index) values.push(NaN)
    if (value === undefined) continue
    // The first word on an epoch stands; a second line may only add metrics that the first one lacked.
    if (Number.isNaN(values[index])) {
      values[index] = value
      isNew = true
    }
  }
  trial.epoch = epoch
  return isNew
}

function checkTarget(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): void {
  const { target } = state.budget
  const objective = state.definition.objectives[0]
  if (target === undefined || !objective || state.definition.objectives.length > 1) return
  const value = metrics[objective.metric]
  if (value === undefined) return
  if (objective.direction === 'minimize' ? value <= target : value >= target)
    state.targetMet ??= { rule: 'target', trial: trial.number, epoch, value, target }
}

function arrive(study: Study, trial: TrialRecord): void {
  const { state } = study
  if (trial.arrivedUntil >= trial.until) return
  trial.arrivedUntil = trial.until
  state.failedInARow = 0
  const isComplete = trial.epoch >= state.definition.epochs.max
  if (isComplete) settle(study, trial, 'complete')
  else if (trial.live && !trial.live.released && !trial.live.stopping) state.lingering.add(trial.number)
  notify(study, { type: 'arrived', trial: trial.number, epoch: trial.epoch, complete: isComplete })
}
