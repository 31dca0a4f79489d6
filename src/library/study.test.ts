import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { float } from '../core/space/builders.ts'
import type { Event } from '../core/study/events.ts'
import type { InProcessTrial } from '../executors/in-process.ts'
import { asha, gp, hyperband } from './algorithms.ts'
import { study } from './study.ts'
import type { StudyOptions } from './study.ts'

interface X {
  readonly x: number
}
type Space = { readonly x: { readonly type: 'float'; readonly low: number; readonly high: number } }

const options = (given: Partial<StudyOptions<Space>> = {}): StudyOptions<Space> => ({
  name: 'unit',
  space: { x: float(0, 1) },
  objective: 'loss',
  epochs: { max: 4 },
  scheduler: 'none',
  budget: { trials: 3 },
  ...given,
})

async function train(trial: InProcessTrial<X>): Promise<void> {
  for await (const epoch of trial.epochs()) await trial.report({ loss: trial.configuration.x + 1 / epoch })
}

function storeIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-library-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return `sqlite:${join(folder, 'foretune.db')}`
}

test('a study that goes on with another space is refused; with a larger budget it goes on', async (t) => {
  const store = storeIn(t)
  const first = await study(options({ store }))
  await first.run(train)
  await first.close()

  const other = await study(options({ store, space: { x: float(0, 2) } }))
  await assert.rejects(other.run(train), { code: 'STUDY_CHANGED', message: /space\.x\.high: was 1, is 2/ })
  await assert.rejects(other.ask(), { code: 'STUDY_CHANGED' })
  await other.close()

  const larger = await study(options({ store, budget: { trials: 5 } }))
  const { progress, finished } = await larger.run(train)
  assert.equal(progress.counts.complete, 5)
  assert.equal(finished, 'trial-budget')
  await larger.close()
})

test('an ask that was refused does not spoil the next one, nor close', async (t) => {
  const store = storeIn(t)
  const holder = await study(options({ store }))
  const asker = await study(options({ store }))
  const held = await holder.ask()
  assert.equal(held?.trial, 0)
  await assert.rejects(asker.ask(), { code: 'STUDY_IS_RUNNING' })
  await holder.close()
  assert.equal((await asker.ask())?.trial, 1)
  await asker.close()

  const late = await study(options({ store }))
  const again = await study(options({ store }))
  await late.ask()
  await assert.rejects(again.ask(), { code: 'STUDY_IS_RUNNING' })
  await again.close()
  await late.close()
})

test('one study runs once at a time in a program', async () => {
  const one = await study(options())
  const running = one.run(train)
  await assert.rejects(one.run(train), { code: 'STUDY_IS_RUNNING', message: /await its `run`/ })
  assert.equal((await running).progress.counts.complete, 3)
  await one.close()
})

test('a study that nobody reported to has no result, and says so', async () => {
  const one = await study(options())
  await assert.rejects(one.result(), { code: 'STUDY_WITHOUT_REPORT', exit: 1 })
  await one.close()
})

test('a function that throws fails its trial, is tried again, and its error is kept', async () => {
  const one = await study(options({ failures: { retries: 1 } }))
  const events: Event[] = []
  const { progress } = await one.run(
    async (trial) => {
      if (trial.number === 1) throw new RangeError('no such layer')
      await train(trial)
    },
    { onEvents: (batch) => void events.push(...batch) },
  )
  assert.deepEqual([progress.counts.complete, progress.counts.failed], [2, 1])
  const ends = events.filter((event) => event.type === 'AttemptEnded' && event.trial === 1)
  assert.equal(ends.length, 2)
  assert.match(JSON.stringify(ends), /RangeError: no such layer/)
  await one.close()
})

test('how long a function waits at its limit is what `linger` says', async () => {
  const given = {
    initial: [{ x: 0 }, { x: 0.9 }],
    epochs: { max: 2 },
    budget: { trials: 2 },
    scheduler: hyperband({ eta: 2 }),
  }
  for (const [linger, attempts] of [
    ['0s', 3],
    ['20s', 2],
  ] as const) {
    // prettier-ignore
    const one = await study(options({ ...given, linger }))
    const events: Event[] = []
    await one.run(
      async (trial) => {
        for await (const epoch of trial.epochs()) {
          // The first trial has reached its limit long before it is known that it may go on.
          if (trial.number === 1) await new Promise((resolve) => setTimeout(resolve, 100))
          await trial.report({ loss: trial.configuration.x + 1 / epoch })
          trial.checkpoint.set(epoch)
        }
      },
      { slots: 3, onEvents: (batch) => void events.push(...batch) },
    )
    assert.equal(events.filter(({ type }) => type === 'StartAttempt').length, attempts, linger)
    await one.close()
  }
})

for (const form of ['promotion', 'stopping'] as const) {
  test(`three functions at once with random pauses: budgets of trials and epochs are exact (asha, ${form})`, async () => {
    const one = await study(
      options({ scheduler: asha({ eta: 2, form }), epochs: { max: 8 }, budget: { trials: 20, epochs: 70 }, seed: 3 }),
    )
    let reports = 0
    let atOnce = 0
    let most = 0
    const { progress, finished } = await one.run(
      async (trial) => {
        most = Math.max(most, ++atOnce)
        for await (const epoch of trial.epochs()) {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 4))
          reports++
          await trial.report({ loss: trial.configuration.x + 1 / epoch })
          trial.checkpoint.set(epoch)
        }
        atOnce--
      },
      { slots: 3 },
    )
    const { epochs, counts } = progress
    assert.ok(most <= 3, `${most} at once`)
    assert.equal(epochs.trained + epochs.overrun + epochs.repeated, reports, 'every epoch that was trained is counted')
    assert.ok(epochs.trained + epochs.repeated <= 70)
    assert.ok(Object.values(counts).reduce((sum, count) => sum + count, 0) <= 20)
    assert.equal(counts.running, 0)
    // One of the two budgets ends it, to the last unit.
    if (finished === 'epoch-budget') assert.equal(epochs.trained + epochs.repeated, 70)
    else assert.equal(Object.values(counts).reduce((sum, count) => sum + count, 0), 20) // prettier-ignore
    await one.close()
  })
}

test('a loop that asks alone is not told of an end where a predictor is being trained', async () => {
  const scheduler = { type: 'swift-hyperband', eta: 2, d: 3, speculate: 'never', predictor: 'nu-svr' }
  const loop = await study(options({ epochs: { max: 8 }, scheduler, budget: {} }))
  for (let order = await loop.ask(); order !== null; order = await loop.ask()) {
    const { x } = order.configuration
    let { from } = order
    while ((await loop.report(order, ++from, { loss: x + 1 / from })).goesOn);
    await loop.tell(order)
  }
  const { finished, prediction } = await loop.result()
  assert.equal(finished, 'all-settled')
  assert.ok(prediction !== null && prediction.predictors.trained > 0)
  await loop.close()
})

test('a study tells which parameters mattered once there are trials enough, and what is wrong with a question', async () => {
  const sums = await study({
    name: 'sums',
    space: { x: float(0, 1), idle: float(0, 1) },
    objective: 'loss',
    epochs: { max: 1 },
    budget: { trials: 40 },
  })
  await assert.rejects(sums.importance(), { code: 'STUDY_WITHOUT_REPORT' })
  await sums.run(async (trial) => {
    for await (const _ of trial.epochs()) await trial.report({ loss: trial.configuration.x, half: 0.5 })
  })
  const { parameters, trials } = await sums.importance()
  assert.deepEqual([trials, parameters[0]?.parameter], [40, 'x'])
  const { interactions } = await sums.importance({ method: 'fanova', interactions: true, trees: 8 })
  assert.deepEqual(interactions[0]?.parameters, ['x', 'idle'])
  for (const [options, code] of [
    [{ metric: 'lost' }, 'METRIC_UNKNOWN'],
    [{ metric: 'half' }, 'TRIALS_ALIKE'],
    [{ interactions: true }, 'IMPORTANCE_OPTION_INVALID'],
    [{ targetQuantile: 0.5, regionQuantile: 0.4 }, 'IMPORTANCE_OPTION_INVALID'],
    [{ trees: 0 }, 'IMPORTANCE_OPTION_INVALID'],
    [{ epoch: 2 }, 'IMPORTANCE_OPTION_INVALID'],
  ] as const)
    await assert.rejects(sums.importance(options), { code })
  await sums.close()
})

test('a model that is asked beside the loop proposes for `run` and for `ask`, and finds the minimum', async () => {
  const learning = { sampler: gp(), epochs: { max: 1 }, budget: { trials: 16 } }
  const run = await study(options({ ...learning, name: 'run' }))
  const { best } = await run.run(async (trial) => trial.report(1, { loss: (trial.configuration.x - 0.3) ** 2 }), {
    slots: 2,
  })
  await run.close()
  const asked = await study(options({ ...learning, name: 'asked' }))
  for (let trial = await asked.ask(); trial; trial = await asked.ask()) {
    await asked.report(trial, 1, { loss: (trial.configuration.x - 0.3) ** 2 })
    await asked.tell(trial)
  }
  const result = await asked.result()
  await asked.close()
  assert.equal(result.progress.counts.complete, 16)
  for (const { value } of [best, result.best]) assert.ok(value < 1e-4, String(value))
})
