import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Configuration } from '../src/core/trial.ts'
import type { TestFunction } from './functions.ts'
import { drawConfiguration, functions, mulberry32, noise } from './functions.ts'

interface Golden {
  readonly optimum: number
  readonly noise_sd: number
  readonly points: readonly Configuration[]
  readonly values: readonly number[]
}

/** As `python functions.py` of the reference prints it. */
const golden = JSON.parse(
  readFileSync(new URL('../test/golden/reference/test-functions.json', import.meta.url), 'utf8'),
) as { readonly [name: string]: Golden } & {
  readonly normal: readonly { seed: number; trial: number; value: number }[]
}

const { normal, ...ofFunctions } = golden
const all: { readonly [name: string]: TestFunction } = functions

test('the functions are those of the reference, with its optimum and noise', () => {
  assert.deepEqual(Object.keys(ofFunctions).toSorted(), Object.keys(all).toSorted())
  for (const [name, { optimum, noise_sd }] of Object.entries(ofFunctions))
    assert.deepEqual([all[name]?.optimum, all[name]?.noiseSd], [optimum, noise_sd], name)
})

test('every function has the value of the reference at its configurations', () => {
  for (const [name, { points, values }] of Object.entries(ofFunctions))
    for (const [index, point] of points.entries())
      assertNear(all[name]?.value(point) ?? NaN, values[index] as number, `${name} ${index}`)
})

test('uniform draws are those of the reference: the same parameters exist, with the same values', () => {
  for (const [name, { points }] of Object.entries(ofFunctions)) {
    const draw = mulberry32(7)
    for (const point of points) {
      const drawn = drawConfiguration((all[name] as TestFunction).space, draw)
      assert.deepEqual(Object.keys(drawn), Object.keys(point), name)
      for (const [parameter, value] of Object.entries(point)) {
        const own = drawn[parameter]
        if (typeof value === 'number') assertNear(own as number, value, `${name} ${parameter}`)
        else assert.equal(own, value)
      }
    }
  }
})

test('the noise is that of the reference', () => {
  for (const { seed, trial, value } of normal) assertNear(noise(seed, trial), value, `${seed} ${trial}`)
})

test('no function is anywhere below its optimum, and each has it at its best configuration', () => {
  const best: { readonly [name: string]: Configuration } = {
    branin2: { x0: Math.PI, x1: 2.275 },
    hartmann6: hartmannBest,
    hartmann6_noisy: hartmannBest,
    rosenbrock5: { x0: 1, x1: 1, x2: 1, x3: 1, x4: 1 },
    ackley10: Object.fromEntries(Array.from({ length: 10 }, (_, axis) => [`x${axis}`, 0])),
    mixed6: { lr: 10 ** -2.7, wd: 1e-4, layers: 4, hidden: 256, dropout: 0.2, optimizer: 'adamw' },
    conditional7: { model: 'net', lr: 10 ** -2.7, depth: 3, dropout: 0.3 },
    log4: { x0: 1e-3, x1: 1e-5, x2: 1e-6, x3: 1e-4 },
  }
  for (const [name, { space, optimum, value }] of Object.entries(all)) {
    assert.ok(Math.abs(value(best[name] as Configuration) - optimum) < 1e-9, name)
    const draw = mulberry32(11)
    for (let trial = 0; trial < 2_000; trial++)
      assert.ok(value(drawConfiguration(space, draw)) >= optimum - 1e-12, name)
  }
})

const hartmannBest: Configuration = {
  x0: 0.20168952,
  x1: 0.15001069,
  x2: 0.47687398,
  x3: 0.27533243,
  x4: 0.31165162,
  x5: 0.65730054,
}

/** The last digits are the two mathematics libraries'. */
function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1e-3, Math.abs(expected)),
    `${what}: ${actual} for ${expected}`,
  )
}
