/** The options of genetic samplers, named as in Optuna. */
import { choiceOf, numberOf, numberOrNull, type Options, type OptionSpecs } from '../../options.ts'
import type { Space } from '../../space/space.ts'
import type { StudyDefinition } from '../../study/definition.ts'
import { crossovers, mutations, type Breeding } from './offspring.ts'

export const geneticOptions: OptionSpecs = {
  populationSize: {
    type: 'integer',
    default: null,
    atLeast: 2,
    atMost: 1000,
    doc: 'How many trials have children. Default: a twentieth of budget.trials, 10 to 50; with several objectives a tenth, 20 to 50.',
  },
  crossover: {
    type: 'text',
    default: null,
    choices: crossovers,
    doc: 'How ordered parameters of parents are mixed. Default: undx with one objective, blxalpha with several.',
  },
  crossoverProb: {
    type: 'number',
    default: 0.9,
    atLeast: 0,
    atMost: 1,
    doc: 'How often a child has more than one parent.',
  },
  swappingProb: {
    type: 'number',
    default: 0.5,
    atLeast: 0,
    atMost: 1,
    doc: 'How often a value that is not mixed comes from the second parent.',
  },
  mutation: {
    type: 'text',
    default: 'polynomial',
    choices: mutations,
    doc: 'How ordered parameters mutate: mostly near where they were, or anywhere.',
  },
  mutationProb: {
    type: 'number',
    default: null,
    atLeast: 0,
    atMost: 1,
    doc: 'How often each parameter mutates. Default: 1 / number of parameters.',
  },
  etaCrossover: {
    type: 'number',
    default: 2,
    atLeast: 0,
    doc: 'The larger, the nearer children by `sbx` are to their parents.',
  },
  etaMutation: { type: 'number', default: 5, atLeast: 0, doc: 'The larger, the smaller polynomial mutations are.' },
}

export function breedingOf(space: Space, { objectives }: StudyDefinition, options: Options): Breeding {
  return {
    crossover:
      options['crossover'] === null
        ? objectives.length > 1
          ? 'blxalpha'
          : 'undx'
        : choiceOf(options, 'crossover', crossovers),
    crossoverProb: numberOf(options, 'crossoverProb'),
    swappingProb: numberOf(options, 'swappingProb'),
    mutation: choiceOf(options, 'mutation', mutations),
    mutationProb: numberOrNull(options, 'mutationProb') ?? 1 / Math.max(1, space.dimension),
    etaCrossover: numberOf(options, 'etaCrossover'),
    etaMutation: numberOf(options, 'etaMutation'),
  }
}

/** Where the option says nothing. */
export function populationSizeOf({ budget, objectives }: StudyDefinition): number {
  const { trials = usualTrials } = budget
  const [share, least] = objectives.length > 1 ? [10, 20] : [20, 10]
  return Math.min(Math.max(Math.round(trials / share), least), 50)
}

/** Where no budget of trials is given. */
const usualTrials = 200
