import { test } from 'node:test'
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import fc from 'fast-check'
import type { Configuration, Value } from '../trial.ts'
import { stream } from '../maths/stream.ts'
import { arbitrarySpace, continuousFloat, finiteParameter } from './arbitrary-space.laws.ts'
import { awkwardSpaces } from './awkward-spaces.laws.ts'
import type { ParameterDefinition, SpaceDefinition } from './definition.ts'
import { decode, encode, enumerate, isForbidden, key, problems, randomConfiguration, space } from './space.ts'

const finiteSpace = arbitrarySpace(finiteParameter)
const anySpace = arbitrarySpace(fc.oneof(finiteParameter, continuousFloat))
const units = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 5, maxLength: 5 })

test('every place of the cube decodes to a configuration of the space, and encode leads back to it', () => {
  fc.assert(
    fc.property(anySpace, units, (definition, unit) => {
      const all = space(definition)
      const configuration = decode(all, unit)
      const wrong = problems(all, configuration).filter((problem) => !problem.includes('is forbidden'))
      deepEqual(wrong, [])
      const place = encode(all, configuration)
      deepEqual(decode(all, place), configuration)
      for (const [axis, name] of all.names.entries()) equal(Number.isNaN(place[axis]), !(name in configuration))
      equal(key(all, decode(all, place)), key(all, configuration))
    }),
    { numRuns: 400 },
  )
})

test('a bound with more digits than values are rounded to is a value like any other', () => {
  const high = 83.16880096954002
  const all = space({ parameters: { x: { type: 'float', low: 1e-12, high, log: true } }, forbidden: [] })
  const nearHigh = decode(all, [0.9999999999999982])
  deepEqual(nearHigh, { x: high })
  deepEqual(decode(all, encode(all, nearHigh)), nearHigh)
})

test('the size of a finite space is the number of configurations that are enumerated, each once and allowed', () => {
  fc.assert(
    fc.property(finiteSpace, (definition) => {
      const all = space(definition)
      fc.pre(all.size < 3000)
      const keys = new Set<string>()
      let count = 0
      for (const configuration of enumerate(all)) {
        deepEqual(problems(all, configuration), [])
        keys.add(key(all, configuration))
        count++
      }
      equal(keys.size, count)
      equal(count, all.size)
    }),
    { numRuns: 200 },
  )
})

test('what is enumerated is all there is: random places of the cube fall nowhere else', () => {
  fc.assert(
    fc.property(finiteSpace, fc.array(units, { minLength: 20, maxLength: 20 }), (definition, places) => {
      const all = space(definition)
      fc.pre(all.size < 3000)
      const keys = new Set(Array.from(enumerate(all), (configuration) => key(all, configuration)))
      for (const place of places) {
        const configuration = decode(all, place)
        equal(keys.has(key(all, configuration)), !isForbidden(all, configuration))
      }
    }),
    { numRuns: 100 },
  )
})

test('an enumeration can begin at any configuration of the space, allowed or not', () => {
  fc.assert(
    fc.property(finiteSpace, units, (definition, unit) => {
      const all = space(definition)
      fc.pre(all.size < 1000)
      const list = Array.from(enumerate(all), (configuration) => key(all, configuration))
      const from = decode(all, unit)
      const rest = Array.from(enumerate(all, undefined, from), (configuration) => key(all, configuration))
      deepEqual(rest, list.slice(list.length - rest.length), 'the end of the whole list')
      if (!isForbidden(all, from)) equal(rest[0], key(all, from))
    }),
    { numRuns: 150 },
  )
})

test('grid order: the first parameter changes slowest, continuous ones take levels from end to end', () => {
  const all = space({
    parameters: { b: { type: 'ordinal', values: ['x', 'y'] }, a: { type: 'float', low: 0, high: 1 } },
    forbidden: [],
  })
  deepEqual(Array.from(enumerate(all, 3), Object.values), [
    ['x', 0],
    ['x', 0.5],
    ['x', 1],
    ['y', 0],
    ['y', 0.5],
    ['y', 1],
  ])
  deepEqual(Array.from(enumerate(all, 1), Object.values), [
    ['x', 0.5],
    ['y', 0.5],
  ])
})

test('random configurations are allowed, the same for the same stream', () => {
  fc.assert(
    fc.property(anySpace, fc.integer(), (definition, seed) => {
      const all = space(definition)
      const configuration = randomConfiguration(all, stream(seed))
      ok(configuration, 'something is allowed')
      deepEqual(problems(all, configuration), [])
      deepEqual(randomConfiguration(all, stream(seed)), configuration)
    }),
    { numRuns: 300 },
  )
})

test('random configurations are uniform over the allowed part, by rejection and by the counts of regions alike', () => {
  const all = space({
    parameters: {
      kind: { type: 'categorical', choices: ['a', 'b'] },
      n: { type: 'int', low: 1, high: 4, when: { kind: 'b' } },
      x: { type: 'float', low: 0, high: 1 },
    },
    forbidden: [
      { kind: 'a', x: { above: 0.5 } },
      { n: [2, 3], x: { atMost: 0.75 } },
    ],
  })
  // In shares of the cube: a keeps 1/4; of b, n = 1 and n = 4 keep 1/8 each, n = 2 and n = 3 keep 1/32 each.
  const shares: { readonly [cell: string]: number } = { a: 8, b1: 4, b2: 1, b3: 1, b4: 4 }
  const n = 9000
  for (const draw of [
    (seed: number) => randomConfiguration(all, stream(seed)),
    (seed: number) => all.allowed!.draw(stream(seed, 'regions')),
  ]) {
    const counts = new Map<string, number>()
    let xOfA = 0
    for (let seed = 0; seed < n; seed++) {
      const { kind, n: number = '', x } = draw(seed)!
      counts.set(`${kind}${number}`, (counts.get(`${kind}${number}`) ?? 0) + 1)
      if (kind === 'a') xOfA += Number(x)
    }
    for (const [cell, parts] of Object.entries(shares)) {
      const share = parts / 18
      const deviation = (counts.get(cell)! / n - share) / Math.sqrt((share * (1 - share)) / n)
      ok(Math.abs(deviation) < 4, `${cell}: ${deviation} standard deviations`)
    }
    ok(Math.abs(xOfA / counts.get('a')! - 0.25) < 0.01, 'x is even where it may be')
  }
})

test('the one allowed corner is found, whatever the size of the space', () => {
  const corner = space(awkwardSpaces['nothing allowed but one corner']!)
  equal(corner.size, 1)
  deepEqual(randomConfiguration(corner, stream(1)), { a: 99, b: 0, c: 50 })
  const hugeSpace = space({
    parameters: { a: { type: 'int', low: 0, high: 1e11 }, x: { type: 'float', low: 0, high: 1 } },
    forbidden: [{ a: { not: [5, 123456789] } }, { x: { not: 0.375 } }],
  })
  equal(hugeSpace.size, 2)
  ok([5, 123456789].includes(Number(randomConfiguration(hugeSpace, stream(1))!['a'])))
  equal(randomConfiguration(hugeSpace, stream(2))!['x'], 0.375)
})

test('sizes are exact however conditions are tied', () => {
  const size = (definition: SpaceDefinition) => space(definition).size
  equal(size(awkwardSpaces['a single value']!), 1)
  equal(size(awkwardSpaces['a huge category']!), 1000)
  equal(size(awkwardSpaces['all integers']!), 5 * 1024 * 8)
  equal(size(awkwardSpaces['floats with steps']!), 11 * 10)
  equal(size(awkwardSpaces['a very wide logarithm']!), Infinity)
  const sgd = { type: 'categorical', choices: ['sgd', 'adam'] } as const
  // adam, and for sgd: momentum 0 alone, momentum .9 with two kinds of nesterov.
  const nested: SpaceDefinition = {
    parameters: {
      optimizer: sgd,
      momentum: { type: 'ordinal', values: [0, 0.9], when: { optimizer: 'sgd' } },
      nesterov: { type: 'categorical', choices: [true, false], when: { momentum: { above: 0 } } },
    },
    forbidden: [],
  }
  equal(size(nested), 1 + 1 + 2)
  equal(size({ ...nested, forbidden: [{ nesterov: true }, { optimizer: 'adam' }] }), 2)
  // A float that can never exist leaves the space finite.
  const unreachable: SpaceDefinition = {
    parameters: {
      optimizer: sgd,
      momentum: { type: 'ordinal', values: [0, 0.9], when: { optimizer: 'sgd' } },
      never: { type: 'float', low: 0, high: 1, when: { momentum: 0, optimizer: 'adam' } },
    },
    forbidden: [],
  }
  equal(size(unreachable), 3)
})

test('names stand in written order, but parents before their children', () => {
  const { names } = space(awkwardSpaces['all conditional, nested']!)
  deepEqual(names, ['trained', 'optimizer', 'beta', 'momentum', 'nesterov'])
})

test('keys tell apart what is different: types, absence, and nothing else', () => {
  const all = space({
    parameters: {
      a: { type: 'categorical', choices: [1, '1', true, 'true', 'null'] },
      b: { type: 'int', low: 0, high: 1, when: { a: [1, '1'] } },
    },
    forbidden: [],
  })
  equal(new Set(Array.from(enumerate(all), (configuration) => key(all, configuration))).size, 7)
  equal(key(all, { b: 0, a: 1 }), key(all, { a: 1, b: -0 }))
})

test('parameters may be called like what objects inherit', () => {
  const parameters = Object.fromEntries<ParameterDefinition>([
    ['constructor', { type: 'categorical', choices: ['a', 'b'] }],
    ['toString', { type: 'int', low: 1, high: 2, when: Object.fromEntries([['constructor', 'b']]) }],
  ])
  const all = space({ parameters, forbidden: [] })
  equal(all.size, 3)
  const configuration = Object.fromEntries<Value>([['constructor', 'a']])
  deepEqual(problems(all, configuration), [])
  ok(Number.isNaN(encode(all, configuration)[1]))
})

test('a wrong configuration is told all that is wrong with it', () => {
  const all = space({
    parameters: {
      optimizer: { type: 'categorical', choices: ['sgd', 'adam'] },
      momentum: { type: 'float', low: 0, high: 0.99, when: { optimizer: 'sgd' } },
      batch: { type: 'ordinal', values: [16, 32] },
      dropout: { type: 'float', low: 0, high: 0.5, step: 0.05 },
    },
    forbidden: [{ optimizer: 'sgd', batch: 32 }],
  })
  const wrong = (configuration: Configuration) => problems(all, configuration).length
  equal(wrong({ optimizer: 'sgd', momentum: 0.9, batch: 16, dropout: 0.15 }), 0)
  equal(wrong({ optimizer: 'sgd', momentum: 0.9, batch: 32, dropout: 0.15 }), 1, 'forbidden')
  equal(wrong({ optimizer: 'sgd', batch: 16, dropout: 0.15 }), 1, 'missing')
  equal(wrong({ optimizer: 'adam', momentum: 0.9, batch: 16, dropout: 0.15 }), 1, 'does not exist here')
  equal(wrong({ optimizer: 'adam', batch: '16', dropout: 0.151 }), 2, 'no such values')
  ok(problems(all, { optimizer: 'adam', batch: 16, dropout: 0, momentun: 1 })[0]!.includes('momentum'), 'nearest name')
})

test('a space is only made from a definition without problems', () => {
  throws(() => space({ parameters: { x: { type: 'int', low: 2, high: 1 } }, forbidden: [] }), /bug: .*low/)
})
