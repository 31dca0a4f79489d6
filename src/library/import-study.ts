/** Trials of another study of Foretune, with all their reports. */
import type { Study } from '../core/study/study.ts'
import { exportedTrial } from '../core/study/views/export.ts'
import type { Json } from '../core/trial.ts'
import type { Report } from './import-results.ts'
import { importMismatch } from './import-optuna.ts'
import type { ForeignTrial } from './import-trials.ts'

/**
 * `names`: of metrics there, the name here. `finalOnly`: of trials that came to their end only the last report, as of this study's last epoch; so it is
 * anyway where one of the two studies knows no epochs. Throws `IMPORT_MISMATCH` if they mean different things.
 */
export function fromStudy(
  other: Study,
  study: Study,
  finalOnly: boolean,
  names: ReadonlyMap<string, string> = new Map(),
): ForeignTrial[] {
  checkMeaning(other, study, names)
  const { name, epochs } = other.state.definition
  const { max } = study.state.definition.epochs
  const isFinal = finalOnly || max === 1 || epochs.max === 1
  return other.state.trials.map((trial) => {
    // What was trained to the end there has not reached the end of a longer study.
    const isHalf = !isFinal && epochs.max < max && trial.state === 'complete' && trial.epoch >= epochs.max
    const reports = (exportedTrial(other, trial, true)['reports'] as readonly Json[]).map(reportOf)
    return {
      where: `trial ${trial.number} of ${name}`,
      parameters: trial.configuration,
      state: isHalf ? null : trial.state,
      reports: !isFinal ? reports : trial.state === 'complete' ? finalOf(reports, max) : [],
    }
  })
}

function finalOf(reports: readonly Report[], epoch: number): Report[] {
  return reports.length === 0 ? [] : [{ epoch, metrics: Object.assign({}, ...reports.map(({ metrics }) => metrics)) }]
}

/** Numbers that JSON cannot hold are words that `Number` reads. */
function reportOf(report: Json): Report {
  const { epoch, ...metrics } = report as { readonly [field: string]: Json }
  return {
    epoch: Number(epoch),
    metrics: Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [metric, Number(value)])),
  }
}

function checkMeaning(other: Study, study: Study, names: ReadonlyMap<string, string>): void {
  const own = study.state.definition
  const its = other.state.definition
  const hereOf = (metric: string): string => names.get(metric) ?? metric
  const recorded = [...other.state.metrics, ...its.objectives.map(({ metric }) => metric)].map(hereOf)
  const wrong = own.objectives.flatMap(({ metric, direction }) => {
    if (!recorded.includes(metric)) return [`expected reports of ${metric}, got ${[...new Set(recorded)].join(', ')}`]
    const aim = its.objectives.find((objective) => hereOf(objective.metric) === metric)?.direction ?? direction
    return aim === direction ? [] : [`expected ${metric} to ${direction}, got to ${aim}`]
  })
  if (own.epochs.max > 1 && its.epochs.max > 1 && own.epochs.resource !== its.epochs.resource)
    wrong.push(`expected reports by ${own.epochs.resource}, got by ${its.epochs.resource}`)
  if (wrong.length > 0) throw importMismatch(own.name, its.name, wrong)
}
