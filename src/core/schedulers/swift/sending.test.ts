import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runStudy } from '../mini-study.laws.ts'
import { chance } from '../scheduler.laws.ts'
import { swiftHyperband } from '../swift-hyperband.ts'
import type { SelectionConclusion } from './conclusions.ts'

const value = (trial: number, epoch: number): number => chance(0, trial, 1) + 1 / epoch + 0.01 * chance(0, trial, epoch)

function selections(slots: number): SelectionConclusion[] {
  const options = { eta: 2, d: 4, passes: 3, predictor: { type: 'last-value', correction: 'none' } }
  const { conclusions } = runStudy(swiftHyperband, options, { slots, maxEpochs: 64, value })
  return conclusions
    .map(({ data }) => data as SelectionConclusion)
    .filter((data) => 'isFree' in data)
    .toSorted((a, b) => a.pass - b.pass || b.bracket - a.bracket || a.round - b.round)
}

test('a trial that is sent after an earlier round’s predictor spoke of it is no longer among the predicted', () => {
  const one = selections(1)
  for (const slots of [3, 4, 7, 20]) {
    const several = selections(slots)
    for (const { sent, predictions } of several) assert.ok(predictions.every(([trial]) => !sent.includes(trial)))
    assert.deepEqual(several, one)
  }
})
