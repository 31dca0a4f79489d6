/**
 * The eight functions on which samplers are compared, with the same noise and the same uniform draws as `../shared/peers-bench/functions.py`, from
 * which its golden values come: a trial of seed s and number i meets the same noise here and there. All are minimised; regret is the value minus
 * `optimum`. Branin and Hartmann 6: Dixon and Szegö 1978. Rosenbrock 1960. Ackley 1987. The others are made for this comparison.
 *
 * Sums are added in the order of the reference, so that values differ by what the two mathematics libraries differ, and draws not at all.
 */
import type { ParameterDefinition, SpaceDefinition } from '../src/core/space/definition.ts'
import { holds } from '../src/core/space/conditions.ts'
import type { Configuration, Value } from '../src/core/trial.ts'

export interface TestFunction {
  readonly space: SpaceDefinition
  readonly optimum: number
  /** Standard deviation of the noise that is added to what a sampler is told. */
  readonly noiseSd: number
  value(configuration: Configuration): number
}

export type FunctionName = keyof typeof functions

const { PI, E } = Math

function real(low: number, high: number, log = false): ParameterDefinition {
  return { type: 'float', low, high, log }
}

function whole(low: number, high: number, log = false): ParameterDefinition {
  return { type: 'int', low, high, log }
}

function spaceOf(parameters: { readonly [name: string]: ParameterDefinition }): SpaceDefinition {
  return { parameters, forbidden: [] }
}

/** x0, x1, ... of the same range. */
function box(axes: number, range: ParameterDefinition): SpaceDefinition {
  return spaceOf(Object.fromEntries(Array.from({ length: axes }, (_, axis) => [`x${axis}`, range])))
}

function vector(configuration: Configuration): number[] {
  return Object.keys(configuration).map((_, axis) => configuration[`x${axis}`] as number)
}

function branin(configuration: Configuration): number {
  const [x = NaN, y = NaN] = vector(configuration)
  const a = y - (5.1 / (4 * PI ** 2)) * x ** 2 + (5 / PI) * x - 6
  return a ** 2 + 10 * (1 - 1 / (8 * PI)) * Math.cos(x) + 10
}

const hartmannWeights = [1, 1.2, 3, 3.2]
const hartmannScales = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const hartmannCentres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]

function hartmann6(configuration: Configuration): number {
  const x = vector(configuration)
  const terms = hartmannWeights.map((weight, row) => {
    const [scales = [], centres = []] = [hartmannScales[row], hartmannCentres[row]]
    const distance = x.reduce((sum, value, axis) => sum + scales[axis]! * (value - centres[axis]!) ** 2, 0)
    return weight * Math.exp(-distance)
  })
  return -total(terms)
}

function rosenbrock(configuration: Configuration): number {
  const x = vector(configuration)
  return total(x.slice(1).map((b, axis) => 100 * (b - x[axis]! * x[axis]!) ** 2 + (1 - x[axis]!) ** 2))
}

function ackley(configuration: Configuration): number {
  const x = vector(configuration)
  const squares = total(x.map((value) => value * value))
  const waves = total(x.map((value) => Math.cos(2 * PI * value)))
  return -20 * Math.exp(-0.2 * Math.sqrt(squares / x.length)) - Math.exp(waves / x.length) + 20 + E
}

/** Like a network's training: the best rate of learning depends on the optimiser. Best: adamw, lr 10^-2.7, wd 1e-4, 4, 256, 0.2. */
function mixed(configuration: Configuration): number {
  const [centre = NaN, offset = NaN] =
    { sgd: [-1, 0.05], adam: [-3, 0.01], adamw: [-2.7, 0], rmsprop: [-3.5, 0.08] }[
      String(configuration['optimizer'])
    ] ?? []
  const at = (name: string): number => configuration[name] as number
  return (
    offset +
    0.05 * (Math.log10(at('lr')) - centre) ** 2 +
    0.01 * (Math.log10(at('wd')) + 4) ** 2 +
    0.01 * (at('layers') - 4) ** 2 +
    0.015 * (Math.log2(at('hidden')) - 8) ** 2 +
    0.3 * (at('dropout') - 0.2) ** 2
  )
}

/** Three models with parameters of their own; dropout only for nets of depth >= 2. Best: net, lr 10^-2.7, depth 3, dropout 0.3. */
function conditional(configuration: Configuration): number {
  const at = (name: string): number => configuration[name] as number
  if (configuration['model'] === 'linear') return 0.12 + 0.02 * (Math.log10(at('reg')) + 1) ** 2
  if (configuration['model'] === 'tree')
    return 0.03 + 0.003 * (at('max_depth') - 7) ** 2 + 0.05 * (Math.log10(at('eta')) + 1) ** 2
  const drop = at('depth') >= 2 ? 0.4 * (at('dropout') - 0.3) ** 2 : 0.08
  return 0.04 * (Math.log10(at('lr')) + 2.7) ** 2 + 0.02 * (at('depth') - 3) ** 2 + drop
}

/** Eight decades, the first two coupled. Best at the exponents -3, -5, -6, -4. */
function coupledLogs(configuration: Configuration): number {
  const [a = NaN, b = NaN, c = NaN, d = NaN] = vector(configuration).map(Math.log10)
  return (
    0.1 * (a + 3) ** 2 + 0.05 * (a + b + 8) ** 2 + 0.02 * Math.abs(c + 6) + 0.1 * (1 - Math.exp(-((d + 4) ** 2) / 2))
  )
}

function total(terms: readonly number[]): number {
  return terms.reduce((sum, term) => sum + term, 0)
}

const hartmannOptimum = -3.322368011415515

export const functions = {
  branin2: {
    space: spaceOf({ x0: real(-5, 10), x1: real(0, 15) }),
    optimum: 0.39788735772973816,
    noiseSd: 0,
    value: branin,
  },
  hartmann6: { space: box(6, real(0, 1)), optimum: hartmannOptimum, noiseSd: 0, value: hartmann6 },
  rosenbrock5: { space: box(5, real(-5, 10)), optimum: 0, noiseSd: 0, value: rosenbrock },
  ackley10: { space: box(10, real(-32.768, 32.768)), optimum: 0, noiseSd: 0, value: ackley },
  mixed6: {
    space: spaceOf({
      lr: real(1e-6, 1, true),
      wd: real(1e-8, 1e-1, true),
      layers: whole(1, 8),
      hidden: whole(16, 1024, true),
      dropout: real(0, 0.8),
      optimizer: { type: 'categorical', choices: ['sgd', 'adam', 'adamw', 'rmsprop'] },
    }),
    optimum: 0,
    noiseSd: 0,
    value: mixed,
  },
  conditional7: {
    space: spaceOf({
      model: { type: 'categorical', choices: ['linear', 'net', 'tree'] },
      reg: { ...real(1e-6, 1e2, true), when: { model: 'linear' } },
      lr: { ...real(1e-5, 1, true), when: { model: 'net' } },
      depth: { ...whole(1, 4), when: { model: 'net' } },
      dropout: { ...real(0, 0.8), when: { depth: { atLeast: 2 } } },
      max_depth: { ...whole(1, 16), when: { model: 'tree' } },
      eta: { ...real(1e-3, 1, true), when: { model: 'tree' } },
    }),
    optimum: 0,
    noiseSd: 0,
    value: conditional,
  },
  log4: { space: box(4, real(1e-8, 1, true)), optimum: 0, noiseSd: 0, value: coupledLogs },
  hartmann6_noisy: { space: box(6, real(0, 1)), optimum: hartmannOptimum, noiseSd: 0.2, value: hartmann6 },
} satisfies { readonly [name: string]: TestFunction }

/** Uniform in [0, 1) from a state of 32 bits. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** The noise of a trial in the study of a seed: Box and Muller on two draws. */
export function noise(seed: number, trial: number): number {
  const draw = mulberry32(seed * 1000003 + trial)
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * PI * draw())
}

/** Uniform, on the log scale where there is one; a parameter that does not exist takes no draw. */
export function drawConfiguration({ parameters }: SpaceDefinition, draw: () => number): Configuration {
  const configuration: { [name: string]: Value } = {}
  for (const [name, parameter] of Object.entries(parameters))
    if (parameter.when === undefined || holds(parameter.when, configuration))
      configuration[name] = drawValue(parameter, draw())
  return configuration
}

function drawValue(parameter: ParameterDefinition, u: number): Value {
  if (parameter.type === 'categorical') return parameter.choices[Math.floor(u * parameter.choices.length)] as Value
  if (parameter.type === 'ordinal') return parameter.values[Math.floor(u * parameter.values.length)] as Value
  const { type, low, high, log = false } = parameter
  if (type === 'int' && !log) return low + Math.floor(u * (high - low + 1))
  const half = type === 'int' ? 0.5 : 0
  if (!log) return clamp(low + u * (high - low), low, high)
  const [from, to] = [Math.log(low - half), Math.log(high + half)]
  const value = Math.exp(from + u * (to - from))
  return clamp(type === 'int' ? Math.floor(value + 0.5) : value, low, high)
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
