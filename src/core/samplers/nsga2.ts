/**
 * NSGA-II: a genetic algorithm. The best trials so far have children; with several objectives the best are those that no other dominates, and of these the
 * ones that stand alone.
 *
 * K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II (2002): non-dominated rank, crowding, constrained
 * domination (`standing.ts`), binary tournaments. Options named as in Optuna.
 *
 * Where we differ, and why:
 * - the population is chosen anew whenever a fifth of it has come in (`genetic/generations.ts`): nobody waits for a generation, and a budget of a few hundred
 *   trials sees dozens of generations;
 * - it is smaller unless told otherwise: a twentieth of the trials, 10 to 50; a tenth, 20 to 50, with several objectives, where it holds the front;
 * - ordered parameters are mixed by `undx`, which follows the directions in which the population lies, or by `blxalpha` with several objectives, and mutate by
 *   small steps. `crossover: uniform, mutation: uniform, populationSize: 50` is Optuna's way;
 * - a conditional space is searched as a whole: a child's branch comes from its parents, what they both lack in it from others who have it;
 * - the first population is a Latin hypercube, trials of the user count from the beginning, and what failed is no parent (`failure-guard.ts` also keeps
 *   children away from there).
 *
 * Cost: O(parameters) a trial besides a glance at all trials; O(p log p) a generation of p trials with up to two objectives, O(p^2) with more.
 *
 * Invariants
 * - Proposals follow from the history: places, states, losses and the notes of `genetic/generations.ts`.
 * - The best trial is never lost.
 */
import { numberOrNull } from '../options.ts'
import { geneticSearch, quickTrials } from './genetic/generations.ts'
import { breedingOf, geneticOptions, populationSizeOf } from './genetic/options.ts'
import type { SamplerKind } from './sampler.ts'

export const nsga2: SamplerKind = {
  name: 'nsga2',
  version: 1,
  doc: 'A genetic algorithm: the best trials so far, or the front of several objectives, have children.',
  options: geneticOptions,
  create: ({ space, definition, options }) => ({
    start: () => null,
    propose: () => null,
    model: {
      isQuick: (trials) => trials <= quickTrials,
      search: geneticSearch(space, definition, {
        populationSize: numberOrNull(options, 'populationSize') ?? populationSizeOf(definition),
        breeding: breedingOf(space, definition, options),
        survivors: (standing, rows, count) => standing.ordered(rows).slice(0, count),
      }),
    },
  }),
}
