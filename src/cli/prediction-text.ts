/** What prediction did, and how far it can be trusted, in words: lines of `status`, the summary of `audit`. Pure. */
import type { Accuracy, AuditReport, PredictionReport, Proportion } from '../core/study/views/prediction.ts'
import { countText, numberText } from '../core/study/views/number-text.ts'

/** `11 predictors trained, 98 trials dropped, 367 epochs spared (net)`. */
export function predictionText({ predictors, dropped, epochs, relaxation, earlier }: PredictionReport): string {
  const { trained, underway, failed } = predictors
  const parts = [
    `${countText(trained, 'predictor')} trained`,
    ...(underway > 0 ? [`${underway} being trained`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${countText(dropped, 'trial')} dropped`,
    sparedText(epochs),
    ...(relaxation > 0 ? [relaxedText(relaxation)] : []),
    ...(earlier?.isRefused ? [`curves of ${earlier.source} not used`] : []),
  ]
  return parts.join(', ')
}

function sparedText({ spared, audit, speculative, net }: PredictionReport['epochs']): string {
  const costs = [
    ...(audit > 0 ? [`${audit} for audits`] : []),
    ...(speculative > 0 ? [`${speculative} trained ahead in vain`] : []),
  ]
  if (costs.length === 0) return `${countText(spared, 'epoch')} spared`
  return `${net} epochs spared net (${spared} less ${costs.join(' and ')})`
}

function relaxedText(relaxation: number): string {
  return `relaxed by ${numberText(relaxation)} sd`
}

/** Null where the scheduler audits nothing. */
export function auditText(audit: AuditReport | null): string | null {
  if (audit === null) return null
  if (audit.verdict === 'off') return 'off; `audit: 0.05` in a new study shows whether prediction can be trusted'
  const { judged, pending, falseDrops, falseDropRate } = audit
  const waiting = pending > 0 ? `, ${pending} not judged yet` : ''
  if (falseDropRate === null) return `no audited trial is judged yet${waiting}`
  return `${falseDrops} of ${countText(judged, 'audited trial')} dropped falsely: ${rateText(falseDropRate)}${waiting}`
}

/** `20 % [1 %, 72 %]`. */
export function rateText({ value, low, high }: Proportion): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`
}

function percent(share: number): string {
  return `${numberText(Math.round(1000 * share) / 10)} %`
}

/** The summary of `audit`. */
export function summaryLines(report: PredictionReport): string[] {
  const { audit, accuracy, epochs, dropped, predictors, predictor } = report
  const counts = [`${predictor}, ${countText(predictors.trained, 'predictor')} trained`]
  if (predictors.failed > 0) counts.push(`${predictors.failed} could not be trained`)
  const rows: [string, string][] = [
    ['predictor', counts.join(', ')],
    [
      'dropped',
      `${countText(dropped, 'trial')} by prediction${audit ? `, ${audit.audits.length} of them audited` : ''}`,
    ],
  ]
  if (audit?.falseDropRate) {
    rows.push(['false drops', `${audit.falseDrops} of ${audit.judged}: ${rateText(audit.falseDropRate)}`])
  }
  rows.push(...accuracyRows(accuracy.audited, 'of audited'), ...accuracyRows(accuracy.selected, 'of selected'))
  rows.push(['epochs', sparedText(epochs)])
  const label = Math.max(...rows.map(([name]) => name.length))
  return [...rows.map(([name, text]) => `${name.padEnd(label)}  ${text}`), '', ...meaningOf(report)]
}

function accuracyRows({ count, coverage, meanError, rmse }: Accuracy, whose: string): [string, string][] {
  if (coverage === null || meanError === null || rmse === null) return []
  const text = `80 % intervals hold ${rateText(coverage)} of ${count}; true - predicted ${numberText(meanError, 3)} on average, root mean square ${numberText(rmse, 3)}`
  return [[whose, text]]
}

/** In plain words. */
function meaningOf({ audit, relaxation, dropped }: PredictionReport): string[] {
  if (audit === null) return ['This scheduler audits nothing, so that nothing is known of the trials that it dropped.']
  const relaxed =
    relaxation > 0
      ? [
          `Prediction has relaxed by itself: every prediction counts as ${numberText(relaxation)} sd better than it is, so that fewer trials are dropped.`,
        ]
      : []
  return [...verdictLines(audit, dropped), ...relaxed]
}

function verdictLines({ verdict, falseDropRate: rate, harmAt, blind, share }: AuditReport, dropped: number): string[] {
  const dice = `A throw of dice would drop about ${percent(blind)} falsely; above ${percent(harmAt)} prediction does harm.`
  switch (verdict) {
    case 'off':
      return [
        'Nothing is audited, so that nothing is known of the trials that were dropped.',
        'Set `audit: 0.05` under `scheduler` in a new study: one in twenty of them is then trained on anyway.',
      ]
    case 'waiting':
      return [
        dropped === 0
          ? 'No trial was dropped by a prediction yet: there is nothing to audit.'
          : `No audited trial is judged yet: about ${percent(share)} of the dropped ones are trained on, and judged when their round is over.`,
      ]
    case 'below':
      return [`Prediction can be trusted: the share of false drops is at most ${percent(rate?.high ?? 1)}. ${dice}`]
    case 'above':
      return [
        `Prediction cannot be trusted: the share of false drops is at least ${percent(rate?.low ?? 0)}. ${dice}`,
        'Take another predictor, a larger `knownCurve` or a larger `d`; or `scheduler: hyperband`, which predicts nothing.',
      ]
    case 'open':
      return [
        `Too few audits to tell: the share of false drops may be anything from ${percent(rate?.low ?? 0)} to ${percent(rate?.high ?? 1)}. ${dice}`,
        'More trials, or a larger share of audits, will tell.',
      ]
  }
}
