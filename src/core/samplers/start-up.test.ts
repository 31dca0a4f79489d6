import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { SpaceDefinition } from '../space/definition.ts'
import type { StudyDefinition } from '../study/definition.ts'
import { latinHypercube } from './latin-hypercube.ts'
import { random } from './random.ts'
import type { SamplerKind } from './sampler.ts'
import { driven } from './sampler.laws.ts'
import { sobol } from './sobol.ts'
import { tpe } from './tpe.ts'

const plain: SpaceDefinition = {
  parameters: {
    lr: { type: 'float', low: 1e-4, high: 1, log: true },
    optimizer: { type: 'categorical', choices: ['sgd', 'adam'] },
  },
  forbidden: [{ optimizer: 'sgd', lr: { above: 0.1 } }],
}
const { lr, optimizer } = plain.parameters as { readonly lr: object; readonly optimizer: object }
const expecting = {
  ...plain,
  parameters: {
    lr: { ...lr, prior: { best: 0.01, sd: 0.05 } },
    optimizer: { ...optimizer, prior: { weights: { adam: 9 } } },
  },
} as unknown as SpaceDefinition

function proposed(
  kind: SamplerKind,
  space: SpaceDefinition,
  trials: number,
  changes: Partial<StudyDefinition> = {},
): { lr: number; optimizer: string }[] {
  const { step } = driven(kind, space, {}, { budget: { trials }, ...changes })
  return Array.from({ length: trials }, () => {
    const proposal = step()
    ok('configuration' in proposal)
    return proposal.configuration as { lr: number; optimizer: string }
  })
}

for (const kind of [random, latinHypercube, sobol])
  test(`${kind.name} draws as the user's priors say, and never what is forbidden`, () => {
    const found = proposed(kind, expecting, 400)
    const isNear = ({ lr }: { lr: number }): boolean => Math.abs(Math.log10(lr) + 2) < 0.4
    const near = found.filter(isNear).length / 400
    const adam = found.filter(({ optimizer }) => optimizer === 'adam').length / 400
    ok(Math.abs(near - (0.9 * 0.954 + 0.1 * 0.2)) < 0.06, `${near} lie within two standard deviations`)
    ok(Math.abs(adam - (0.9 * 0.9 + 0.1 * 0.5)) < 0.06, `${adam} are the expected choice`)
    ok(
      found.some((one) => !isNear(one) && Math.abs(Math.log10(one.lr) + 2) > 1),
      'some look elsewhere',
    )
    ok(!found.some(({ lr, optimizer }) => optimizer === 'sgd' && lr > 0.1))
  })

test('what is known changes nothing else: without it proposals are what they were', () => {
  for (const kind of [random, latinHypercube, sobol]) {
    const places: StudyDefinition['warmStart'] = { from: 'nothing', share: 0.1, places: [] }
    deepEqual(proposed(kind, plain, 20, { warmStart: places }), proposed(kind, plain, 20))
  }
})

test('random search draws from around the good trials of an earlier study', () => {
  // lr = 0.01 with adam, and 1e-4 with sgd.
  const places = [...Array.from({ length: 8 }, (_, index) => [0.48 + index / 200, 0.75]), [0, 0.25], [0.01, 0.25]]
  const found = proposed(random, plain, 300, { warmStart: { from: 'earlier', share: 0.1, places } })
  const near = found.filter(({ lr, optimizer }) => optimizer === 'adam' && lr > 0.004 && lr < 0.03).length
  const cold = proposed(random, plain, 300).filter(
    ({ lr, optimizer }) => optimizer === 'adam' && lr > 0.004 && lr < 0.03,
  ).length
  ok(near > 3 * cold, `${near} beside ${cold}`)
  equal(new Set(found.map((one) => JSON.stringify(one))).size, 300)
})

test('the start-up trials of a sampler that learns follow priors and earlier trials, in every design', () => {
  const near = (found: readonly { readonly lr: number }[]): number =>
    found.filter(({ lr }) => Math.abs(Math.log10(lr) + 2) < 0.4).length
  const places = Array.from({ length: 10 }, (_, index) => [0.48 + index / 200, 0.75])
  for (const initialDesign of ['lhs', 'sobol', 'random']) {
    const startUps = (space: SpaceDefinition, changes: Partial<StudyDefinition> = {}): { lr: number }[] => {
      const { step } = driven(tpe, space, { nStartupTrials: 40, initialDesign }, changes)
      return Array.from({ length: 40 }, () => (step() as { configuration: { lr: number } }).configuration)
    }
    const [cold, hopeful, warm] = [startUps(plain), startUps(expecting), startUps(plain, { warmStart: { from: 'earlier', share: 0.1, places } })] // prettier-ignore
    ok(near(cold) <= 14 && near(hopeful) >= 28 && near(warm) >= 20, `${near(cold)}, ${near(hopeful)}, ${near(warm)}`)
  }
})
