/**
 * TPE: tree-structured Parzen estimators. Proposes configurations that are likely among the good trials and unlikely among the rest.
 *
 * J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, Algorithms for Hyper-Parameter Optimization, NeurIPS 2011; all parameters together as in Optuna 5, whose
 * definitions of split, weights and kernels these are (`tpe/split.ts`, `surrogates/parzen.ts`); several objectives after Y. Ozaki, Y. Tanigaki, S. Watanabe,
 * M. Onishi, GECCO 2020. `nEiCandidates` places are drawn from the density l of the good trials; the one of the largest l / g is proposed, where g is the
 * density of the rest: worse, failed and running trials.
 *
 * Where we differ, and why:
 * - each proposal draws by how much the kernels of l are narrowed, so that some explore and some refine: `minBandwidthFactor: 1` is Optuna's way;
 * - the start is a Latin hypercube: `initialDesign: random` is Optuna's way;
 * - in a conditional space one mixture spans all branches, so that the choice of a branch and what lies in it are learnt together;
 * - trials that failed count as bad ones and never age, and `failure-guard.ts` keeps away from where the latest trials failed;
 * - what was stopped early counts by its loss lifted to the full length (`targets.ts`), not behind all that went on.
 *
 * Cost: O(trials x parameters x log trials + nEiCandidates x trials x parameters); beyond 3,000 trials the older ones are thinned out
 * (`tpe/estimators.ts`), and a proposal costs no more.
 *
 * Invariants
 * - Proposals are allowed, unseen and not barred by the guard, as long as there are such.
 * - A running trial and a proposal of the same batch push a proposal away.
 */
import { stream, type Stream } from '../maths/stream.ts'
import { choiceOf, numberOf, type Options, type OptionSpecs } from '../options.ts'
import { decode, encode, type Space } from '../space/space.ts'
import { mixtureAxis } from '../surrogates/mixture.ts'
import type { ParzenOptions } from '../surrogates/parzen.ts'
import type { Configuration } from '../trial.ts'
import { failureGuard } from './failure-guard.ts'
import { modelSampler, picksFor, startupOptions } from './model-sampler.ts'
import type { Proposal, SamplerKind, SearchInput } from './sampler.ts'
import { type Estimators, drawRanked, estimatorsOf } from './tpe/estimators.ts'
import { type Gamma, gammas, split } from './tpe/split.ts'

const options: OptionSpecs = {
  ...startupOptions,
  nEiCandidates: {
    type: 'integer',
    default: 24,
    atLeast: 1,
    atMost: 10_000,
    doc: 'How many drawn configurations are compared for a proposal.',
  },
  gamma: {
    type: 'text',
    default: 'default',
    choices: ['default', 'hyperopt'],
    doc: 'How many of n trials are the good ones: a tenth, or (hyperopt) a quarter of the root; at most 25.',
  },
  minBandwidthFactor: {
    type: 'number',
    default: 0.2,
    above: 0,
    atMost: 1,
    doc: 'Each proposal narrows the kernels of the good trials by a factor between this and 1; 1 = never.',
  },
  priorWeight: {
    type: 'number',
    default: 1,
    above: 0,
    doc: 'Weight of the uniform prior, where a trial weighs 1.',
  },
  multivariate: {
    type: 'boolean',
    default: true,
    doc: 'Learns all parameters together; false = each for itself.',
  },
  constantLiar: {
    type: 'boolean',
    default: true,
    doc: 'Counts running trials as bad ones, so that others keep away from them.',
  },
  considerMagicClip: {
    type: 'boolean',
    default: true,
    doc: 'Keeps kernels no narrower than the number of trials warrants.',
  },
  considerEndpoints: {
    type: 'boolean',
    default: false,
    doc: 'Lets the bounds widen the kernels of the outermost trials.',
  },
}

export const tpe: SamplerKind = {
  name: 'tpe',
  version: 1,
  doc: 'Tree-structured Parzen estimators: what is likely among the good trials and unlikely among the rest.',
  options,
  create: ({ space, definition, options }) =>
    modelSampler({
      space,
      definition,
      options,
      nStartupTrials: 10,
      model: {
        isQuick: (trials) => trials <= quickTrials && definition.objectives.length === 1,
        search: (input) => search({ space, seed: definition.seed, settings: settingsOf(options), input }),
      },
    }),
}

const quickTrials = 1000

interface Settings {
  readonly candidates: number
  readonly gamma: Gamma
  readonly minBandwidthFactor: number
  readonly isMultivariate: boolean
  readonly constantLiar: boolean
  readonly parzen: Omit<ParzenOptions, 'bandwidthFactor'>
}

function settingsOf(options: Options): Settings {
  return {
    candidates: numberOf(options, 'nEiCandidates'),
    gamma: gammas[choiceOf(options, 'gamma', ['default', 'hyperopt'])],
    minBandwidthFactor: numberOf(options, 'minBandwidthFactor'),
    isMultivariate: options['multivariate'] === true,
    constantLiar: options['constantLiar'] === true,
    parzen: {
      priorWeight: numberOf(options, 'priorWeight'),
      magicClip: options['considerMagicClip'] === true,
      endpoints: options['considerEndpoints'] === true,
    },
  }
}

interface Search {
  readonly space: Space
  readonly seed: number
  readonly settings: Settings
  readonly input: SearchInput
}

function search({ space, seed, settings, input }: Search): readonly Proposal[] {
  const { history, trial, count } = input
  const picks = picksFor(space, history)
  const isBarred = failureGuard(space, history)
  const all = space.axes.map((_, axis) => axis)
  const groups = settings.isMultivariate ? [all] : all.map((axis) => [axis])
  const kinds = space.axes.map(({ parameter }) => mixtureAxis(parameter))
  const parts = split(history, { ...settings, isBarred })
  const inFlight: Float64Array[] = []
  for (let index = 0; index < count; index++) {
    const chance = stream(seed, 'sampler', trial + index)
    const bandwidthFactor = settings.minBandwidthFactor ** chance.uniform()
    const options = { ...settings.parzen, bandwidthFactor }
    const estimators = groups.map((axes) => estimatorsOf({ axes, kinds, history, split: parts, inFlight, options }))
    const isWanted = (place: Float64Array, configuration: Configuration) =>
      !isBarred(place) && picks.isFresh(configuration)
    const found = bestPlace({ space, estimators, candidates: settings.candidates, chance, isWanted })
    if (found) {
      picks.take(decode(space, found))
      inFlight.push(found)
    } else if (!picks.takeAny(chance)) break
  }
  return picks.proposals
}

/** Where the good trials are all seen or barred, more and more places are drawn; after so many rounds any other configuration is as good. */
const roundsAtMost = 5

function bestPlace(given: {
  readonly space: Space
  readonly estimators: readonly Estimators[]
  readonly candidates: number
  readonly chance: Stream
  isWanted(place: Float64Array, configuration: Configuration): boolean
}): Float64Array | null {
  const { space, estimators, candidates, chance, isWanted } = given
  for (let round = 0; round < roundsAtMost; round++)
    for (const place of rankedPlaces(space, estimators, candidates, chance)) {
      const configuration = decode(space, place)
      const settled = encode(space, configuration)
      if (isWanted(settled, configuration)) return settled
    }
  return null
}

/** Of one group of axes all that were drawn, best first; of several the best of each, put together, then the second ones, and so on. */
function rankedPlaces(space: Space, estimators: readonly Estimators[], count: number, chance: Stream): Float64Array[] {
  const [first, ...others] = estimators
  if (first && others.length === 0) {
    const settle = (place: Float64Array) => encode(space, decode(space, place))
    return drawRanked(first, count, chance, settle).map(({ place }) => place)
  }
  const ranked = estimators.map((group) =>
    drawRanked(group, count, chance, (own) =>
      own.map((unit, index) => {
        const { parameter } = space.axes[group.axes[index]!]!
        return parameter.encode(parameter.decode(unit))
      }),
    ),
  )
  return Array.from({ length: count }, (_, rank) => {
    const place = new Float64Array(space.dimension)
    for (const [group, { axes }] of estimators.entries())
      for (const [index, axis] of axes.entries()) place[axis] = ranked[group]![rank]!.place[index]!
    return place
  })
}
