/** The options of the sampler `forest`, and what stands for those that are not given. */
import { choiceOf, numberOrNull, type Options, type OptionSpecs } from '../../options.ts'
import { startupOptions } from '../model-sampler.ts'

const surrogates = ['trend', 'extra-trees', 'random-forest'] as const
const acquisitions = ['LCBd', 'LCB', 'EId', 'EI', 'PId', 'PI'] as const
const kappaDecays = ['none', 'exponential', 'bandit'] as const
const optimizers = ['local', 'evolution', 'sampling'] as const
const multiPoints = ['qUCB', 'kriging', 'cl_min', 'cl_mean', 'cl_max'] as const
const scalers = ['turns', 'rank', 'minmax'] as const
const scalarizations = ['chebyshev', 'linear'] as const

type Settled<Choices extends readonly string[]> = Choices[number]

export interface ForestSettings {
  readonly surrogate: Settled<typeof surrogates>
  readonly trees: number
  readonly acquisition: Settled<typeof acquisitions>
  readonly kappa: number
  readonly kappaDecay: Settled<typeof kappaDecays>
  readonly optimizer: Settled<typeof optimizers>
  /** How many places the acquisition is first computed at. */
  readonly places: number
  /** null: by the number of slots. */
  readonly multiPoint: Settled<typeof multiPoints> | null
  readonly scaler: Settled<typeof scalers>
  readonly scalarization: Settled<typeof scalarizations>
}

/** What we found best, and what DeepHyper 0.13 does. */
const presets: { readonly [like: string]: ForestSettings } = {
  foretune: {
    surrogate: 'trend',
    trees: 20,
    acquisition: 'LCBd',
    kappa: 1,
    kappaDecay: 'none',
    optimizer: 'local',
    places: 2000,
    multiPoint: null,
    scaler: 'turns',
    scalarization: 'chebyshev',
  },
  deephyper: {
    surrogate: 'extra-trees',
    trees: 10,
    acquisition: 'LCBd',
    kappa: 1.96,
    kappaDecay: 'exponential',
    optimizer: 'evolution',
    places: 10_000,
    multiPoint: 'cl_max',
    scaler: 'minmax',
    scalarization: 'chebyshev',
  },
}

export const forestOptions: OptionSpecs = {
  ...startupOptions,
  like: {
    type: 'text',
    default: 'foretune',
    choices: Object.keys(presets),
    doc: 'Where the other options get their defaults from; `deephyper` is the published behaviour.',
  },
  surrogate: {
    type: 'text',
    default: null,
    choices: surrogates,
    doc: 'The model: extra trees, a random forest, or (default) extra trees of which half hold smooth trends.',
  },
  trees: { type: 'integer', default: null, atLeast: 2, atMost: 1000, doc: 'How many trees it has. Default: 20.' },
  acquisition: {
    type: 'text',
    default: null,
    choices: acquisitions,
    doc: 'What is looked for: the lower confidence bound, expected or probable improvement; those with a `d` leave the noise out. Default: LCBd.',
  },
  kappa: {
    type: 'number',
    default: null,
    atLeast: 0,
    doc: 'How many standard deviations below the mean the confidence bound lies. Default: 1 (deephyper: 1.96).',
  },
  kappaDecay: {
    type: 'text',
    default: null,
    choices: kappaDecays,
    doc: 'How kappa changes: not (default), from its value to 0.01 every ten trials, or growing slowly as for bandits.',
  },
  acquisitionOptimizer: {
    type: 'text',
    default: null,
    choices: optimizers,
    doc: 'How it is found: around the best trials in shrinking steps (default), by evolution, or among random places alone.',
  },
  places: {
    type: 'integer',
    default: null,
    atLeast: 10,
    atMost: 1_000_000,
    doc: 'How many places are looked at to begin with. Default: 2,000 (deephyper: 10,000).',
  },
  multiPoint: {
    type: 'text',
    default: null,
    choices: multiPoints,
    doc: 'What stands for trials under way: the mean of the model (kriging), a made-up loss (cl_min, cl_mean, cl_max), or the mean and for each proposal a kappa of its own (qUCB). Default: kriging up to 4 slots, qUCB beyond.',
  },
  objectiveScaler: {
    type: 'text',
    default: null,
    choices: scalers,
    doc: 'What the model learns: the rank of a loss, the loss without outliers, or (default) the rank, at every fourth trial the loss.',
  },
  scalarization: {
    type: 'text',
    default: null,
    choices: scalarizations,
    doc: 'How several objectives become one: by the largest (default) or the sum of their randomly weighted quantiles.',
  },
}

export function forestSettings(options: Options): ForestSettings {
  const preset = presets[choiceOf(options, 'like', Object.keys(presets))]!
  const chosen = <T extends string>(name: string, choices: readonly T[]): T | null =>
    options[name] === null || options[name] === undefined ? null : choiceOf(options, name, choices)
  return {
    surrogate: chosen('surrogate', surrogates) ?? preset.surrogate,
    trees: numberOrNull(options, 'trees') ?? preset.trees,
    acquisition: chosen('acquisition', acquisitions) ?? preset.acquisition,
    kappa: numberOrNull(options, 'kappa') ?? preset.kappa,
    kappaDecay: chosen('kappaDecay', kappaDecays) ?? preset.kappaDecay,
    optimizer: chosen('acquisitionOptimizer', optimizers) ?? preset.optimizer,
    places: numberOrNull(options, 'places') ?? preset.places,
    multiPoint: chosen('multiPoint', multiPoints) ?? preset.multiPoint,
    scaler: chosen('objectiveScaler', scalers) ?? preset.scaler,
    scalarization: chosen('scalarization', scalarizations) ?? preset.scalarization,
  }
}
