/**
 * A study in memory: its state, and the parts that its definition names. The parts are plain objects without a memory of their own,
 * so that state alone, kept or cached, gives the study back.
 */
import type { Json } from '../trial.ts'
import { assert } from '../trial.ts'
import { paretoOrder } from '../maths/pareto.ts'
import { historyKeeper, levelsOf, type History } from '../samplers/history.ts'
import type { Sampler, SamplerKind } from '../samplers/sampler.ts'
import type { Scheduler, SchedulerKind } from '../schedulers/scheduler.ts'
import { encode, key, space } from '../space/space.ts'
import type { Space } from '../space/space.ts'
import type { Constraint, StudyDefinition } from './definition.ts'
import type { Fact } from './events.ts'
import { epochsLeft, newState } from './state.ts'
import type { StudyState, TrialRecord } from './state.ts'
import type { StudyView } from './study-view.ts'

/** What a study's definition may name. */
export interface Algorithms {
  readonly samplers: { readonly [name: string]: SamplerKind }
  readonly schedulers: { readonly [name: string]: SchedulerKind }
}

export interface Study {
  readonly state: StudyState
  readonly space: Space
  readonly view: StudyView
  readonly sampler: Sampler<unknown>
  readonly samplerKind: SamplerKind
  readonly scheduler: Scheduler<unknown>
  readonly schedulerKind: SchedulerKind
  /** What the sampler's model learns from, as of now: with what is proposed already. */
  history(): History
}

export function createStudy(created: Fact & { readonly type: 'StudyCreated' }, algorithms: Algorithms): Study {
  const study = restoreStudy(newState(created), algorithms)
  study.state.samplerMemory = study.sampler.start()
  study.state.schedulerMemory = study.scheduler.start()
  return study
}

/** The study around a state that was folded before. */
export function restoreStudy(state: StudyState, algorithms: Algorithms): Study {
  const { definition } = state
  const samplerKind = algorithms.samplers[definition.sampler.type]
  const schedulerKind = algorithms.schedulers[definition.scheduler.type]
  assert(samplerKind, `the sampler '${definition.sampler.type}' is known`)
  assert(schedulerKind, `the scheduler '${definition.scheduler.type}' is known`)
  const itsSpace = space(definition.space)
  const view = viewOf(state, itsSpace)
  return {
    state,
    space: itsSpace,
    view,
    sampler: samplerKind.create({ space: itsSpace, definition, options: definition.sampler }),
    samplerKind,
    scheduler: schedulerKind.create({ definition, options: definition.scheduler }),
    schedulerKind,
    history: historyOf(state, view, schedulerKind),
  }
}

function historyOf(state: StudyState, view: StudyView, scheduler: SchedulerKind): () => History {
  let keeper: ReturnType<typeof historyKeeper> | null = null
  return () => {
    keeper ??= historyKeeper(view, rungsOf(state.definition, scheduler))
    return keeper(state.proposed.map(({ configuration, note }) => ({ place: encode(view.space, configuration), note })))
  }
}

/** Where the scheduler lets trials wait or stop. One that says nothing of it may do so anywhere: then thirds of thirds have to do. */
function rungsOf(definition: StudyDefinition, scheduler: SchedulerKind): number[] {
  const { min, max } = definition.epochs
  const planned = scheduler.preview({ definition, options: definition.scheduler }).map(({ epoch }) => epoch)
  const thirds = [max / 27, max / 9, max / 3].map(Math.ceil).filter((epoch) => epoch >= min)
  return levelsOf(planned.every((epoch) => epoch >= max) ? thirds : planned, max)
}

function viewOf(state: StudyState, itsSpace: Space): StudyView {
  const { objectives } = state.definition
  const signs = objectives.map((objective) => (objective.direction === 'maximize' ? -1 : 1))
  const columns = objectives.map((objective) => state.metrics.indexOf(objective.metric))
  const best = objectives.map((objective) => objective.value === 'best')
  const at = (trial: number): TrialRecord => {
    const record = state.trials[trial]
    assert(record, `trial ${trial} exists`)
    return record
  }
  const loss = (trial: number, epoch = Infinity, objective = 0): number => {
    const record = at(trial)
    if (record.state === 'failed') return Infinity
    return lossOf(record, epoch, columns[objective] ?? 0, signs[objective] ?? 1, best[objective] ?? false)
  }
  const lossesOf = (trial: number, epoch: number): number[] =>
    objectives.map((_, objective) => loss(trial, epoch, objective))
  return {
    definition: state.definition,
    space: itsSpace,
    get slots() {
      return state.slots
    },
    get trialCount() {
      return state.trials.length
    },
    get epochsLeft() {
      return epochsLeft(state)
    },
    get startsWithinAnEpoch() {
      const { firstMs, firsts, furtherMs, furthers } = state.pace
      return firsts === 0 || furthers === 0 || firstMs / firsts <= (2 * furtherMs) / furthers
    },
    get canCreate() {
      return state.closed === null
    },
    state: (trial) => at(trial).state,
    configuration: (trial) => at(trial).configuration,
    note: (trial): Json | undefined => at(trial).note,
    isImported: (trial) => at(trial).imported,
    epoch: (trial) => at(trial).epoch,
    loss,
    ranked: (trials, epoch = Infinity) => {
      if (objectives.length > 1) {
        const sorted = [...trials].sort((a, b) => a - b)
        return paretoOrder(sorted.map((trial) => lossesOf(trial, epoch))).map((index) => sorted[index] as number)
      }
      const rows = trials.map((trial) => ({ trial, value: loss(trial, epoch) }))
      return rows.sort((a, b) => compareLosses(a.value, b.value) || a.trial - b.trial).map((row) => row.trial)
    },
    revision: (trial) => at(trial).revision,
    violation: (trial, constraint) => violationOf(state, at(trial), state.definition.constraints[constraint]),
    shown: (value) => (signs[0] === -1 ? -value : value),
    curve: (trial, objective = 0) => {
      const record = at(trial)
      const column = record.values[columns[objective] ?? 0] ?? []
      const sign = signs[objective] ?? 1
      return { epochs: record.epochs, losses: column.map((value) => sign * value) }
    },
    isSeen: (configuration) => state.seen.has(key(itsSpace, configuration)),
  }
}

/** Ascending; Infinity equals Infinity (a plain difference would be NaN). */
export function compareLosses(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function lossOf(record: TrialRecord, epoch: number, column: number, sign: number, isBest: boolean): number {
  const values = record.values[column]
  if (!values) return Infinity
  const { epochs } = record
  let best = Infinity
  for (let i = epochs.length - 1; i >= 0; i--) {
    if ((epochs[i] as number) > epoch) continue
    const value = values[i] as number
    if (Number.isNaN(value)) continue // this report lacked the metric
    if (!isBest) return sign * value
    if (sign * value < best) best = sign * value
  }
  return best
}

function violationOf({ metrics }: StudyState, trial: TrialRecord, constraint: Constraint | undefined): number {
  if (!constraint) return NaN
  const { metric, atMost = Infinity, atLeast = -Infinity } = constraint
  const value = (trial.values[metrics.indexOf(metric)] ?? []).findLast((each) => !Number.isNaN(each)) ?? NaN
  return Number.isNaN(value) ? NaN : Math.max(value - atMost, atLeast - value)
}
