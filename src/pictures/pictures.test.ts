import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brailleChart } from './braille-chart.ts'
import { logTicks, shownRange, ticks } from './scale.ts'
import { curvesSvg } from './curves-svg.ts'
import { shownValues, stepPanel } from './step-panel.ts'
import { sparkline } from './sparkline.ts'

test('marks are round numbers within the range', () => {
  assert.deepEqual(ticks({ low: 0, high: 1 }, 5), [0, 0.2, 0.4, 0.6, 0.8, 1])
  assert.deepEqual(ticks({ low: 0.13, high: 0.46 }, 3), [0.2, 0.3, 0.4])
  assert.deepEqual(ticks({ low: 1, high: 81 }, 4), [20, 40, 60, 80])
  assert.deepEqual(ticks({ low: -1e-6, high: 2e-6 }, 3), [-1e-6, 0, 1e-6, 2e-6])
})

test('marks of a logarithmic axis are powers of ten, or 1, 2 and 5 times them where it is short', () => {
  assert.deepEqual(logTicks({ low: 7, high: 29_600 }), [10, 100, 1000, 10_000])
  assert.deepEqual(logTicks({ low: 1.8, high: 486 }), [2, 5, 10, 20, 50, 100, 200])
  assert.deepEqual(logTicks({ low: 0.001, high: 0.1 }), [0.001, 0.01, 0.1])
})

test('a short line beside a long one is not pressed flat, and no line leaves the frame on the right', () => {
  const flat = { low: [9, 2], median: [9, 2], high: [9, 2], dash: null }
  const lines = [
    { ...flat, x: [1, 40], colour: '#111111' },
    { ...flat, x: [1, 4000], colour: '#222222' },
  ]
  const svg = stepPanel({
    left: 80,
    top: 50,
    width: 400,
    height: 300,
    xLabel: 'epochs',
    yLabel: 'loss',
    y: shownValues(lines),
    lines,
  })
  assert.match(svg, />epochs \(logarithmic\)</)
  const [short = 0, long = 0] = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((match) => Number(match[1]))
  assert.ok(short > 180 && long === 480, `${short}, ${long}`)
})

test('what a line leaves behind at its very start does not set the scale of values', () => {
  const values = [1e6, 3, 2]
  const { low, high } = shownValues([{ x: [1, 4, 100], low: values, high: values }])
  assert.ok(low < 2 && low > 1 && high > 3 && high < 4, `${low} to ${high}`)
})

test('a few diverged values do not press the others flat, in either direction', () => {
  const values = Array.from({ length: 100 }, (_, index) => index / 100)
  assert.deepEqual(shownRange(values, 'minimize'), { low: 0, high: 0.99 })
  const { low, high } = shownRange([...values, 1e6, Infinity, NaN], 'minimize')
  assert.ok(low === 0 && high < 1)
  assert.ok(shownRange([...values, -1e6], 'maximize').low >= 0)
  const flat = shownRange([2, 2], null)
  assert.ok(flat.low < 2 && flat.high > 2)
  assert.ok(shownRange([], null).high > 0)
})

test('a falling curve is drawn from the upper left to the lower right', () => {
  const size = { width: 30, height: 4, x: { low: 0, high: 10 }, y: { low: 0, high: 1 } }
  const { rows, labels, axis } = brailleChart([{ x: [0, 10], y: [1, 0], ink: 2 }], size)
  const text = rows.map((row) => row.map(({ character }) => character).join(''))
  assert.notEqual(text[0]![0], ' ')
  assert.equal(text[0]!.at(-1), ' ')
  assert.equal(text[3]![0], ' ')
  assert.notEqual(text[3]!.at(-1), ' ')
  assert.deepEqual(new Set(rows.flat().map(({ ink }) => ink)), new Set([-1, 2]))
  assert.deepEqual([labels[0]!.trim(), labels[3]!.trim()], ['1', '0'])
  assert.match(axis, /^ +0 +10$/)
})

test('curves that are not finite are left out of the chart, not the rest of it', () => {
  const size = { width: 20, height: 4, x: { low: 0, high: 3 }, y: { low: 0, high: 1 } }
  const { rows } = brailleChart([{ x: [0, 1, 2, 3], y: [0, NaN, Infinity, 1], ink: 0 }], size)
  assert.ok(rows.flat().some(({ ink }) => ink === 0))
})

test('a picture escapes names, keeps points within its frame and draws the best last', () => {
  const curve = (trial: number, values: readonly number[]) => ({
    trial,
    state: 'complete' as const,
    epochs: values.map((_, index) => index + 1),
    values,
  })
  const curves = {
    metric: 'a<b',
    direction: 'minimize' as const,
    curves: [curve(0, [1, 0.5]), curve(1, [9, NaN, 0.2]), curve(2, [0.4])],
  }
  const svg = curvesSvg({
    title: 'x & y',
    curves,
    x: { low: 1, high: 3 },
    y: { low: 0, high: 1 },
    xLabel: 'epochs',
    best: 0,
  })
  assert.match(svg, /x &amp; y/)
  assert.match(svg, /a&lt;b \(minimize\)/)
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/)
  const drawn = [...svg.matchAll(/<title>trial (\d)/g)].map((match) => match[1])
  assert.deepEqual(drawn, ['1', '2', '0'])
  for (const [, points] of svg.matchAll(/points="([^"]+)"/g)) {
    for (const point of points!.split(' ')) {
      const [x, y] = point.split(',').map(Number)
      assert.ok(x! >= 76 && x! <= 876 && y! >= 56 && y! <= 484, point)
    }
  }
})

test('a sparkline shows the newest value, at most as wide as asked', () => {
  assert.equal(sparkline([3, 2, 1], 8), '█▅▁')
  assert.equal(
    sparkline(
      Array.from({ length: 100 }, (_, index) => index),
      5,
    ),
    '▁▃▅▇█',
  )
  assert.equal(sparkline([1, NaN, 1], 3), '▅×▅')
  assert.equal(sparkline([], 5), '')
})
