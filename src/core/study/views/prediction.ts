/**
 * What prediction has done to a study, and how far it can be trusted: epochs spared against what that cost, false drops among the audited
 * trials with their exact 95 % confidence interval, and how the predictions compare with what came true. One pass over the predictions.
 */
import { lowerLimit, upperLimit } from '../../maths/proportion.ts'
import type { AuditedDrop, PredictedOutcome, PredictionView } from '../../schedulers/scheduler.ts'
import type { Study } from '../study.ts'

export interface PredictionReport {
  readonly predictor: string
  readonly predictors: {
    readonly trained: number
    /** Being trained. */
    readonly underway: number
    readonly failed: number
    readonly models: PredictionView['models']
  }
  readonly earlier: PredictionView['earlier']
  /** Trials that a prediction dropped, audited ones among them. */
  readonly dropped: number
  readonly epochs: {
    /** That dropped trials were not trained in their round, audited ones among them. */
    readonly spared: number
    /** Of audits: those that audited trials were ordered for. */
    readonly audit: number
    /** Trained ahead of decisions that did not want them, or not yet. */
    readonly speculative: number
    /** spared - audit - speculative. */
    readonly net: number
  }
  /** null = the scheduler audits nothing. */
  readonly audit: AuditReport | null
  readonly relaxation: number
  readonly accuracy: {
    readonly audited: Accuracy
    /** Trials that went on: they were chosen for their predictions, so that these are a little too good on average. */
    readonly selected: Accuracy
    readonly all: Accuracy
  }
  readonly outcomes: readonly PredictedOutcome[]
}

export interface AuditReport {
  readonly share: number
  readonly judged: number
  readonly pending: number
  readonly falseDrops: number
  /** Of the judged; null = none is judged yet. */
  readonly falseDropRate: Proportion | null
  readonly harmAt: number
  readonly blind: number
  readonly verdict: AuditVerdict
  readonly audits: readonly AuditedDrop[]
}

/** The interval lies `below` or `above` the rate that does harm, or across it (`open`). `off`: nothing is audited; `waiting`: no audit is judged. */
export type AuditVerdict = 'off' | 'waiting' | 'open' | 'below' | 'above'

/** With its exact 95 % confidence interval. */
export interface Proportion {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Of predictions whose epoch came, with a finite value. Errors are true - predicted. */
export interface Accuracy {
  readonly count: number
  /** Share of them inside the 80 % interval; null = there are none. */
  readonly coverage: Proportion | null
  readonly meanError: number | null
  readonly rmse: number | null
}

/** Half the width of the normal 80 % interval, in sd. */
export const intervalSds = 1.2815515655446004

/** null: the scheduler predicts nothing. */
export function prediction(study: Study): PredictionReport | null {
  const { state, scheduler, view } = study
  const seen = scheduler.prediction?.(state.schedulerMemory, view)
  if (seen === undefined) return null
  const audits = seen.audit?.audits ?? []
  const speculative = state.epochsSpeculated
  const audit = seen.audit?.epochs ?? 0
  return {
    predictor: seen.predictor,
    predictors: { trained: state.fitsDone, underway: state.fits.size, failed: state.fitsFailed, models: seen.models },
    earlier: seen.earlier,
    dropped: seen.dropped,
    epochs: { spared: seen.spared, audit, speculative, net: seen.spared - audit - speculative },
    audit: seen.audit && auditReport(seen.audit),
    relaxation: seen.relaxation,
    accuracy: {
      audited: accuracyOf(audits),
      selected: accuracyOf(seen.outcomes),
      all: accuracyOf([...audits, ...seen.outcomes]),
    },
    outcomes: seen.outcomes,
  }
}

function auditReport({ share, harmAt, blind, audits }: NonNullable<PredictionView['audit']>): AuditReport {
  const judged = audits.filter(({ isFalseDrop }) => isFalseDrop !== null)
  const falseDrops = judged.filter(({ isFalseDrop }) => isFalseDrop).length
  const falseDropRate = proportionOf(falseDrops, judged.length)
  const isOff = share === 0 && audits.length === 0
  return {
    share,
    judged: judged.length,
    pending: audits.length - judged.length,
    falseDrops,
    falseDropRate,
    harmAt,
    blind,
    verdict: isOff ? 'off' : verdictOf(falseDropRate, harmAt),
    audits,
  }
}

function verdictOf(rate: Proportion | null, harmAt: number): AuditVerdict {
  if (rate === null) return 'waiting'
  if (rate.low > harmAt) return 'above'
  return rate.high <= harmAt ? 'below' : 'open'
}

function proportionOf(successes: number, n: number): Proportion | null {
  if (n === 0) return null
  return { value: successes / n, low: lowerLimit(successes, n, 0.025), high: upperLimit(successes, n, 0.025) }
}

function accuracyOf(outcomes: readonly PredictedOutcome[]): Accuracy {
  const errors = outcomes.flatMap(({ predicted, sd, value }) =>
    value === null ? [] : [{ error: value - predicted, isInside: Math.abs(value - predicted) <= intervalSds * sd }],
  )
  const count = errors.length
  const mean = (of: (error: number) => number): number | null =>
    count === 0 ? null : errors.reduce((sum, { error }) => sum + of(error), 0) / count
  const square = mean((error) => error * error)
  return {
    count,
    coverage: proportionOf(errors.filter(({ isInside }) => isInside).length, count),
    meanError: mean((error) => error),
    rmse: square === null ? null : Math.sqrt(square),
  }
}
