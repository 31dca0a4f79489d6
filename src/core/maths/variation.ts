/**
 * The two operators of real-coded genetic algorithms, within bounds and for given uniform numbers.
 *
 * - Simulated binary crossover (Deb, Agrawal, Simulated Binary Crossover for Continuous Search Space, 1995), bounded: each child's spread is cut to what the
 *   nearer bound leaves it, as in NSGA-II's own code.
 * - Polynomial mutation (Deb, Goyal, 1996), bounded likewise: with index `eta` a step is of the order of (high - low) / eta.
 *
 * Invariants
 * - The results are inside the bounds.
 * - The children of equal parents are the parents; u = 1/2 mutates nothing.
 */

/** Two children of one variable, the smaller first. `u` in 0 .. 1. */
export function simulatedBinaryCrossover(
  parents: readonly [number, number],
  bounds: { readonly low: number; readonly high: number; readonly eta: number },
  u: number,
): [number, number] {
  const { low, high, eta } = bounds
  const small = Math.min(...parents)
  const large = Math.max(...parents)
  const gap = large - small
  if (gap <= equalBelow) return [small, large]
  const middle = (small + large) / 2
  const down = spread(1 + (2 * (small - low)) / gap, eta, u)
  const up = spread(1 + (2 * (high - large)) / gap, eta, u)
  return [clamped(middle - (down * gap) / 2, low, high), clamped(middle + (up * gap) / 2, low, high)]
}

/** Parents that are nearer to each other are taken to be equal. */
const equalBelow = 1e-14

/** How far a child lies from the middle in parts of its parent's distance, where `beta` would lead to the bound. */
function spread(beta: number, eta: number, u: number): number {
  const alpha = 2 - beta ** -(eta + 1)
  const share = u * alpha
  return (share <= 1 ? share : 1 / (2 - share)) ** (1 / (eta + 1))
}

/** `u` in 0 .. 1: below a half it leads down, above it up. */
export function polynomialMutation(
  x: number,
  { low, high, eta }: { readonly low: number; readonly high: number; readonly eta: number },
  u: number,
): number {
  const range = high - low
  if (!(range > 0)) return x
  const power = eta + 1
  const room = (u < 0.5 ? high - (x - low) - low : high - (high - x) - low) / range
  const step =
    u < 0.5
      ? (2 * u + (1 - 2 * u) * room ** power) ** (1 / power) - 1
      : 1 - (2 * (1 - u) + (2 * u - 1) * room ** power) ** (1 / power)
  return clamped(x + step * range, low, high)
}

function clamped(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high)
}
