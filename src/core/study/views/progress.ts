/** How far a study is: counts, epochs, time. One pass over the trials. */
import type { Reason, TrialState } from '../../trial.ts'
import type { PreviewRow } from '../../schedulers/scheduler.ts'
import type { StudyState, TrialRecord } from '../state.ts'
import { epochsLeft, trialsLeft } from '../state.ts'
import type { Study } from '../study.ts'

export interface Progress {
  readonly counts: { readonly [state in TrialState]: number }
  readonly trials: {
    readonly created: number
    readonly imported: number
    readonly planned: number | null
    readonly left: number | null
  }
  readonly epochs: {
    /** Trained within orders; with `repeated` this is what the budget counts. */
    readonly trained: number
    readonly repeated: number
    /** Trained by programs beyond what was ordered; no budget counts them. */
    readonly overrun: number
    /** Among those trained, or trained beyond an order: ahead of decisions that did not want them, or not yet. */
    readonly speculative: number
    /** trained + repeated. */
    readonly spent: number
    /** Ordered and not trained yet. */
    readonly reserved: number
    readonly planned: number | null
    readonly left: number | null
    /** What training every started trial as far as it goes would have cost, less what was spent and is still on order. */
    readonly saved: number
  }
  readonly time: {
    /** Of running controllers, up to `now`. */
    readonly elapsedMs: number
    readonly leftMs: number | null
    /** How `leftMs` was found. */
    readonly method: 'finished' | 'epoch-budget' | 'time-budget' | 'schedule' | 'epochs-per-trial' | 'unknown'
  }
  readonly slots: { readonly total: number; readonly busy: number }
  readonly reports: number
  readonly decisions: number
  readonly isOpen: boolean
  readonly closed: Reason | null
  readonly finished: Reason | null
  readonly paused: string | null
  readonly stopRequested: string | null
  /** The controller that the log says is at work; whether it still lives, only the store's lease knows. */
  readonly session: { readonly host: string; readonly pid: number; readonly since: number } | null
}

/** `now` extends the elapsed time beyond the last event while a controller is at work (default: no further). */
export function progress(study: Study, now: number = study.state.now): Progress {
  const { state } = study
  const { budget, session } = state
  const spent = state.epochsTrained + state.epochsRepeated
  const elapsedMs = state.elapsedMs + (session ? Math.max(0, now - state.now) : 0)
  return {
    counts: { ...state.counts },
    trials: {
      created: state.trials.length,
      imported: state.importedCount,
      planned: budget.trials ?? null,
      left: budget.trials === undefined ? null : Math.max(0, trialsLeft(state)),
    },
    epochs: {
      trained: state.epochsTrained,
      repeated: state.epochsRepeated,
      overrun: state.epochsOverrun,
      speculative: state.epochsSpeculated,
      spent,
      reserved: state.epochsReserved,
      planned: budget.epochs ?? null,
      left: budget.epochs === undefined ? null : Math.max(0, epochsLeft(state)),
      saved: epochsSaved(state),
    },
    time: { elapsedMs, ...timeLeft(study, spent, elapsedMs) },
    slots: { total: state.slots, busy: state.live.size - state.askedCount },
    reports: state.reportCount,
    decisions: state.decisionCount,
    isOpen: state.finished === null,
    closed: state.closed,
    finished: state.finished,
    paused: state.paused,
    stopRequested: state.stopRequested,
    session: session && { host: session.host, pid: session.pid, since: session.since },
  }
}

/** A trial whose program ended by itself, or that failed, could not have been trained further than it was. */
function epochsSaved(state: StudyState): number {
  const { max } = state.definition.epochs
  let full = 0
  for (const trial of state.trials) {
    if (trial.imported || trial.attemptCount === 0) continue
    full += trial.state === 'complete' || trial.state === 'failed' ? trial.epoch : max
  }
  const { epochsTrained, epochsRepeated, epochsOverrun, epochsReserved } = state
  return Math.max(0, full - epochsTrained - epochsRepeated - epochsOverrun - epochsReserved)
}

function timeLeft(study: Study, spent: number, elapsedMs: number): Pick<Progress['time'], 'leftMs' | 'method'> {
  const { state } = study
  if (state.finished) return { leftMs: 0, method: 'finished' }
  const { timeMs, epochs } = state.budget
  const byClock = timeMs === undefined ? null : Math.max(0, timeMs - elapsedMs)
  const byWork = spent > 0 && elapsedMs > 0 ? workLeft(study, spent, epochs) : null
  if (byWork) {
    const leftMs = Math.round((byWork.epochs * elapsedMs) / spent)
    if (byClock === null || leftMs <= byClock) return { leftMs, method: byWork.method }
  }
  return byClock === null ? { leftMs: null, method: 'unknown' } : { leftMs: byClock, method: 'time-budget' }
}

type Work = { readonly epochs: number; readonly method: 'epoch-budget' | 'schedule' | 'epochs-per-trial' }

/** Epochs still to be trained, by the nearest limit that is known; null = open-ended. */
function workLeft(study: Study, spent: number, budget: number | undefined): Work | null {
  const options: Work[] = []
  if (budget !== undefined) options.push({ epochs: Math.max(0, budget - spent), method: 'epoch-budget' })
  const scheduled = scheduledEpochs(study)
  if (scheduled !== null && scheduled >= spent) options.push({ epochs: scheduled - spent, method: 'schedule' })
  else {
    const perTrial = epochsPerTrial(study.state)
    if (perTrial !== null) options.push({ epochs: perTrial, method: 'epochs-per-trial' })
  }
  options.sort((a, b) => a.epochs - b.epochs)
  return options[0] ?? null
}

/** What the scheduler's own plan costs at most; null if it is open-ended (then a preview only shows an example). */
function scheduledEpochs(study: Study): number | null {
  const { budget } = study.state
  const definition = { ...study.state.definition, budget }
  if (budget.trials === undefined && typeof definition.scheduler['passes'] !== 'number') return null
  const total = plannedEpochs(study.schedulerKind.preview({ definition, options: definition.scheduler }))
  return Number.isFinite(total) && total > 0 ? total : null
}

/** A trial that reaches a row's epoch has trained through the rows before it in the same group. */
export function plannedEpochs(rows: readonly PreviewRow[]): number {
  let total = 0
  let group: string | null = null
  let from = 0
  for (const row of rows) {
    if (row.group !== group) from = 0
    total += row.trials * (row.epoch - from)
    group = row.group
    from = row.epoch
  }
  return total
}

/** With a number of trials as the only limit: what the settled ones took, for each that is not settled yet. */
function epochsPerTrial(state: StudyState): number | null {
  if (trialsLeft(state) === Infinity && !state.closed) return null
  let settled = 0
  let epochs = 0
  let open = state.closed ? 0 : trialsLeft(state)
  let begun = 0
  for (const trial of state.trials) {
    if (trial.imported) continue
    if (isOpen(trial)) {
      open++
      begun += trial.epoch
    } else {
      settled++
      epochs += trial.epoch
    }
  }
  return settled === 0 ? null : Math.max(0, (open * epochs) / settled - begun)
}

function isOpen({ state }: TrialRecord): boolean {
  return state === 'waiting' || state === 'running' || state === 'paused'
}
