/** The reasons of Fast-Hyperband in plain sentences. */
import type { Reason } from '../../trial.ts'
import { explainBracket } from '../bracket-verdicts.ts'
import { metricAt, shown } from '../wording.ts'

export function explainFast(why: Reason, metric: string): string {
  if (why.rule !== 'fast-stop') return explainBracket(why, metric)
  const { reached, known, epoch, predicted, sigma, bar, needed, round, bracket, probability } = why
  // Later than the epoch that it is predicted from where the predictor took its time.
  const from = reached === known ? '' : ` from the first ${shown(known)}`
  return (
    `stopped at epoch ${shown(reached)}: its ${metricAt(`predicted ${metric}`, predicted)} ± ${shown(sigma)} at epoch ${shown(epoch)}${from} ` +
    `does not beat ${shown(bar)}, rank ${shown(needed)} so far in round ${shown(round)} of bracket ${shown(bracket)}, ` +
    `with probability ${shown(probability)}`
  )
}
