/**
 * BOHB: Bayesian optimisation for Hyperband. Proposes where the density of the good trials is large beside that of the bad ones, learnt at the
 * furthest rung that enough trials have come to; a share of the proposals stays random.
 *
 * S. Falkner, A. Klein, F. Hutter, BOHB: Robust and Efficient Hyperparameter Optimization at Scale, ICML 2018, algorithm 2 and section 4; widths of kernels as in
 * the authors' program. The names: N_min = parameters + 1 observations a density; a rung counts from N_min + 2 on; l is the density of the best
 * max(N_min, topNPercent of n) there, g of the others, at least N_min of them; `numSamples` draws from l with kernels `bandwidthFactor` as wide.
 *
 * Where we differ, and why:
 * - kernels are cut to the range, and give cells of stepped parameters their probability, so that l and g are densities of what can be proposed;
 * - a parameter that is absent is not made up: the kernel of that trial is even there;
 * - failed trials are among the bad ones at every rung, and `failure-guard.ts` keeps away from where the latest trials failed;
 * - several objectives rank by fronts; what misses a constraint ranks behind what meets all;
 * - the first trials are a Latin hypercube, not independent draws.
 *
 * Running trials change nothing, as in the paper: chance keeps the proposals of many workers apart.
 *
 * Cost: O(numSamples x trials x parameters); of very many trials on a rung the 500 best and the 1,500 newest others are learnt from.
 *
 * Invariants
 * - Only the furthest rung with enough trials matters, beside failures.
 * - A share `randomFraction` of the proposals does not depend on any loss.
 */
import { rowsOf } from '../maths/matrix.ts'
import { paretoOrder } from '../maths/pareto.ts'
import { stream, type Stream } from '../maths/stream.ts'
import { numberOf, type Options, type OptionSpecs } from '../options.ts'
import { decode, encode, type Space } from '../space/space.ts'
import { drawPlace, logDensities, mixtureAxis } from '../surrogates/mixture.ts'
import type { Configuration } from '../trial.ts'
import { type Density, densityOf } from './bohb/density.ts'
import { failureGuard } from './failure-guard.ts'
import { stateCode, type History } from './history.ts'
import { modelSampler, picksFor, startupOptions } from './model-sampler.ts'
import type { Proposal, SamplerKind, SearchInput } from './sampler.ts'

const options: OptionSpecs = {
  ...startupOptions,
  topNPercent: {
    type: 'number',
    default: 15,
    above: 0,
    atMost: 50,
    doc: 'How many percent of the trials of a rung are the good ones.',
  },
  randomFraction: {
    type: 'number',
    default: 1 / 3,
    atLeast: 0,
    atMost: 1,
    doc: 'Share of the proposals that is drawn at random.',
  },
  numSamples: {
    type: 'integer',
    default: 64,
    atLeast: 1,
    atMost: 10_000,
    doc: 'How many drawn configurations are compared for a proposal.',
  },
  bandwidthFactor: {
    type: 'number',
    default: 3,
    above: 0,
    doc: 'By how much the kernels are wider that configurations are drawn from.',
  },
  minBandwidth: {
    type: 'number',
    default: 1e-3,
    above: 0,
    atMost: 1,
    doc: 'The narrowest kernel, as a share of the range.',
  },
}

export const bohb: SamplerKind = {
  name: 'bohb',
  version: 1,
  doc: "Kernel densities of the good and the bad trials at the furthest rung that has enough of them, for Hyperband's brackets.",
  options,
  create: ({ space, definition, options }) =>
    modelSampler({
      space,
      definition,
      options,
      nStartupTrials: space.dimension + 3,
      model: {
        isQuick: (trials) => trials <= 300,
        search: (input) => search(space, definition.seed, options, input),
      },
    }),
}

function search(space: Space, seed: number, options: Options, input: SearchInput): readonly Proposal[] {
  const { history, trial, count } = input
  const picks = picksFor(space, history)
  const isBarred = failureGuard(space, history)
  const isWanted = (configuration: Configuration) =>
    picks.isFresh(configuration) && !isBarred(encode(space, configuration))
  const model = modelOf(space, history, options)
  for (let index = 0; index < count; index++) {
    const chance = stream(seed, 'sampler', trial + index)
    const isRandom = chance.uniform() < numberOf(options, 'randomFraction')
    const found = model && !isRandom ? best(space, model, { options, chance, isWanted }) : null
    if (found) picks.take(found)
    else if (!picks.takeAny(chance)) break
  }
  return picks.proposals
}

interface GoodAndBad {
  readonly good: Density
  readonly bad: Density
}

const goodAtMost = 500
const badAtMost = 1500

function modelOf(space: Space, history: History, options: Options): GoodAndBad | null {
  const least = space.dimension + 1
  const rows = modelledRows(history, least + 2)
  if (!rows) return null
  const share = numberOf(options, 'topNPercent') / 100
  const good = Math.max(least, Math.floor(share * rows.length))
  const bad = Math.max(least, rows.length - good)
  const axes = space.axes.map(({ parameter }) => mixtureAxis(parameter))
  const density = (chosen: readonly number[]) =>
    densityOf(axes, rowsOf(history.places, chosen), {
      minBandwidth: numberOf(options, 'minBandwidth'),
      bandwidthFactor: numberOf(options, 'bandwidthFactor'),
    })
  const newestOfBad = rows.slice(-bad).toSorted((a, b) => b - a)
  return { good: density(rows.slice(0, Math.min(good, goodAtMost))), bad: density(newestOfBad.slice(0, badAtMost)) }
}

/** What has come to the furthest rung with enough trials, best first; behind it all failures. null: no rung has enough. */
export function modelledRows({ levels, levelLosses, states, violations }: History, needed: number): number[] | null {
  const all = Array.from(states.keys())
  const failed = all.filter((row) => states[row] === stateCode.failed)
  for (let level = levels.length - 1; level >= 0; level--) {
    const losses = levelLosses.map((objective) => objective[level]!)
    const there = all.filter((row) => losses.every((loss) => Number.isFinite(loss[row]!)))
    if (there.length < needed) continue
    const missed = new Map(there.map((row) => [row, totalViolation(violations, row)]))
    const met = there.filter((row) => missed.get(row) === 0)
    const missing = there
      .filter((row) => missed.get(row) !== 0)
      .sort((a, b) => missed.get(a)! - missed.get(b)! || a - b)
    return [...ranked(met, losses), ...missing, ...failed]
  }
  return null
}

function ranked(rows: readonly number[], losses: readonly Float64Array[]): number[] {
  const [first] = losses
  if (first && losses.length === 1) return rows.toSorted((a, b) => first[a]! - first[b]! || a - b)
  return paretoOrder(rows.map((row) => losses.map((loss) => loss[row]!))).map((place) => rows[place]!)
}

/** A metric that was never reported may miss its bound by anything: farther than all that are known. */
function totalViolation(violations: readonly Float64Array[], row: number): number {
  let sum = 0
  for (const column of violations) sum += Number.isNaN(column[row]!) ? 1e300 : Math.max(0, column[row]!)
  return sum
}

/** Of the places drawn the best that is wanted, null if none is. */
function best(
  space: Space,
  { good, bad }: GoodAndBad,
  given: {
    readonly options: Options
    readonly chance: Stream
    isWanted(configuration: Configuration): boolean
  },
): Configuration | null {
  const { options, chance, isWanted } = given
  const rows = numberOf(options, 'numSamples')
  const values = new Float64Array(rows * space.dimension)
  const drawn: Configuration[] = []
  for (let row = 0; row < rows; row++) {
    const configuration = decode(space, drawPlace(good.wide, chance))
    drawn.push(configuration)
    values.set(encode(space, configuration), row * space.dimension)
  }
  const places = { rows, columns: space.dimension, values }
  const l = logDensities(good.mixture, places)
  const g = logDensities(bad.mixture, places)
  // Farther than the smallest number from every kernel nothing is known of either: such places come last, not first.
  const score = (row: number) => Math.max(l[row]!, nothing) - Math.max(g[row]!, nothing)
  const order = drawn.map((_, row) => row).sort((a, b) => score(b) - score(a) || a - b)
  const row = order.find((row) => isWanted(drawn[row]!))
  return row === undefined ? null : drawn[row]!
}

/** log 1e-32, the least density of the authors' program. */
const nothing = Math.log(1e-32)
