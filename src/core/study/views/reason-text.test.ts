import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reason } from '../../trial.ts'
import { plainReason, reasonText } from './reason-text.ts'
import { aStudy } from './small-study.laws.ts'

const { study } = aStudy({ events: 3 })

const said: readonly (readonly [Reason, string])[] = [
  [{ rule: 'retry', after: 'timeout' }, 'It is tried again: its attempt had taken too long.'],
  [{ rule: 'exit', code: 2, attempt: 1, epoch: 0 }, 'Its program ended with exit code 2 before the first epoch.'],
  [
    { rule: 'killed', signal: 'SIGSEGV', epoch: 4, attempts: 3 },
    'Its program was killed by SIGSEGV after epoch 4, at attempt 3, the last one allowed.',
  ],
  [{ rule: 'out-of-memory', epoch: 1, detail: 'cgroup' }, 'Its program ran out of memory after epoch 1 (cgroup).'],
  [
    { rule: 'refused', epoch: 0, detail: 'sbatch: queue full' },
    'The executor could not start it before the first epoch (sbatch: queue full).',
  ],
  [{ rule: 'epoch-budget', epoch: 7 }, 'The budget of epochs is spent; it had reached epoch 7.'],
  [{ rule: 'epoch-budget', epochs: 500 }, 'The budget of 500 epochs is spent.'],
  [{ rule: 'time-budget', timeMs: 7_200_000 }, 'The budget of 2h 00m is used up.'],
  [
    { rule: 'target', trial: 3, epoch: 9, value: 0.0412345678, target: 0.05 },
    'Trial 3 met the target 0.05: 0.0412346 at epoch 9.',
  ],
  [{ rule: 'failures-in-a-row', failures: 20 }, '20 trials in a row failed.'],
  [{ rule: 'study-stopped', by: 'SIGINT' }, 'The study was stopped by SIGINT.'],
]
for (const [why, expected] of said) {
  test(`the rule ${why.rule} is told with its numbers: ${expected}`, () =>
    assert.equal(reasonText(study, why), expected))
}

test('the scheduler’s own reasons are its own words, as one sentence', () => {
  const why = { rule: 'rung-cut', epoch: 3, value: 0.5, kept: 1, of: 3, cut: 0.4 }
  assert.equal(
    reasonText(study, why),
    'Stopped at epoch 3: its loss 0.5 was not among the best 1 of 3 there so far (cut 0.4).',
  )
})

test('a sampler’s reason, which nobody puts into words, is told with its numbers', () => {
  assert.equal(plainReason({ rule: 'walk-ended', steps: 20 }), 'Walk ended (steps 20).')
  assert.equal(plainReason({ rule: 'table-exhausted', rows: 20 }), 'All 20 rows of the table have been tried.')
  assert.equal(
    plainReason({ rule: 'all-settled', trials: 1 }),
    'All is done: 1 trial, none of them to be trained further.',
  )
})
