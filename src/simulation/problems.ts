/**
 * Built-in problems with a known best, usable as `foretune simulate branin`. All values are minimised, and every curve falls to its final
 * value by a power law whose speed depends on the configuration, so that curves cross:
 *
 *   value(e) = final + height * (e^-rate - T^-rate) / (1 - T^-rate)        value(1) = final + height, value(T) = final
 *
 * Branin: three equal minima, 0.397887 (Dixon and Szegö 1978). Hartmann 6: six minima, the lowest -3.32237 (the same). `curves` looks like
 * the training of a network with four parameters, `conditional` has parameters that exist only for some values of others; both have their
 * best at a configuration of round numbers.
 */
import type { Configuration } from '../core/trial.ts'
import type { ParameterDefinition } from '../core/space/definition.ts'
import { unknownProblem } from './errors.ts'
import type { Problem } from './problem.ts'

interface Landscape {
  readonly parameters: { readonly [name: string]: ParameterDefinition }
  readonly best: number
  final(configuration: Configuration): number
  /** How far the first epoch is above the last one. */
  height(configuration: Configuration): number
  /** Above 0: a large one falls at once, a small one to the end. */
  rate(configuration: Configuration): number
}

const epochsByDefault = 81

const landscapes: { readonly [name: string]: Landscape } = {
  branin: {
    parameters: { x: { type: 'float', low: -5, high: 10 }, y: { type: 'float', low: 0, high: 15 } },
    best: 0.397887357729739,
    final: (configuration) => branin(number(configuration, 'x'), number(configuration, 'y')),
    height: (configuration) => 20 + 2 * number(configuration, 'y'),
    rate: (configuration) => 0.3 + (number(configuration, 'x') + 5) / 15,
  },
  hartmann6: {
    parameters: Object.fromEntries([1, 2, 3, 4, 5, 6].map((axis) => [`x${axis}`, { type: 'float', low: 0, high: 1 }])),
    best: -3.32236801141551,
    final: (configuration) => hartmann6([1, 2, 3, 4, 5, 6].map((axis) => number(configuration, `x${axis}`))),
    height: (configuration) => 1 + number(configuration, 'x1'),
    rate: (configuration) => 0.3 + number(configuration, 'x2'),
  },
  curves: {
    parameters: {
      lr: { type: 'float', low: 1e-5, high: 1, log: true },
      width: { type: 'int', low: 16, high: 1024, log: true },
      dropout: { type: 'float', low: 0, high: 0.5 },
      batch: { type: 'ordinal', values: [16, 32, 64, 128, 256] },
    },
    best: 0.05,
    final(configuration) {
      const lr = Math.log10(number(configuration, 'lr')) + 3
      const width = Math.log2(number(configuration, 'width')) - 8
      const dropout = (number(configuration, 'dropout') - 0.2) * 4
      const batch = Math.log2(number(configuration, 'batch')) - 6
      return (
        0.05 + 0.3 * (1 - Math.exp(-(lr * lr + 0.1 * width * width + dropout * dropout + 0.05 * batch * batch) / 2))
      )
    },
    height: () => 2.25,
    // A larger rate of learning falls faster, also where it ends worse.
    rate: (configuration) => 0.25 + 0.2 * (Math.log10(number(configuration, 'lr')) + 5),
  },
  conditional: {
    parameters: {
      optimizer: { type: 'categorical', choices: ['sgd', 'adam'] },
      lr: { type: 'float', low: 1e-5, high: 1, log: true },
      momentum: { type: 'float', low: 0, high: 0.99, when: { optimizer: 'sgd' } },
      beta: { type: 'float', low: 0.5, high: 0.999, when: { optimizer: 'adam' } },
      layers: { type: 'int', low: 1, high: 3 },
      width2: { type: 'int', low: 8, high: 256, log: true, when: { layers: { atLeast: 2 } } },
      width3: { type: 'int', low: 8, high: 256, log: true, when: { layers: 3 } },
    },
    best: 0.1,
    final: conditionalFinal,
    height: () => 2,
    rate: (configuration) => (configuration['optimizer'] === 'adam' ? 0.9 : 0.45) / number(configuration, 'layers'),
  },
}

/** Names of the built-in problems. */
export const problemNames: readonly string[] = Object.keys(landscapes)

export function builtInProblem(name: string, epochs: number = epochsByDefault): Problem {
  const landscape = landscapes[name]
  if (landscape === undefined || !Object.hasOwn(landscapes, name)) throw unknownProblem(name, problemNames)
  return {
    name,
    space: { parameters: landscape.parameters, forbidden: [] },
    objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
    epochs,
    length: () => epochs,
    metrics: (configuration, _note, epoch) => ({ loss: valueAt(landscape, configuration, epoch, epochs) }),
    best: landscape.best,
  }
}

function valueAt(landscape: Landscape, configuration: Configuration, epoch: number, epochs: number): number {
  const final = landscape.final(configuration)
  if (epoch >= epochs) return final
  const rate = landscape.rate(configuration)
  const end = epochs ** -rate
  return final + (landscape.height(configuration) * (epoch ** -rate - end)) / (1 - end)
}

function number(configuration: Configuration, name: string): number {
  return configuration[name] as number
}

function branin(x: number, y: number): number {
  const a = y - (5.1 / (4 * Math.PI * Math.PI)) * x * x + (5 / Math.PI) * x - 6
  return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10
}

const hartmannWeights = [1, 1.2, 3, 3.2]
const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]

function hartmann6(x: readonly number[]): number {
  let sum = 0
  for (const [row, weight] of hartmannWeights.entries()) {
    let distance = 0
    for (const [axis, value] of x.entries()) {
      const difference = value - (hartmannP[row]?.[axis] ?? 0)
      distance += (hartmannA[row]?.[axis] ?? 0) * difference * difference
    }
    sum -= weight * Math.exp(-distance)
  }
  return sum
}

/** Best, 0.1: adam, lr 0.001, beta 0.9, two layers, width2 64. The other branches end at 0.15 or more. */
function conditionalFinal(configuration: Configuration): number {
  const isAdam = configuration['optimizer'] === 'adam'
  const layers = number(configuration, 'layers')
  const lr = Math.log10(number(configuration, 'lr')) + (isAdam ? 3 : 1)
  const inner = isAdam ? number(configuration, 'beta') - 0.9 : number(configuration, 'momentum') - 0.95
  let loss = (isAdam ? 0.1 : 0.15) + 0.1 * lr * lr + 2 * inner * inner
  if (layers === 1) loss += 0.1
  for (const [name, best, cost] of [
    ['width2', 64, 0],
    ['width3', 16, 0.05],
  ] as const) {
    const width = configuration[name]
    if (typeof width === 'number') loss += cost + 0.02 * Math.log2(width / best) ** 2
  }
  return loss
}
