/**
 * The best part of the trials: what PED-ANOVA calls its target, and its region.
 *
 * One metric: all losses up to the quantile's, so that equal losses are never told apart. Several: whole fronts (non-dominated ranks), and of the front that
 * does not fit whole the least crowded trials, as schedulers and samplers of several objectives rank them. Optuna takes those that add most hypervolume
 * there, which costs a thousand times as much and spreads over the front likewise.
 */
import { paretoOrder } from '../maths/pareto.ts'

/** By objective the losses of all rows, finite. 1 = belongs to the best `quantile` of the rows. */
export function bestPart(losses: readonly Float64Array[], quantile: number): Uint8Array {
  const [first = new Float64Array(0)] = losses
  // A tenth of 70 is 7, whatever binary fractions say.
  const count = Math.min(Math.max(Math.ceil(quantile * first.length - 1e-9), 1), first.length)
  if (losses.length === 1) {
    const cut = first.toSorted()[count - 1]!
    return Uint8Array.from(first, (loss) => (loss <= cut ? 1 : 0))
  }
  const chosen = new Uint8Array(first.length)
  const rows = Array.from(first, (_, row) => losses.map((column) => column[row]!))
  for (const row of paretoOrder(rows).slice(0, count)) chosen[row] = 1
  return chosen
}
