import assert from 'node:assert/strict'
import { test } from 'node:test'
import { space } from '../core/space/space.ts'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { curveTableFromCsv } from './curve-table.ts'
import { completeCurves, curveSet, curvesOfStudy, curvesOfTable, encodedIn, wholeCurve } from './recorded-curves.ts'

const table = curveTableFromCsv(
  'x,kind,acc_1,acc_2,acc_3\n1,a,0.1,0.5,0.9\n2,b,0.2,0.4,\n1,a,nan,0.3,0.8\n3,b,0.7,0.6,inf\n',
)

test('a table gives losses: an accuracy comes negated, a shorter curve stays short, what is not finite stays so or is the worst', () => {
  const recorded = curvesOfTable(table, { direction: 'maximize', resource: 'steps' })
  const { metric, direction, resource, epochs } = recorded
  assert.deepEqual(
    { metric, direction, resource, epochs },
    { metric: 'acc', direction: 'maximize', resource: 'steps', epochs: 3 },
  )
  assert.deepEqual(
    recorded.rows.map(({ losses }) => losses),
    [
      [-0.1, -0.5, -0.9],
      [-0.2, -0.4],
      [NaN, -0.3, -0.8],
      [-0.7, -0.6, -Infinity],
    ],
  )
  const worst = curvesOfTable(table, { direction: 'maximize', nonFinite: 'worst' })
  assert.deepEqual(worst.rows[2]?.losses, [-0.1, -0.3, -0.8])
  assert.deepEqual(curvesOfTable(table, { direction: 'minimize', nonFinite: 'worst' }).rows[3]?.losses, [0.7, 0.6, 0.9])
  assert.throws(() => curvesOfTable(table, { metric: 'loss', direction: 'minimize' }), {
    code: 'CURVES_WITHOUT_METRIC',
  })
})

test('complete curves are those with a finite value at the target; what is kept of them has no gaps', () => {
  const recorded = curvesOfTable(table, { direction: 'maximize' })
  assert.deepEqual(
    completeCurves(recorded, 3).map(({ number }) => number),
    [0, 2],
  )
  assert.equal(completeCurves(recorded, 2).length, 4)
  assert.deepEqual(wholeCurve(recorded.rows[2]!, 3), [-0.3, -0.3, -0.8])
  assert.deepEqual(wholeCurve(recorded.rows[0]!, 2), [-0.1, -0.5])
})

test('rows of one configuration are of one group', () => {
  const recorded = curvesOfTable(table, { direction: 'maximize' })
  assert.deepEqual(curveSet(recorded, true).groups, [0, 1, 0, 2])
  assert.equal(curveSet(recorded, false).groups, null)
})

test('a study gives the curves of its trials as far as they were trained, a gap having the value before it', () => {
  const { study } = aStudy({
    definition: {
      scheduler: schedulerOf('hyperband', { eta: 3 }),
      objectives: [{ metric: 'acc', direction: 'maximize', value: 'last' }],
      epochs: { min: 1, max: 9, resource: 'steps' },
    },
    // Every second epoch lacks the objective.
    report: ({ x }, epoch) => (epoch % 2 === 0 ? { other: 1 } : { acc: Number(x) * epoch, other: 2 }),
  })
  const recorded = curvesOfStudy(study)
  assert.deepEqual(
    [recorded.source, recorded.metric, recorded.direction, recorded.resource],
    ['small', 'acc', 'maximize', 'steps'],
  )
  const complete = completeCurves(recorded, 9)
  const furthest = study.state.trials.filter(({ state }) => state === 'complete').map(({ number }) => number)
  assert.ok(complete.length > 0 && complete.length < recorded.rows.length)
  assert.deepEqual(
    complete.map(({ number }) => number),
    furthest,
  )
  const x = Number(complete[0]?.configuration['x'])
  assert.deepEqual(
    complete[0]?.losses,
    [1, 1, 3, 3, 5, 5, 7, 7, 9].map((epoch) => -x * epoch),
  )
  assert.equal(curvesOfStudy(study, { metric: 'other' }).direction, 'minimize')
  assert.throws(() => curvesOfStudy(study, { metric: 'none' }), {
    code: 'CURVES_WITHOUT_METRIC',
    message: /acc, other/,
  })
})

test('in the space of another study a value that it does not have counts as missing', () => {
  const other = space({
    parameters: { kind: { type: 'categorical', choices: ['b', 'c'] }, x: { type: 'float', low: 0, high: 2 } },
    forbidden: [],
  })
  assert.deepEqual(encodedIn(other, { x: 1, kind: 'a' }), [NaN, 0.5])
  assert.deepEqual(encodedIn(other, { x: 3, kind: 'b', width: 9 }).map(Number.isNaN), [false, true])
})
