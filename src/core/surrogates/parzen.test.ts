import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf, rowsOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import type { ParameterDefinition } from '../space/definition.ts'
import { createParameter } from '../space/kinds.ts'
import { drawPlace, logDensities, mixtureAxis, type Factor } from './mixture.ts'
import { ageWeights, parzen, type ParzenOptions } from './parzen.ts'

type Columns = { readonly [parameter: string]: readonly number[] }
type StoredParameter =
  | { readonly kind: 'categorical'; readonly choices: readonly string[] }
  | {
      readonly kind: 'integer' | 'float'
      readonly low: number
      readonly high: number
      readonly log: boolean
      readonly step: number | null
    }
interface Estimator {
  readonly name: string
  readonly space: { readonly [parameter: string]: StoredParameter }
  readonly considerEndpoints: boolean
  readonly magicClip: boolean
  readonly observations: Columns
  readonly weights: readonly number[]
  readonly kernels: {
    readonly [parameter: string]: {
      readonly mu?: readonly number[]
      readonly sigma?: readonly number[]
      readonly probabilities?: readonly (readonly number[])[]
    }
  }
  readonly points: Columns
  readonly logPdf: readonly number[]
}
const file = new URL('../../../test/golden/reference/tpe.json', import.meta.url)
const { estimators, weights } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly estimators: readonly Estimator[]
  readonly weights: readonly { readonly n: number; readonly weights: readonly number[] }[]
}

/** Optuna's own scale of a parameter, and where our unit cube lies on it. */
function scaleOf(stored: StoredParameter) {
  if (stored.kind === 'categorical')
    return {
      parameter: createParameter({ type: 'categorical', choices: stored.choices }),
      start: 0,
      length: 1,
      toUnit: (index: number) => (index + 0.5) / stored.choices.length,
      logDensityOfOne: 0,
    }
  const { kind, low, high, log, step } = stored
  const definition: ParameterDefinition = {
    type: kind === 'integer' ? 'int' : 'float',
    low,
    high,
    log,
    ...(step === null ? {} : { step }),
  }
  const own = (x: number) => (log ? Math.log(x) : x)
  const start = own(low - (step ?? 0) / 2)
  const length = own(high + (step ?? 0) / 2) - start
  // Densities of continuous parameters are stretched, probabilities of cells are not.
  return {
    parameter: createParameter(definition),
    start,
    length,
    toUnit: (x: number) => (own(x) - start) / length,
    logDensityOfOne: step === null ? Math.log(length) : 0,
  }
}

function near(got: number, want: number, what: string): void {
  assert.ok(Math.abs(got - want) <= 1e-9 * Math.abs(want) + 1e-9, `${what}: ${got}, Optuna ${want}`)
}

/** The normal or the probabilities of one kernel. */
function kernelOf(factor: Factor, kernel: number) {
  if (factor.kind === 'categorical')
    return {
      probabilities: Array.from({ length: factor.choices }, (_, choice) =>
        factor.entry[kernel] === factor.choices
          ? 1 / factor.choices
          : factor.entry[kernel] === choice
            ? factor.hit
            : factor.miss,
      ),
    }
  const at = factor.kind === 'stepped' ? factor.entry[kernel]! : kernel
  return { mu: factor.mu[at]!, sigma: factor.sigma[at]! }
}

/**
 * Of equal observations one has the width that the neighbour gives, and which one that is Optuna leaves to an unstable sort. With these two rows exchanged
 * (12 observations weigh alike) our stable sort takes them in the order in which that one did.
 */
function inTheOrderOfItsSort(stored: Estimator): Estimator {
  if (stored.name !== 'four parameters together') return stored
  const exchanged = <T>(list: readonly T[]) => list.with(0, list[4]!).with(4, list[0]!)
  const map = <T, U>(record: { readonly [key: string]: T }, change: (value: T) => U) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
  return {
    ...stored,
    observations: map(stored.observations, exchanged),
    kernels: map(stored.kernels, (kernel) =>
      map(kernel, (column: readonly unknown[]) => exchanged(column)),
    ) as Estimator['kernels'],
  }
}

for (const stored of estimators.map(inTheOrderOfItsSort))
  test(`Optuna's estimator, ${stored.name}: weights, kernels and densities`, () => {
    const names = Object.keys(stored.space)
    const scales = names.map((name) => scaleOf(stored.space[name]!))
    const rows = (columns: Columns, place: (axis: number, x: number) => number) =>
      columns[names[0]!]!.map((_, row) => names.map((name, axis) => place(axis, columns[name]![row]!)))
    const observations = {
      ...matrixOf(rows(stored.observations, (axis, x) => scales[axis]!.toUnit(x))),
      columns: names.length,
    }
    const mixture = parzen(
      scales.map(({ parameter }) => mixtureAxis(parameter)),
      observations,
      ageWeights(observations.rows),
      { priorWeight: 1, bandwidthFactor: 1, magicClip: stored.magicClip, endpoints: stored.considerEndpoints },
    )

    for (const [kernel, weight] of stored.weights.entries())
      near(Math.exp(mixture.logWeights[kernel]!), weight, `weight ${kernel}`)
    for (const [axis, name] of names.entries()) {
      const { mu = [], sigma = [], probabilities = [] } = stored.kernels[name]!
      const { start, length } = scales[axis]!
      for (const [kernel, center] of mu.entries()) {
        const own = kernelOf(mixture.factors[axis]!, kernel)
        near(start + length * own.mu!, center, `${name}, mu ${kernel}`)
        near(length * own.sigma!, sigma[kernel]!, `${name}, sigma ${kernel}`)
      }
      for (const [kernel, row] of probabilities.entries())
        for (const [choice, p] of row.entries())
          near(
            kernelOf(mixture.factors[axis]!, kernel).probabilities![choice]!,
            p,
            `${name}, kernel ${kernel}, choice ${choice}`,
          )
    }
    const places = matrixOf(
      rows(stored.points, (axis, x) => {
        const { parameter, toUnit } = scales[axis]!
        return parameter.size === Infinity || !parameter.ordered ? toUnit(x) : parameter.encode(x)
      }),
    )
    const stretch = scales.reduce((sum, { logDensityOfOne }) => sum + logDensityOfOne, 0)
    for (const [row, density] of logDensities(mixture, places).entries())
      near(density - stretch, stored.logPdf[row]!, `place ${row}`)
  })

test('observations weigh as Optuna has them weigh', () => {
  for (const stored of weights)
    for (const [index, weight] of ageWeights(stored.n).entries())
      near(weight, stored.weights[index]!, `${index} of ${stored.n}`)
})

/** A continuous, two stepped and a categorical axis. */
const parameters = [
  createParameter({ type: 'float', low: 0, high: 1 }),
  createParameter({ type: 'int', low: 1, high: 6, log: true }),
  createParameter({ type: 'ordinal', values: ['a', 'b', 'c'] }),
  createParameter({ type: 'categorical', choices: [1, 2, 3, 4] }),
]
const axes = parameters.map(mixtureAxis)
const unit = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 1))
const options: ParzenOptions = { priorWeight: 1, magicClip: true, endpoints: false, bandwidthFactor: 1 }
const observed = fc
  .array(fc.tuple(unit, unit, unit, fc.oneof(unit, fc.constant(NaN))), { maxLength: 30 })
  .map((rows) => {
    const cells = rows.map((row) =>
      row.map((x, axis) => (Number.isNaN(x) ? x : parameters[axis]!.encode(parameters[axis]!.decode(x)))),
    )
    return { ...matrixOf(cells), columns: 4 }
  })

test('the density sums to 1 over all cells, choices and the continuous axis', () => {
  const property = fc.property(observed, (observations) => {
    const mixture = parzen(axes, observations, ageWeights(observations.rows), options)
    const steps = 400
    const places: number[][] = []
    const centers = parameters
      .slice(1)
      .map((parameter) => Array.from({ length: parameter.size }, (_, index) => parameter.encode(parameter.at(index))))
    for (let step = 0; step < steps; step++)
      for (const b of centers[0]!)
        for (const c of centers[1]!) for (const d of centers[2]!) places.push([(step + 0.5) / steps, b, c, d])
    const sum = logDensities(mixture, matrixOf(places)).reduce((sum, log) => sum + Math.exp(log), 0)
    assert.ok(Math.abs(sum / steps - 1) < 1e-3, `${sum / steps}`)
  })
  fc.assert(property, { numRuns: 8 })
})

test('places are drawn as often as their density says', () => {
  const observations = matrixOf([
    [0.2, 0.1, 0.5, 0.1],
    [0.25, 0.9, 0.5, 0.1],
    [0.9, 0.1, 0.2, 0.9],
    [0.6, 0.3, NaN, NaN],
  ])
  const mixture = parzen(axes, observations, ageWeights(4), options)
  const draws = 20_000
  const chance = stream(5)
  const drawn = Array.from({ length: draws }, () => drawPlace(mixture, chance))
  for (const [axis, parameter] of parameters.entries()) {
    const others = Array.from({ length: 4 }, () => NaN)
    const cells = 40
    const shares =
      parameter.size === Infinity
        ? Array.from({ length: cells }, (_, cell) => ({
            in: (x: number) => Math.floor(x * cells) === cell,
            at: (cell + 0.5) / cells,
            width: 1 / cells,
          }))
        : Array.from({ length: parameter.size }, (_, index) => ({
            in: (x: number) => parameter.decode(x) === parameter.at(index),
            at: parameter.encode(parameter.at(index)),
            width: 1,
          }))
    for (const share of shares) {
      const p = share.width * Math.exp(logDensities(mixture, matrixOf([others.with(axis, share.at)]))[0]!)
      const found = drawn.filter((place) => share.in(place[axis]!)).length / draws
      assert.ok(
        Math.abs(found - p) < 5 * Math.sqrt(p / draws),
        `axis ${axis} at ${share.at}: ${found}, density says ${p}`,
      )
    }
  }
})

test('absent parameters count nothing at a place, and give a kernel the prior', () => {
  const whole = parzen(axes, matrixOf([[0.2, 0.1, NaN, NaN]]), [1], options)
  const part = parzen(axes.slice(0, 2), matrixOf([[0.2, 0.1]]), [1], options)
  assert.deepEqual(logDensities(whole, matrixOf([[0.4, 0.5, NaN, NaN]])), logDensities(part, matrixOf([[0.4, 0.5]])))
  const prior = parzen(axes.slice(2), { rows: 0, columns: 2, values: new Float64Array() }, [], options)
  const absent = parzen(
    axes.slice(2),
    matrixOf([
      [NaN, NaN],
      [NaN, NaN],
    ]),
    [1, 1],
    options,
  )
  const places = matrixOf([
    [0.5, 0.1],
    [0.1, 0.9],
  ])
  for (const [row, density] of logDensities(absent, places).entries())
    assert.ok(Math.abs(density - logDensities(prior, places)[row]!) < 1e-12)
})

test('neither the order of equally heavy observations nor tens of thousands of values change what a density is', () => {
  const property = fc.property(observed, fc.nat(1000), (observations, seed) => {
    const order = stream(seed).permutation(observations.rows)
    const even = new Float64Array(observations.rows).fill(1)
    const places = matrixOf([
      [0.3, 0.5, 0.5, 0.1],
      [0.99, 0.9, 0.2, 0.6],
    ])
    const once = logDensities(parzen(axes, observations, even, options), places)
    const again = logDensities(parzen(axes, rowsOf(observations, order), even, options), places)
    // Of several equal values one has the neighbours' width, and which one it is depends on their order: so this holds axis by axis where values differ.
    if (new Set(observations.values).size === observations.values.length)
      for (const [row, density] of once.entries()) assert.ok(Math.abs(density - again[row]!) < 1e-9)
    else assert.ok(again.every(Number.isFinite))
  })
  fc.assert(property)
  const parameter = createParameter({ type: 'int', low: 0, high: 1e11 })
  const wide = parzen([mixtureAxis(parameter)], matrixOf([[0.5], [0.7]]), [1, 1], options)
  assert.ok(Math.abs(logDensities(wide, matrixOf([[parameter.encode(5e10)]]))[0]! + Math.log(1e11)) < 2)
})
