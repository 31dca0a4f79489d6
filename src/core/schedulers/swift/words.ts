/** The reasons of Swift-Hyperband in plain sentences. */
import type { Reason } from '../../trial.ts'
import { explainBracket } from '../bracket-verdicts.ts'
import { metricAt, shown } from '../wording.ts'

export function explainSwift(why: Reason, metric: string): string {
  const where = `round ${shown(why['round'])} of bracket ${shown(why['bracket'])}`
  const first = `trial ${Number(why['place']) + 1} of ${shown(why['of'])} in bracket ${shown(why['bracket'])}`
  const until = shown(why['until'])
  switch (why.rule) {
    case 'swift-start':
      return why['until'] === why['epoch']
        ? `first trained to epoch ${until}: ${first}`
        : `first trained to epoch ${until}, where it is predicted how it would end at epoch ${shown(why['epoch'])}: ${first}`
    case 'swift-start-sent':
      return `first trained to epoch ${until} without a prediction, as one of those that teach it: ${first}`
    case 'swift-sent':
      return `goes on to epoch ${until} without a prediction: rank ${shown(why['rank'])} of ${shown(why['of'])} in ${where}, of which ${shown(why['sent'])} are trained so`
    case 'swift-threshold':
      return `goes on to epoch ${until}: ${prediction(why, metric)} beats the threshold ${shown(why['threshold'])} of ${where}`
    case 'swift-fill':
      return `goes on to epoch ${until}: ${prediction(why, metric)} is among the best of ${where}, which needs ${shown(why['next'])} complete trials`
    case 'swift-no-predictor':
      return `goes on to epoch ${until}: no predictor could be had that looks from epoch ${shown(why['known'])} to there, so that everybody trains on`
    case 'swift-ahead':
      return `trains ahead to epoch ${until} in a slot that would be idle; ${where} is not decided yet`
    case 'swift-dropped':
      return `stopped by prediction at epoch ${shown(why['known'])}: ${prediction(why, metric)} ${missed(why, 'is', 'does')} of ${where}`
    case 'swift-audit':
      return `goes on to epoch ${until} as an audit: ${prediction(why, metric)} ${missed(why, 'was', 'did')} of ${where}, and it is seen whether that was right`
    case 'swift-audited':
      return `stopped at epoch ${shown(why['epoch'])}, where its audit ended: its ${metricAt(metric, why['value'])} was predicted as ${shown(why['predicted'])} ± ${shown(why['sd'])}; ${verdict(why)}`
    default:
      return explainBracket(why, metric)
  }
}

/** Where nobody was sent there is no threshold, only places. */
function missed(why: Reason, is: string, does: string): string {
  return why['threshold'] === null
    ? `${is} not among the best`
    : `${does} not beat the threshold ${shown(why['threshold'])}`
}

function verdict({ threshold, isFalseDrop }: Reason): string {
  return isFalseDrop === true
    ? `it beats the threshold ${shown(threshold)}, so that it was dropped falsely`
    : threshold === null
      ? 'it was dropped rightly'
      : `it does not beat the threshold ${shown(threshold)}, so that it was dropped rightly`
}

/** `its predicted loss 0.71 ± 0.02 at epoch 100`. */
function prediction(why: Reason, metric: string): string {
  const { predicted, sd, epoch, relaxation } = why
  const relaxed = relaxation === undefined ? '' : `, taken ${shown(relaxation)} times that ± better than it is,`
  return `its predicted ${metricAt(metric, predicted)} ± ${shown(sd)} at epoch ${shown(epoch)}${relaxed}`
}
