/** What ASHA says: its reasons in plain sentences, and what it will do at most. */
import type { Reason } from '../trial.ts'
import type { PreviewRow } from './scheduler.ts'
import { explainFullLength, metricAt, shown } from './wording.ts'

export function explainAsha(why: Reason, metric: string): string {
  const value = metricAt(metric, why['value'])
  const among = `the best ${shown(why['kept'])} of ${shown(why['of'])}`
  switch (why.rule) {
    case 'rung-start':
      return `first trained to epoch ${shown(why['until'])}: no trial was ready to be promoted`
    case 'rung-promoted':
      return `promoted to epoch ${shown(why['until'])}: its ${value} at epoch ${shown(why['epoch'])} was among ${among} there`
    case 'rung-best':
      return (
        `promoted to epoch ${shown(why['until'])}: its ${value} was the best of ${shown(why['of'])} at epoch ${shown(why['epoch'])}, ` +
        'and no further trial can come'
      )
    case 'rung-cut': {
      const cut = why['cut'] === null ? '' : ` (cut ${shown(why['cut'])})`
      return `stopped at epoch ${shown(why['epoch'])}: its ${value} was not among ${among} there so far${cut}`
    }
    default:
      return explainFullLength(why)
  }
}

/** If promotions follow the shares exactly; without a budget of trials, as many as bring one to the last rung. */
export function previewAsha(epochs: readonly number[], eta: number, budgetTrials: number | undefined): PreviewRow[] {
  const trials = budgetTrials ?? Math.ceil(eta ** (epochs.length - 1))
  return epochs.map((epoch, rung) => ({
    group: 'rungs',
    epoch,
    trials: Math.min(trials, Math.max(Math.floor(trials / eta ** rung), 1)),
  }))
}
