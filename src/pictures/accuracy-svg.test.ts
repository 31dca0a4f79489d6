import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accuracySvg } from './accuracy-svg.ts'
import type { AccuracyCell } from './accuracy-svg.ts'

const cells = (predictors: readonly string[], r2 = 0.8): AccuracyCell[] =>
  predictors.flatMap((predictor) =>
    [15, 40, 80].flatMap((curves) =>
      [0.1, 0.25, 0.5].map((share) => ({
        predictor,
        curves,
        share,
        r2: { mean: r2 + share / 10, sd: 0.05 },
        coverage80: { mean: 0.8, sd: 0.1 },
      })),
    ),
  )

const dots = (svg: string): [number, number][] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])

test('one predictor has a line for each number of curves and for each known part', () => {
  const svg = accuracySvg({ title: 'a < b', cells: cells(['nu-svr']) })
  assert.match(svg, /a &lt; b/)
  for (const label of ['15 curves', '80 curves', '10 % known', '50 % known'])
    assert.ok(svg.includes(`>${label}<`), label)
  assert.equal(dots(svg).length, 27)
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/)
})

test('several predictors are compared at 40 curves and a quarter known', () => {
  const svg = accuracySvg({ title: 't', cells: cells(['nu-svr', 'forest']) })
  assert.match(svg, />R2 by what is known, 40 curves</)
  assert.match(svg, />R2 by the number of curves, 25 % known</)
  assert.equal(dots(svg).length, 2 * 9)
})

test('whatever is not finite is left out, and what is hopeless does not press the others flat', () => {
  const [first, ...rest] = cells(['nu-svr'])
  const svg = accuracySvg({
    title: 't',
    cells: [
      { ...first!, r2: { mean: NaN, sd: NaN } },
      ...rest,
      { predictor: 'nu-svr', curves: 160, share: 0.1, r2: { mean: -400, sd: 90 }, coverage80: { mean: 0.3, sd: 0 } },
    ],
  })
  assert.doesNotMatch(svg, /NaN/)
  assert.match(svg, />-0\.4</)
  assert.doesNotMatch(svg, />-400</)
  // One number of curves has no width to be spread over.
  const single = accuracySvg({ title: 't', cells: cells(['nu-svr']).filter(({ curves }) => curves === 15) })
  assert.doesNotMatch(single, /NaN|Infinity/)
  assert.equal(dots(single).length, 9)
})
