import { test } from 'node:test'
import { deepEqual, equal } from 'node:assert/strict'
import { awkwardSpaces } from './awkward-spaces.laws.ts'
import type { Condition, ParameterDefinition, SpaceDefinition } from './definition.ts'
import { spaceProblems } from './space-problems.ts'

/** `path code` of every problem. */
function found(parameters: SpaceDefinition['parameters'], forbidden: readonly Condition[] = []): string[] {
  return spaceProblems({ parameters, forbidden }).map(({ path, code }) => `${path.join('.')} ${code}`)
}

function foundIn(parameter: ParameterDefinition): string[] {
  return found({ p: parameter }).map((problem) => problem.replace('parameters.p.', ''))
}

test('awkward spaces are no mistakes', () => {
  for (const definition of Object.values(awkwardSpaces)) deepEqual(spaceProblems(definition), [])
})

test('ranges: empty, not finite, too small for a logarithm, too many values', () => {
  deepEqual(foundIn({ type: 'float', low: 1, high: 0 }), ['low EMPTY_RANGE'])
  deepEqual(foundIn({ type: 'int', low: 3, high: 3 }), ['low EMPTY_RANGE'])
  deepEqual(foundIn({ type: 'float', low: NaN, high: Infinity }), ['low NOT_FINITE', 'high NOT_FINITE'])
  deepEqual(foundIn({ type: 'float', low: -1e308, high: 1e308 }), ['high RANGE_TOO_LARGE'])
  deepEqual(foundIn({ type: 'float', low: 0, high: 1, log: true }), ['low LOG_NEEDS_POSITIVE'])
  deepEqual(foundIn({ type: 'float', low: 2, high: -1, log: true }), ['low EMPTY_RANGE'])
  deepEqual(foundIn({ type: 'int', low: 1, high: 9, step: 2, log: true }), ['low LOG_NEEDS_POSITIVE'])
  deepEqual(foundIn({ type: 'int', low: 2, high: 10, step: 2, log: true }), [])
  deepEqual(foundIn({ type: 'int', low: 0, high: 1e12 }), ['step RANGE_TOO_LARGE'])
  deepEqual(foundIn({ type: 'int', low: 0.5, high: 2 }), ['low NOT_AN_INTEGER'])
})

test('steps: not positive, not fitting, fitting in decimals though not in binary', () => {
  deepEqual(foundIn({ type: 'float', low: 0, high: 1, step: 0 }), ['step STEP_NOT_POSITIVE'])
  deepEqual(foundIn({ type: 'int', low: 0, high: 10, step: -2 }), ['step STEP_NOT_POSITIVE'])
  deepEqual(foundIn({ type: 'int', low: 0, high: 10, step: 3 }), ['step STEP_DOES_NOT_FIT'])
  deepEqual(foundIn({ type: 'int', low: 0, high: 10, step: 20 }), ['step STEP_DOES_NOT_FIT'])
  deepEqual(foundIn({ type: 'int', low: 0, high: 10, step: 2.5 }), ['step NOT_AN_INTEGER'])
  deepEqual(foundIn({ type: 'float', low: 0, high: 1, step: 0.3 }), ['step STEP_DOES_NOT_FIT'])
  deepEqual(foundIn({ type: 'float', low: 0, high: 1, step: 3 }), ['step STEP_DOES_NOT_FIT'])
  deepEqual(foundIn({ type: 'float', low: 0, high: 0.55, step: 0.1 }), ['step STEP_DOES_NOT_FIT'])
  deepEqual(foundIn({ type: 'float', low: 0, high: 0.3, step: 0.1 }), [])
  deepEqual(foundIn({ type: 'float', low: 0.07, high: 1.07, step: 0.01 }), [])
  deepEqual(foundIn({ type: 'float', low: 0, high: 0.1 * 3, step: 0.1 }), [])
})

test('lists: empty, doubled, not finite', () => {
  deepEqual(foundIn({ type: 'categorical', choices: [] }), ['choices NO_CHOICES'])
  deepEqual(foundIn({ type: 'ordinal', values: [1, 2, 1, 1] }), [
    'values.2 DUPLICATE_CHOICE',
    'values.3 DUPLICATE_CHOICE',
  ])
  deepEqual(foundIn({ type: 'categorical', choices: [1, '1', true, 'true'] }), [])
  deepEqual(foundIn({ type: 'ordinal', values: [NaN, 1] }), ['values.0 NOT_FINITE'])
})

test('conditions: unknown parameters with the nearest name, values that the parent can never take', () => {
  const optimizer = { type: 'categorical', choices: ['sgd', 'adam'] } as const
  const x = { type: 'int', low: 1, high: 9 } as const
  const under = (when: Condition) =>
    found({ optimizer, x, n: { type: 'int', low: 5, high: 20, step: 5 }, child: { ...x, when } })
  deepEqual(under({ optimizer: 'sgd', x: { atLeast: 9 } }), [])
  deepEqual(under({ n: { above: 5, below: 15 } }), [])
  deepEqual(under({ optimzer: 'sgd' }), ['parameters.child.when.optimzer UNKNOWN_PARAMETER'])
  equal(
    spaceProblems({ parameters: { optimizer, child: { ...x, when: { optimzer: 'sgd' } } }, forbidden: [] })[0]
      ?.suggestion,
    'optimizer',
  )
  equal(
    spaceProblems({ parameters: { optimizer, child: { ...x, when: { width: 1 } } }, forbidden: [] })[0]?.suggestion,
    undefined,
  )
  deepEqual(under({ optimizer: 'rmsprop' }), ['parameters.child.when.optimizer BOUND_NEVER_MET'])
  deepEqual(under({ optimizer: ['sgd', 'rmsprop'] }), ['parameters.child.when.optimizer.1 BOUND_NEVER_MET'])
  deepEqual(under({ optimizer: [] }), ['parameters.child.when.optimizer BOUND_NEVER_MET'])
  deepEqual(under({ optimizer: { atLeast: 1 } }), ['parameters.child.when.optimizer BOUND_NEVER_MET'])
  deepEqual(under({ optimizer: { not: 'rmsprop' } }), ['parameters.child.when.optimizer.not BOUND_NEVER_MET'])
  deepEqual(under({ optimizer: { not: ['sgd', 'rmsprop'] } }), [
    'parameters.child.when.optimizer.not.1 BOUND_NEVER_MET',
  ])
  deepEqual(under({ optimizer: { not: ['sgd', 'adam'] } }), ['parameters.child.when.optimizer BOUND_NEVER_MET'])
  deepEqual(under({ x: 9.5 }), ['parameters.child.when.x BOUND_NEVER_MET'])
  deepEqual(under({ x: { above: 9 } }), ['parameters.child.when.x BOUND_NEVER_MET'])
  deepEqual(under({ n: { above: 5, below: 10 } }), ['parameters.child.when.n BOUND_NEVER_MET'])
  deepEqual(under({ x: {} }), ['parameters.child.when.x EMPTY_BOUND'])
  deepEqual(under({}), ['parameters.child.when EMPTY_CONDITION'])
})

test('conditions: circles are told once each', () => {
  const x = { type: 'int', low: 1, high: 9 } as const
  deepEqual(found({ a: { ...x, when: { a: 1 } } }), ['parameters.a.when CONDITION_CYCLE'])
  deepEqual(
    found({
      a: { ...x, when: { c: 1 } },
      b: { ...x, when: { a: 1 } },
      c: { ...x, when: { b: 1 } },
      d: { ...x, when: { a: 1 } },
    }),
    ['parameters.a.when CONDITION_CYCLE'],
  )
})

test('forbidden combinations: unknown parameters, impossible values, everything forbidden', () => {
  const x = { type: 'int', low: 1, high: 9 } as const
  deepEqual(found({ x }, [{ y: 1 }, { x: 10 }, { x: 5 }, {}]), [
    'forbidden.0.y UNKNOWN_PARAMETER',
    'forbidden.1.x BOUND_NEVER_MET',
    'forbidden.3 EMPTY_CONDITION',
  ])
  deepEqual(found({ x }, [{ x: { atLeast: 5 } }, { x: { below: 5 } }]), ['forbidden EVERYTHING_FORBIDDEN'])
  deepEqual(found({ x }, [{ x: { atLeast: 5 } }, { x: { below: 4 } }]), [])
  const y = { type: 'float', low: 0, high: 1 } as const
  deepEqual(found({ y }, [{ y: { atLeast: 0.5 } }, { y: { below: 0.5 } }]), ['forbidden EVERYTHING_FORBIDDEN'])
  deepEqual(found({ y }, [{ y: { above: 0.5 } }, { y: { below: 0.5 } }]), [], 'y = 0.5 is left')
})

test('all mistakes come in one go, in written order, with words that name what was got', () => {
  const problems = spaceProblems({
    parameters: {
      lr: { type: 'float', low: 0, high: 1, log: true },
      width: { type: 'int', low: 9, high: 3, when: { optimiser: 'sgd' } },
    },
    forbidden: [{ lr: 2 }, { optimizer: 'sgd' }],
  })
  deepEqual(
    problems.map(({ path, code }) => [path, code]),
    [
      [['parameters', 'lr', 'low'], 'LOG_NEEDS_POSITIVE'],
      [['parameters', 'width', 'low'], 'EMPTY_RANGE'],
      [['parameters', 'width', 'when', 'optimiser'], 'UNKNOWN_PARAMETER'],
      [['forbidden', 1, 'optimizer'], 'UNKNOWN_PARAMETER'],
    ],
  )
  deepEqual(found({}), ['parameters NO_PARAMETERS'])
})
