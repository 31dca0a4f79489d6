import assert from 'node:assert/strict'
import { test } from 'node:test'
import { float } from '../core/space/builders.ts'
import { study } from './study.ts'
import type { StudyHandle } from './study.ts'

type X = { readonly x: number }

const aStudy = (
  given: { readonly scheduler?: string; readonly trials?: number; readonly max?: number } = {},
): Promise<StudyHandle<X>> =>
  study({
    name: 'asked',
    space: { x: float(0, 1) },
    objective: 'loss',
    epochs: { max: given.max ?? 2 },
    scheduler: given.scheduler ?? 'none',
    budget: { trials: given.trials ?? 3 },
  })

test('askers at the same time are given different trials', async () => {
  const digits = await aStudy({ trials: 4 })
  const given = await Promise.all([1, 2, 3, 4, 5].map(() => digits.ask()))
  assert.deepEqual(given.map((order) => order?.trial ?? null).sort(), [0, 1, 2, 3, null])
  await digits.close()
})

test('an ask is granted beside reports of the same moment', async () => {
  const digits = await aStudy()
  const first = await digits.ask()
  assert.ok(first)
  const [, second] = await Promise.all([
    digits.report(first, 1, { loss: 1 }),
    digits.ask(),
    digits.report(first, 2, { loss: 1 }),
  ])
  assert.equal(second?.trial, 1)
  await digits.close()
})

test('a promoted trial goes on with its own loop, and is given to another only when it was told', async () => {
  const digits = await aStudy({ scheduler: 'hyperband', trials: 3, max: 3 })
  const given = [await digits.ask(), await digits.ask(), await digits.ask()]
  const stands = []
  for (const [index, order] of given.entries()) stands.push(order && (await digits.report(order, 1, { loss: index })))
  // All three have arrived: the best one is to go on, and whoever asks now does not get it while it is another's.
  assert.equal(await digits.ask(), null)
  for (const order of given) if (order) await digits.tell(order)
  const promoted = await digits.ask()
  assert.deepEqual([promoted?.trial, promoted?.from, promoted?.until], [0, 1, 3])
  await digits.close()
})

test('when the study has ended there is nothing to ask for, and trials that are out may still be told', async () => {
  const digits = await aStudy({ trials: 1 })
  const order = await digits.ask()
  assert.ok(order)
  assert.equal((await digits.report(order, 1, { loss: 2 })).goesOn, true)
  assert.equal((await digits.report(order, 2, { loss: 1 })).goesOn, false)
  assert.equal((await digits.tell(order)).state, 'complete')
  assert.equal(await digits.ask(), null)
  assert.equal((await digits.result()).finished, 'trial-budget')
  await assert.rejects(digits.tell(order), { code: 'TRIAL_NOT_ASKED' })
  await digits.close()
})

test('what an asker says twice counts once, and what contradicts it is refused', async () => {
  const digits = await aStudy()
  const order = await digits.ask()
  assert.ok(order)
  const once = await digits.report(order, 1, { loss: 2 })
  assert.deepEqual(await digits.report(order, 1, { loss: 2 }), once)
  await assert.rejects(digits.report(order, 1, { loss: 3 }), { code: 'REPORT_CONTRADICTS' })
  await assert.rejects(digits.report(order, 2, { lss: 3 }), { code: 'REPORT_WITHOUT_OBJECTIVE' })
  assert.equal((await digits.result()).progress.reports, 1)
  await digits.close()
})
