/** A space of every awkward shape, named once: every sampler and surrogate should live with them. */
import type { SpaceDefinition } from './definition.ts'

export const awkwardSpaces: { readonly [name: string]: SpaceDefinition } = {
  'a single value': { parameters: { only: { type: 'categorical', choices: ['this'] } }, forbidden: [] },
  'one ordinal': { parameters: { batch: { type: 'ordinal', values: [16, 32, 'full'] } }, forbidden: [] },
  'a huge category': {
    parameters: {
      pick: { type: 'categorical', choices: Array.from({ length: 1000 }, (_, index) => `choice ${index}`) },
    },
    forbidden: [],
  },
  'all integers': {
    parameters: {
      few: { type: 'int', low: -2, high: 2 },
      wide: { type: 'int', low: 1, high: 1024, log: true },
      stepped: { type: 'int', low: 8, high: 64, step: 8, log: true },
    },
    forbidden: [],
  },
  'a very wide logarithm': { parameters: { lr: { type: 'float', low: 1e-12, high: 1, log: true } }, forbidden: [] },
  'floats with steps': {
    parameters: {
      dropout: { type: 'float', low: 0, high: 0.5, step: 0.05 },
      decay: { type: 'float', low: 0.001, high: 0.01, step: 0.001, log: true },
    },
    forbidden: [],
  },
  'all conditional, nested': {
    parameters: {
      beta: { type: 'float', low: 0.5, high: 0.999, when: { optimizer: ['adam', 'nadam'] } },
      nesterov: { type: 'categorical', choices: [true, false], when: { momentum: { above: 0 } } },
      momentum: { type: 'ordinal', values: [0, 0.5, 0.9], when: { optimizer: 'sgd' } },
      optimizer: { type: 'categorical', choices: ['sgd', 'adam', 'nadam'], when: { trained: true } },
      trained: { type: 'categorical', choices: [true, false] },
    },
    forbidden: [],
  },
  'nothing allowed but one corner': {
    parameters: {
      a: { type: 'int', low: 0, high: 99 },
      b: { type: 'int', low: 0, high: 99 },
      c: { type: 'int', low: 0, high: 99 },
    },
    forbidden: [{ a: { below: 99 } }, { b: { above: 0 } }, { c: { not: 50 } }],
  },
  'a thin slice of a continuum': {
    parameters: { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } },
    forbidden: [{ x: { atLeast: 1e-4 } }, { y: { not: 0.25 } }],
  },
}
