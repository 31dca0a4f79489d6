import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplerLaws, schedulerLaws } from '../../src/testing/index.ts'
import { hillClimber } from './hill-climber.ts'
import { progressCheck } from './progress-check.ts'
import { runExample } from './run.ts'

samplerLaws(hillClimber)
schedulerLaws(progressCheck, { isSettling: true, allowed: () => Infinity })

test('a study with a sampler and a scheduler of our own ends well', async () => {
  const { best, progress } = await runExample()
  assert.ok(best.value < 0.3, `found ${best.value}`)
  assert.ok(progress.counts.stopped > 0 && progress.counts.complete > 0)
})
