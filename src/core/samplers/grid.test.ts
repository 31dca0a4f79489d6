import { test } from 'node:test'
import { deepEqual } from 'node:assert/strict'
import type { Configuration } from '../trial.ts'
import { grid } from './grid.ts'
import { type DrivenStudy, driven, samplerLaws } from './sampler.laws.ts'

samplerLaws(grid, { endsEarly: true })

function all(study: DrivenStudy): { configurations: Configuration[]; end: unknown } {
  const configurations: Configuration[] = []
  for (;;) {
    const proposal = study.step()
    if ('exhausted' in proposal) return { configurations, end: proposal.exhausted }
    configurations.push(proposal.configuration)
  }
}

test('a grid takes continuous parameters from end to end, the first parameter changing slowest', () => {
  const study = driven(
    grid,
    {
      parameters: {
        lr: { type: 'float', low: 0.001, high: 0.1, log: true },
        act: { type: 'categorical', choices: ['relu', 'tanh'] },
      },
      forbidden: [{ lr: { above: 0.05 }, act: 'tanh' }],
    },
    { levels: 3 },
  )
  deepEqual(all(study), {
    configurations: [
      { lr: 0.001, act: 'relu' },
      { lr: 0.001, act: 'tanh' },
      { lr: 0.01, act: 'relu' },
      { lr: 0.01, act: 'tanh' },
      { lr: 0.1, act: 'relu' },
    ],
    end: { rule: 'space-exhausted', size: 5, levels: 3 },
  })
})

test('a grid over conditional parameters has each configuration once', () => {
  const study = driven(grid, {
    parameters: {
      optimizer: { type: 'categorical', choices: ['adam', 'sgd'] },
      momentum: { type: 'ordinal', values: [0, 0.9], when: { optimizer: 'sgd' } },
      depth: { type: 'int', low: 1, high: 2 },
    },
    forbidden: [],
  })
  deepEqual(all(study), {
    configurations: [
      { optimizer: 'adam', depth: 1 },
      { optimizer: 'adam', depth: 2 },
      { optimizer: 'sgd', momentum: 0, depth: 1 },
      { optimizer: 'sgd', momentum: 0, depth: 2 },
      { optimizer: 'sgd', momentum: 0.9, depth: 1 },
      { optimizer: 'sgd', momentum: 0.9, depth: 2 },
    ],
    end: { rule: 'space-exhausted', size: 6 },
  })
})
