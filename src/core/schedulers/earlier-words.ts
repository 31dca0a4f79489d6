/** Why the curves of an earlier study do not teach, in a plain sentence: of every scheduler that predicts. */
import type { EarlierRefusal } from './earlier-scale.ts'
import { shown } from './wording.ts'

export function earlierText({ source, epoch, outside, of, range, spreads }: EarlierRefusal): string {
  const [low, high] = range
  const [was, is] = spreads
  const why =
    2 * outside > of
      ? `${outside} of ${of} trials lie far outside of their range at epoch ${epoch} (${shown(low)} to ${shown(high)})`
      : `at epoch ${epoch} they spread over ${shown(was)}, the trials of this study over ${shown(is)}`
  return `the curves of ${source} are not used, for they are of another scale: ${why}. Predictors learn from this study alone`
}
