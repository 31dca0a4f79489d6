/**
 * Hypervolume: how much of the space below a reference is dominated by a set of losses, all minimised; and what each loss alone adds to it.
 *
 * Exact, by the exclusive volumes of WFG (While, Bradstreet, Barone, A Fast Way of Calculating Exact Hypervolumes, 2012): a loss adds its own box less what
 * the others dominate of that box. Taken with the largest last objective first, all others are cut to the same last objective, so each step of the
 * recursion has one objective less; two objectives are swept.
 *
 * Cost: O(n log n) for two objectives, O(n^2) for three; beyond, exponential in the objectives at worst.
 *
 * Invariants
 * - What is not below the reference in every objective (also NaN) adds nothing.
 * - Neither order nor duplicates matter.
 */

type Loss = readonly number[]

export function hypervolume(losses: readonly Loss[], reference: Loss): number {
  return volume(front(losses.filter((loss) => isInside(loss, reference))), reference)
}

/** By how much the hypervolume would shrink without each; 0 for what is dominated or there twice. */
export function hypervolumeContributions(losses: readonly Loss[], reference: Loss): number[] {
  const inside = losses.map((loss) => isInside(loss, reference))
  return losses.map((loss, index) => {
    if (!inside[index]) return 0
    const others = losses.filter((_, other) => other !== index && inside[other])
    return box(loss, reference) - volume(front(others.map((other) => worst(other, loss))), reference)
  })
}

/** `losses` is a front inside the reference: nobody dominates or equals another. */
function volume(losses: readonly Loss[], reference: Loss): number {
  const last = reference.length - 1
  if (losses.length === 0) return 0
  if (losses.length === 1) return box(losses[0]!, reference)
  if (last === 0) return reference[0]! - losses[0]![0]!
  if (last === 1) return area(losses, reference)
  const falling = losses.toSorted((a, b) => b[last]! - a[last]!)
  const lowerReference = reference.slice(0, last)
  let sum = 0
  for (const [index, loss] of falling.entries()) {
    const lower = loss.slice(0, last)
    const cut = falling.slice(index + 1).map((other) => worst(other, lower))
    const alone = box(lower, lowerReference) - volume(front(cut), lowerReference)
    sum += (reference[last]! - loss[last]!) * alone
  }
  return sum
}

/** A front of two objectives: one falls where the other rises. */
function area(losses: readonly Loss[], reference: Loss): number {
  let sum = 0
  let top = reference[1]!
  for (const [x, y] of losses.toSorted((a, b) => a[0]! - b[0]!) as [number, number][]) {
    sum += (reference[0]! - x) * (top - y)
    top = y
  }
  return sum
}

function box(loss: Loss, reference: Loss): number {
  return reference.reduce((product, bound, objective) => product * (bound - loss[objective]!), 1)
}

/** As many objectives as `bound` has. */
function worst(loss: Loss, bound: Loss): number[] {
  return bound.map((value, objective) => Math.max(value, loss[objective]!))
}

function isInside(loss: Loss, reference: Loss): boolean {
  return reference.every((bound, objective) => loss[objective]! < bound)
}

/** Without those that another is nowhere worse than; of equal ones the first stays. */
function front(losses: readonly Loss[]): Loss[] {
  const kept: Loss[] = []
  // In lexicographic order nobody is covered by a later one.
  for (const loss of losses.toSorted(lexicographic)) if (!kept.some((other) => covers(other, loss))) kept.push(loss)
  return kept
}

function covers(a: Loss, b: Loss): boolean {
  for (let objective = 0; objective < a.length; objective++) if (a[objective]! > b[objective]!) return false
  return true
}

function lexicographic(a: Loss, b: Loss): number {
  for (let objective = 0; objective < a.length; objective++) {
    if (a[objective]! < b[objective]!) return -1
    if (a[objective]! > b[objective]!) return 1
  }
  return 0
}
