import { test } from 'node:test'
import { equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { shared } from '../../../../test/shared.ts'
import { matrixOf } from '../../maths/matrix.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr } from './settings.ts'
import { type GoldenGroup, svrGoldens } from './svr-goldens.laws.ts'
import { svrLaws } from './svr.laws.ts'

svrLaws('epsilon-svr')

interface Golden {
  readonly groups: readonly GoldenGroup[]
}

const here = new URL('../../../../test/golden/reference/epsilon-svr.json', import.meta.url)
svrGoldens((JSON.parse(readFileSync(here, 'utf8')) as Golden).groups, { skip: false })

const golden =
  shared.skip === false
    ? (JSON.parse(readFileSync(shared.path('spec/golden/epsilon-svr.json'), 'utf8')) as Golden)
    : { groups: [] }
svrGoldens(
  golden.groups.filter(({ y }) => y.length > 20),
  { skip: shared.skip },
)

test('errors inside the tube cost nothing: rows whose targets fit into it give its middle', () => {
  const svr = fitSvr(matrixOf([[0], [1], [2]]), Float64Array.of(1, 1.2, 1.6), {
    type: 'epsilon-svr',
    C: 1,
    epsilon: 0.5,
    kernel: 'rbf',
    gamma: 'scale',
  })
  equal(svr.coefficients.length, 0)
  ok(Math.abs(predictSvr(svr, [7]) - 1.3) < 1e-12)
})

test('a large C without a tube goes through the points', () => {
  const rows = Array.from({ length: 12 }, (_, row) => [row])
  const y = Float64Array.from(rows, (_, row) => Math.sin(row))
  const svr = fitSvr(matrixOf(rows), y, { type: 'epsilon-svr', C: 1e6, epsilon: 0, kernel: 'rbf', gamma: 1 })
  for (const [row, value] of y.entries()) ok(Math.abs(predictSvr(svr, rows[row]!) - value) < 1e-6)
})
