import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holm, rankSumP, signedRankP } from './rank-tests.ts'

/** Crossed and self-fertilised plants of Darwin, in eighths of an inch (Fisher, The Design of Experiments). */
const plants = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]

test('the signed-rank test gives the exact chances that are known', () => {
  assert.equal(signedRankP([1, 2, 3, 4, 5]), 1 / 32)
  assert.equal(signedRankP([-1, -2, -3, -4, -5]), 1)
  // 96 of 120 rank points; scipy.stats.wilcoxon says the same of both sides.
  assert.ok(Math.abs(signedRankP(plants) - 0.0206298828125) < 1e-12)
  assert.ok(Math.abs(signedRankP(plants.map((difference) => -difference)) - 0.982330322265625) < 1e-12)
})

test('tied differences share their rank, and pairs without a difference say nothing', () => {
  // Counted over all 256 signs.
  assert.ok(Math.abs(signedRankP([1, 1, -1, 2, 2, 3, -3, 4]) - 0.12109375) < 1e-12)
  assert.equal(signedRankP([0, 1, 2, 0, 3, 4, 5]), 1 / 32)
  assert.equal(signedRankP([0, 0]), 1)
  assert.equal(signedRankP([]), 1)
})

test('the rank-sum test gives the exact chances that are known, with ties and without', () => {
  // scipy.stats.mannwhitneyu; and counted over all 126 groupings.
  assert.ok(Math.abs(rankSumP([19, 22, 16, 29, 24], [20, 11, 17, 12]) - 0.05555555555555555) < 1e-12)
  assert.ok(Math.abs(rankSumP([1, 2, 2, 3, 5], [2, 3, 4, 0.5]) - 0.47619047619047616) < 1e-12)
  assert.equal(rankSumP([2, 2, 2], [2, 2]), 1)
})

test('twenty seeds that are all worse are told from chance by both tests, and twenty equal ones are not', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed)
  assert.ok(Math.abs(signedRankP(seeds.map((seed) => seed + 1)) - 2 ** -20) < 1e-18)
  assert.ok(
    rankSumP(
      seeds.map((seed) => seed + 20),
      seeds,
    ) < 1e-10,
  )
  assert.ok(rankSumP(seeds, seeds) > 0.5)
})

test('Holm multiplies the least chance by the number of tests, the next by one less, and never falls', () => {
  assert.deepEqual(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
  assert.deepEqual(holm([0.6, 0.9]), [1, 1])
  assert.deepEqual(holm([]), [])
})
