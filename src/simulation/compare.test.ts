import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bandOf } from './bands.ts'
import { compare, comparisonCells, comparisonHeader, comparisonRows } from './compare.ts'
import type { ContenderRuns } from './compare.ts'
import { pairedDifference, quantile, tQuantile } from './paired.ts'
import { comparisonHtml, comparisonSvg } from './picture.ts'
import { builtInProblem } from './problems.ts'
import type { SimulationResult } from './simulation-result.ts'

test("quantiles of Student's t agree with printed tables", () => {
  // Abramowitz and Stegun, table 26.10.
  for (const [probability, degrees, expected] of [
    [0.975, 1, 12.706],
    [0.975, 2, 4.303],
    [0.975, 9, 2.262],
    [0.975, 10, 2.228],
    [0.995, 5, 4.032],
    [0.95, 30, 1.697],
    [0.975, 120, 1.98],
  ] as const) {
    const difference = tQuantile(probability, degrees) - expected
    assert.ok(Math.abs(difference) < 6e-4, `t(${probability}, ${degrees}) is off by ${difference}`)
  }
})

test('a paired difference has the mean and the interval of its pairs, those with a gap left out', () => {
  // Differences 1, 2, 3: mean 2, standard error 1 / sqrt(3), t(2) = 4.3027.
  const found = pairedDifference([2, 4, 9, 6, null], [1, 2, null, 3, 7])
  assert.equal(found?.pairs, 3)
  assert.equal(found?.mean, 2)
  assert.ok(Math.abs((found?.low ?? 0) - (2 - 4.30265273 / Math.sqrt(3))) < 1e-6)
  assert.deepEqual(pairedDifference([3], [1]), { pairs: 1, mean: 2, low: null, high: null })
  assert.equal(pairedDifference([null], [1]), null)
  assert.equal(quantile([1, 2, 4], 0.25), 1.5)
})

function aResult(given: Partial<SimulationResult>): SimulationResult {
  return {
    scheduler: 'asha',
    sampler: 'random',
    seed: 0,
    workers: 1,
    trials: 1,
    epochs: 10,
    speculativeEpochs: 0,
    makespan: 5,
    utilisation: 1,
    best: null,
    predictors: { trained: 0 },
    decisions: 1,
    wallMs: 1,
    ...given,
  }
}

test('a band begins where every seed has a value, and holds values to the end of the longest study', () => {
  const runs: ContenderRuns = {
    label: 'a',
    results: [aResult({ epochs: 10 }), aResult({ epochs: 8 })],
    trajectories: [
      { epochs: [1, 4], times: [500, 2000], values: [8, 6], trials: [0, 0] },
      { epochs: [2, 5], times: [1000, 2500], values: [4, 2], trials: [0, 0] },
    ],
  }
  const band = bandOf(runs, 'epochs')
  assert.deepEqual(band.x, [2, 4, 5, 10])
  assert.deepEqual(band.median, [6, 5, 4, 4])
  assert.deepEqual(band.low, [5, 4.5, 3, 3])
  assert.deepEqual(bandOf(runs, 'seconds').x, [1, 2, 2.5, 5])
})

test('schedulers meet the same seeds, and the table and the picture tell of each of them', async () => {
  const problem = builtInProblem('curves', 9)
  const labels = ['none', 'asha "eta 3" <fast>']
  const comparison = await compare(
    [
      { label: labels[0] as string, options: { problem, scheduler: { type: 'none' }, budget: { trials: 12 } } },
      { label: labels[1] as string, options: { problem, scheduler: { type: 'asha' }, budget: { trials: 12 } } },
    ],
    [1, 2, 3],
  )
  const [none, asha] = comparisonRows(comparison)
  assert.equal(none?.mean.epochs, 108)
  assert.equal(none?.difference, null)
  const { epochs, best } = asha?.difference ?? {}
  assert.ok((epochs?.mean ?? 0) < -50 && (epochs?.high ?? 0) < 0, 'promotion saves most of the epochs')
  assert.equal(best?.pairs, 3)
  // The same seed proposes the same configurations to both: what the full training found is never beaten.
  assert.ok((best?.mean ?? -1) >= 0)
  for (const cells of comparisonCells(comparisonRows(comparison))) assert.equal(cells.length, comparisonHeader.length)
  const svg = comparisonSvg(comparison)
  assert.ok(svg.includes('asha &quot;eta 3&quot; &lt;fast&gt;') && !svg.includes('<fast>'))
  assert.ok(!/NaN|undefined|Infinity/.test(svg))
  assert.equal(
    svg.match(/<path/g)?.length,
    10,
    'two panels, each with its axes, and a line and a band of two schedulers',
  )
  assert.ok(comparisonHtml(comparison).includes(svg))
})

test('a picture of one seed, or of a study without a finite value, is still a picture', async () => {
  const problem = { ...builtInProblem('branin', 1), metrics: () => ({ loss: NaN }) }
  const options = { problem, scheduler: { type: 'none' }, budget: { trials: 2 } }
  const svg = comparisonSvg(await compare([{ label: 'none', options }], [0]))
  assert.ok(!/NaN|undefined|Infinity/.test(svg))
})
