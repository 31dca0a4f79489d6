/**
 * Descent to a state that no flip improves, or no flip and no exchange: where annealing ends.
 *
 * Exchange descent takes the best of all single flips and of all common flips of two bits, until none improves (steepest descent). For the problem
 * of 20 curves it carries half of all annealed states to within 2 % of the best known energy, which plain annealing misses by 4 to 15 %.
 *
 * Cost: size^2 / 2 multiplications a step, about 10 us with 120 bits.
 *
 * Invariant: what is left cannot be improved by more than `least`, which is far above rounding and far below any difference of energies that matters.
 */
import { flip, flipCost, settle, type BitState } from './bit-state.ts'
import type { GroupedQubo } from './digit-groups.ts'
import { flipSweep } from './sweeps.ts'

/** 1e-12 of the largest coupling or linear term. */
export function leastGain({ linear, coupling }: GroupedQubo): number {
  let largest = 0
  for (const value of linear) largest = Math.max(largest, Math.abs(value))
  for (const value of coupling) largest = Math.max(largest, Math.abs(value))
  return 1e-12 * largest
}

export function flipDescent(problem: GroupedQubo, state: BitState, least: number): void {
  const unused = { word: 1 }
  settle(problem, state)
  while (flipSweep(problem, state, 0, unused, least) > 0);
}

export function exchangeDescent(problem: GroupedQubo, state: BitState, least: number): void {
  flipDescent(problem, state, least)
  const costs = new Float64Array(problem.size)
  for (;;) {
    const [cost, i, j] = bestMove(problem, state, costs)
    if (!(cost < -least)) return
    flip(problem, state, i)
    if (j >= 0) flip(problem, state, j)
    state.energy += cost
  }
}

/** Its cost and its one or two bits (j = -1: one). `costs` is room to work in. */
function bestMove(problem: GroupedQubo, state: BitState, costs: Float64Array): [cost: number, i: number, j: number] {
  const { size, groups, group, coupling } = problem
  const { step } = state
  let [best, bestI, bestJ] = [Infinity, -1, -1]
  for (let i = 0; i < size; i++) {
    const single = flipCost(problem, state, i)
    costs[i] = single
    if (single < best) [best, bestI, bestJ] = [single, i, -1]
    const row = group[i]! * groups
    for (let j = 0; j < i; j++) {
      const cost = single + costs[j]! + step[i]! * step[j]! * coupling[row + group[j]!]!
      if (cost < best) [best, bestI, bestJ] = [cost, i, j]
    }
  }
  return [best, bestI, bestJ]
}
