/** What a report changes: the curve, the epochs that the budget counts, and whether the trial has arrived at its limit. */
import type { Metrics, Reason } from '../trial.ts'
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
    notePace(state, live, epoch)
    live.lastSignAt = state.now
    countEpochs(state, trial, live, epoch)
  }
  const wasJudged = canBeJudged(state, trial, epoch)
  const fresh = record(state, trial, epoch, metrics)
  if (fresh === null || isSettled(trial.state)) return
  for (const objective of state.definition.objectives) {
    const value = fresh[objective.metric]
    if (value !== undefined && !Number.isFinite(value)) {
      trial.failing = { rule: 'non-finite', metric: objective.metric, value: String(value), epoch }
      state.attention.push(number)
      return
    }
  }
  checkTarget(state, trial, epoch, fresh)
  if (!canBeJudged(state, trial, epoch)) {
    if (epoch >= trial.until && live) state.unjudged.add(number)
    return
  }
  if (wasJudged) return
  notify(study, { type: 'reported', trial: number, epoch })
  if (epoch >= trial.until) arrive(study, trial)
}

/**
 * Whether the study knows enough of the trial's last epoch: one objective at least was reported there, and each of them there or before. A program
 * may say one metric a line; were it judged by the first line alone, the rest of the epoch would come too late.
 */
function canBeJudged({ definition: { objectives }, metrics }: StudyState, trial: TrialRecord, epoch: number): boolean {
  const last = trial.epochs.length - 1
  if (trial.epochs[last] !== epoch) return false
  const columns = objectives.map(({ metric }) => trial.values[metrics.indexOf(metric)] ?? [])
  return (
    columns.some((values) => isKnown(values[last])) && columns.every((values) => values.findLastIndex(isKnown) >= 0)
  )
}

/** The objectives that the trial has never reported. */
export function missingObjectives({ definition, metrics }: StudyState, trial: TrialRecord): string[] {
  const names = definition.objectives.map(({ metric }) => metric)
  return names.filter((metric) => !(trial.values[metrics.indexOf(metric)] ?? []).some(isKnown))
}

function isKnown(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value)
}

function notePace({ pace, now }: StudyState, live: LiveAttempt, epoch: number): void {
  if (epoch <= live.epoch) return
  if (live.saidEpoch === 0) {
    pace.firstMs += now - live.startedAt
    pace.firsts++
  } else {
    pace.furtherMs += (now - live.lastSignAt) / (epoch - live.epoch)
    pace.furthers++
  }
}

/** The budget counts what an attempt trains, also what an earlier one trained already. */
function countEpochs(state: StudyState, trial: TrialRecord, live: LiveAttempt, epoch: number): void {
  if (epoch === live.saidEpoch) return
  live.saidEpoch = epoch
  if (epoch <= live.epoch) {
    state.epochsRepeated++
    return
  }
  const within = Math.max(0, Math.min(epoch, live.until) - live.epoch)
  const settled = isSettled(trial.state)
  state.epochsTrained += settled ? 0 : within
  if (trial.isSpeculative) {
    trial.speculated += epoch - live.epoch
    state.epochsSpeculated += epoch - live.epoch
  }
  state.epochsOverrun += epoch - live.epoch - (settled ? 0 : within)
  live.epoch = epoch
  if (!settled) reserve(state, trial, Math.max(0, live.until - epoch))
}

/** Adds the report to the curve; returns what of it is new, or null if nothing is (a repeated epoch). */
export function record(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): Metrics | null {
  const last = trial.epochs.length - 1
  const isSame = last >= 0 && trial.epochs[last] === epoch
  if (!isSame && epoch <= trial.epoch) return null
  for (const name in metrics) if (!state.metrics.includes(name)) state.metrics.push(name)
  if (!isSame) trial.epochs.push(epoch)
  const index = trial.epochs.length - 1
  const fresh: { [metric: string]: number } = {}
  for (let column = 0; column < state.metrics.length; column++) {
    const values = (trial.values[column] ??= [])
    while (values.length < index) values.push(NaN)
    const name = state.metrics[column] as string
    const value = metrics[name]
    if (values.length === index) values.push(NaN)
    if (value === undefined) continue
    // The first word on an epoch stands; a second line may only add metrics that the first one lacked.
    if (Number.isNaN(values[index])) {
      values[index] = value
      fresh[name] = value
    }
  }
  trial.epoch = epoch
  trial.revision++
  return isSame && Object.keys(fresh).length === 0 ? null : fresh
}

function checkTarget(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): void {
  const [objective, second] = state.definition.objectives
  const value = objective && !second ? metrics[objective.metric] : undefined
  if (value === undefined) return
  if (state.bestReport && meets(state, state.bestReport.value, value)) return
  state.bestReport = { trial: trial.number, epoch, value }
  state.targetMet ??= targetReason(state)
}

/** The report that meets the target, or null. */
export function targetReason(state: StudyState): Reason | null {
  const { bestReport, budget } = state
  if (budget.target === undefined || !bestReport || !meets(state, bestReport.value, budget.target)) return null
  return { rule: 'target', ...bestReport, target: budget.target }
}

function meets({ definition }: StudyState, value: number, target: number): boolean {
  return definition.objectives[0]?.direction === 'maximize' ? value >= target : value <= target
}

export function arrive(study: Study, trial: TrialRecord): void {
  const { state } = study
  if (trial.arrivedUntil >= trial.until) return
  trial.arrivedUntil = trial.until
  state.unjudged.delete(trial.number)
  state.failedInARow = 0
  const isComplete = trial.epoch >= state.definition.epochs.max
  if (isComplete) settle(study, trial, 'complete')
  else if (trial.live && !trial.live.released && !trial.live.stopping) state.lingering.add(trial.number)
  notify(study, { type: 'arrived', trial: trial.number, epoch: trial.epoch, complete: isComplete })
}
