/**
 * NSGA-III: a genetic algorithm for three objectives and more, where nearly every trial is on the front. Survivors are spread over directions that are given
 * beforehand, so that all compromises between the objectives are looked at alike.
 *
 * K. Deb, H. Jain, An Evolutionary Many-Objective Optimization Algorithm Using Reference-Point-Based Nondominated Sorting Approach, Part I (2014):
 * `genetic/niches.ts`. All else is as in `nsga2.ts`, with its differences; with one objective it is the same.
 *
 * Cost: O(p^2) a generation of p trials, and p times the number of directions.
 *
 * Invariants
 * - Proposals follow from the history alone, as in `nsga2.ts`.
 */
import { numberOf, numberOrNull } from '../options.ts'
import { referenceDirections } from '../maths/reference-directions.ts'
import { geneticSearch, quickTrials } from './genetic/generations.ts'
import { nichedSurvivors } from './genetic/niches.ts'
import { breedingOf, geneticOptions, populationSizeOf } from './genetic/options.ts'
import type { SamplerKind } from './sampler.ts'

export const nsga3: SamplerKind = {
  name: 'nsga3',
  version: 1,
  doc: 'A genetic algorithm for three objectives and more, spread over given directions.',
  options: {
    ...geneticOptions,
    dividingParameter: {
      type: 'integer',
      default: 3,
      atLeast: 1,
      atMost: 20,
      doc: 'Parts into which the sum of the objectives is divided to make directions: with three objectives 3 make 10 directions, 12 make 91.',
    },
  },
  create({ space, definition, options }) {
    const directions = referenceDirections(definition.objectives.length, numberOf(options, 'dividingParameter'))
    return {
      start: () => null,
      propose: () => null,
      model: {
        isQuick: (trials) => trials <= quickTrials && directions.length <= quickDirections,
        search: geneticSearch(space, definition, {
          populationSize: numberOrNull(options, 'populationSize') ?? populationSizeOf(definition),
          breeding: breedingOf(space, definition, options),
          survivors: (standing, rows, count) => nichedSurvivors(standing, rows, count, directions),
        }),
      },
    }
  },
}

/** More directions take more than a few milliseconds a generation. */
const quickDirections = 500
