import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { matrixOf } from '../../maths/matrix.ts'
import { stream } from '../../maths/stream.ts'
import { predictLeftOut } from './fold.ts'
import { searchSvr } from './search.ts'
import type { SvrSettings } from './settings.ts'

const rows = Array.from({ length: 30 }, (_, row) => [row / 30, ((row * 11) % 30) / 30])
const x = matrixOf(rows)
const y = Float64Array.from(rows, ([a, b]) => 100 + 20 * Math.sin(6 * a!) + 5 * b!)
const given = { type: 'nu-svr', C: 1, nu: 0.5, kernel: 'rbf', gamma: 'scale', tolerance: 1e-8 } as const
const search = { draws: 40, folds: 3, scaling: 'min-max' } as const
const found = searchSvr(x, y, given, search, stream(7, 'search'))

test('the same stream finds the same settings', () => {
  deepEqual(searchSvr(x, y, given, search, stream(7, 'search')), found)
})

test('the error is the cross-validated squared error of the settings found', () => {
  const order = stream(7, 'search').permutation(30)
  const parts = [0, 1, 2].map((part) => order.filter((_, place) => place % 3 === part))
  const predicted = predictLeftOut(x, y, { ...found.settings, scaling: 'min-max' }, parts, [])
  const error = y.reduce((sum, target, row) => sum + (predicted[row]! - target) ** 2 / 30, 0)
  ok(Math.abs(error - found.error) <= 1e-4 * error, `${error}, ${found.error}`)
})

test('more draws never find worse settings, and none gives the given ones', () => {
  const errors = [0, 5, 20, 40].map((draws) => searchSvr(x, y, given, { ...search, draws }, stream(7, 'search')).error)
  deepEqual(
    errors.toSorted((a, b) => b - a),
    errors,
  )
  equal(searchSvr(x, y, given, { ...search, draws: 0 }, stream(7, 'search')).settings, given)
  ok(found.error < errors[0]!, `${found.error}, ${errors[0]}`)
})

test('epsilon, C and gamma are drawn within their ranges for either kind', () => {
  const epsilonSvr: SvrSettings = { type: 'epsilon-svr', C: 1e-5, epsilon: 1, kernel: 'rbf', gamma: 1e-5 }
  for (let seed = 0; seed < 20; seed++) {
    const { settings } = searchSvr(x, y, epsilonSvr, { ...search, draws: 3 }, stream(seed, 'search'))
    ok(settings.type === 'epsilon-svr' && settings.epsilon >= 1e-4 && settings.epsilon <= 1)
    ok(settings.C >= 1e-5 && settings.C <= 10 && Number(settings.gamma) >= 1e-5 && Number(settings.gamma) <= 10)
  }
})

test('with fewer than two rows there is nothing to search by', () => {
  const one = searchSvr(matrixOf([[1]]), Float64Array.of(1), given, search, stream(1, 'search'))
  equal(one.settings, given)
  ok(Number.isNaN(one.error))
})
