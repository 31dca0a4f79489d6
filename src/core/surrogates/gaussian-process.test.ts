import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Matrix, matrixOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import {
  believe,
  candidatesOf,
  type Geometry,
  type Observations,
  posteriorOf,
  predict,
  predictionFor,
} from './gaussian-process.ts'
import { matern32, matern52, type RadialKernel, squaredExponential } from './kernels.ts'
import { fitHyperparameters, likelihoodOf } from './marginal-likelihood.ts'

interface Bounds {
  readonly boundsOfAmplitude: readonly [number, number]
  readonly boundsOfLengthScale: readonly [number, number]
  readonly boundsOfNoise: readonly [number, number]
}

interface StoredPosterior {
  readonly nu: number | 'Infinity'
  readonly amplitude: number
  readonly lengthScales: readonly number[]
  readonly noise: number
  readonly jitter: number
  readonly logMarginalLikelihood: number
  readonly gradient: readonly number[]
  readonly mean: readonly number[]
  readonly sdObservation: readonly number[]
  readonly sdLatent: readonly number[]
  readonly alpha: readonly number[]
}

const file = new URL('../../../test/golden/reference/gaussian-process.json', import.meta.url)
const stored = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly Z: readonly (readonly number[])[]
  readonly posteriors: readonly StoredPosterior[]
  readonly bestFound: Bounds & { readonly logMarginalLikelihood: number }
}

const kernels: { readonly [nu: string]: RadialKernel } = { 2.5: matern52, 1.5: matern32, Infinity: squaredExponential }
const numbers: Geometry = { numbers: 3, scaleOf: Uint16Array.of(0, 1, 2), scales: 3 }

function observed(jitter: number): Observations {
  const ownNoise = new Float64Array(stored.y.length).fill(jitter)
  return { geometry: numbers, x: matrixOf(stored.X), y: Float64Array.from(stored.y), ownNoise }
}

function near(got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  assert.ok(got.length >= wanted.length)
  for (const [index, want] of wanted.entries())
    assert.ok(Math.abs(got[index]! - want) <= tolerance * Math.abs(want), `${index}: ${got[index]}, stored ${want}`)
}

for (const [index, { nu, amplitude, lengthScales, noise, jitter, ...want }] of stored.posteriors.entries())
  test(`posterior ${index} (nu ${nu}, amplitude ${amplitude}) and its likelihood are the stored ones`, () => {
    const kernel = kernels[nu]!
    const observations = observed(jitter)
    // The fourth is ill conditioned.
    const tolerance = index === 3 ? 1e-6 : 1e-8
    const gradient = new Float64Array(5)
    const logs = Float64Array.from([amplitude, ...lengthScales, noise], Math.log)
    near([likelihoodOf(observations, kernel)(logs, gradient)], [want.logMarginalLikelihood], tolerance)
    near(gradient, want.gradient, 1e-6)
    const hyperparameters = { amplitude, lengthScales: Float64Array.from(lengthScales), noise }
    const posterior = posteriorOf(observations, hyperparameters, kernel)
    near(posterior.alpha, want.alpha, tolerance)
    const { mean, variance } = candidatesOf(posterior, matrixOf(stored.Z))
    near(mean, want.mean, tolerance)
    near(
      variance.map((value) => Math.sqrt(value + noise)),
      want.sdObservation,
      tolerance,
    )
    for (const [row, sd] of want.sdLatent.entries()) assert.ok(Math.abs(Math.sqrt(variance[row]!) - sd) <= 1e-7)
  })

test('the fit reaches the best likelihood that 21 starts of another library found', () => {
  const { boundsOfAmplitude, boundsOfLengthScale, boundsOfNoise, logMarginalLikelihood } = stored.bestFound
  const bounds = [boundsOfAmplitude, boundsOfLengthScale, boundsOfLengthScale, boundsOfLengthScale, boundsOfNoise]
  const fit = fitHyperparameters(likelihoodOf(observed(0), matern52), {
    starts: [Float64Array.of(0, -1, -1, -1, -4), Float64Array.of(0, 1, 1, 1, -7)],
    low: Float64Array.from(bounds, ([low]) => Math.log(low)),
    high: Float64Array.from(bounds, ([, high]) => Math.log(high)),
    iterations: 100,
  })
  assert.ok(fit.value >= logMarginalLikelihood - 1e-3, `${fit.value}`)
})

const mixed: Geometry = { numbers: 3, scaleOf: Uint16Array.of(0, 1, 1, 2), scales: 3 }

/** Three columns of numbers, two of which share a length scale, and a category. */
function mixedPlaces(rows: number, seed: number): Matrix {
  const chance = stream(seed)
  return matrixOf(
    Array.from({ length: rows }, () => [chance.uniform(), chance.uniform(), chance.uniform(), chance.integer(3)]),
  )
}

function mixedPosterior(rows: number, seed: number, beyond: number) {
  const x = mixedPlaces(rows, seed)
  const chance = stream(seed, 'y')
  const y = Float64Array.from({ length: rows }, () => chance.normal())
  const ownNoise = Float64Array.from({ length: rows }, () => (chance.uniform() < 0.3 ? 0.5 : 0))
  const observations: Observations = { geometry: mixed, x, y, ownNoise }
  const hyperparameters = { amplitude: 2, lengthScales: Float64Array.of(0.3, 0.8, 1.5), noise: 0.01 }
  return { observations, posterior: posteriorOf(observations, hyperparameters, matern52, rows + beyond) }
}

const seeds = fc.nat(1e6)
const counts = fc.integer({ min: 2, max: 15 })

test('derivatives, of predictions by place and of the likelihood by hyperparameters, are those of small steps', () => {
  fc.assert(
    fc.property(seeds, counts, (seed, rows) => {
      const { observations, posterior } = mixedPosterior(rows, seed, 0)
      const place = mixedPlaces(1, seed + 1).values
      const at = predictionFor(posterior)
      predict(posterior, place, at)
      const step = 1e-5
      for (let column = 0; column < 3; column++) {
        const [after, before] = [predictionFor(posterior), predictionFor(posterior)]
        predict(posterior, place.with(column, place[column]! + step), after)
        predict(posterior, place.with(column, place[column]! - step), before)
        assert.ok(Math.abs((after.mean - before.mean) / (2 * step) - at.meanBy[column]!) < 1e-4)
        assert.ok(Math.abs((after.variance - before.variance) / (2 * step) - at.varianceBy[column]!) < 1e-4)
      }
      const likelihood = likelihoodOf(observations, matern52)
      const logs = Float64Array.of(0.5, -1, -0.3, 0.4, -3)
      const [gradient, unused] = [new Float64Array(5), new Float64Array(5)]
      likelihood(logs, gradient)
      for (let index = 0; index < 5; index++) {
        const after = likelihood(logs.with(index, logs[index]! + step), unused)
        const before = likelihood(logs.with(index, logs[index]! - step), unused)
        const slope = (after - before) / (2 * step)
        assert.ok(
          Math.abs(slope - gradient[index]!) < 1e-5 * Math.max(1, Math.abs(slope)),
          `${slope}, ${gradient[index]}`,
        )
      }
    }),
    { numRuns: 30 },
  )
})

test('one place and many places are predicted alike; no variance is negative or above the amplitude', () => {
  fc.assert(
    fc.property(seeds, counts, (seed, rows) => {
      const { posterior } = mixedPosterior(rows, seed, 0)
      const places = mixedPlaces(9, seed + 1)
      const { mean, variance } = candidatesOf(posterior, places)
      for (let row = 0; row < 9; row++) {
        const one = predictionFor(posterior)
        predict(posterior, places.values.subarray(row * 4, row * 4 + 4), one)
        assert.ok(Math.abs(one.mean - mean[row]!) < 1e-9 && Math.abs(one.variance - variance[row]!) < 1e-9)
        assert.ok(variance[row]! >= 0 && variance[row]! <= 2)
      }
    }),
    { numRuns: 30 },
  )
})

test('a believed place: means stay, variances become those of a process that has seen it', () => {
  fc.assert(
    fc.property(seeds, counts, (seed, rows) => {
      const { posterior } = mixedPosterior(rows, seed, 2)
      const places = mixedPlaces(7, seed + 1)
      const candidates = candidatesOf(posterior, places)
      const means = candidates.mean.slice()
      const before = candidates.variance.slice()
      for (const row of [0, 3]) believe(posterior, places.values.subarray(row * 4, row * 4 + 4), candidates)
      const again = candidatesOf(posterior, places)
      for (let row = 0; row < 7; row++) {
        assert.ok(Math.abs(again.mean[row]! - means[row]!) < 1e-9)
        assert.ok(Math.abs(again.variance[row]! - candidates.variance[row]!) < 1e-9)
        assert.ok(candidates.variance[row]! <= before[row]! + 1e-12)
      }
      assert.ok(candidates.variance[0]! < 1e-5, 'what is believed is taken for sure')
    }),
    { numRuns: 30 },
  )
})
