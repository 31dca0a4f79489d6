import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { aFolder, call } from './stored-studies.laws.ts'

function aStudy(t: TestContext, change: { readonly [field: string]: unknown }): string {
  const folder = aFolder(t)
  const study = {
    name: 'small',
    objective: 'loss',
    space: { lr: { type: 'float', low: 0, high: 1 } },
    epochs: { max: 9 },
    ...change,
  }
  writeFileSync(join(folder, 'study.json'), JSON.stringify(study))
  return folder
}

async function preview(cwd: string, words = ''): Promise<any> {
  const { code, out, err } = await call(`preview study.json --json ${words}`, cwd)
  assert.equal(code, 0, err)
  return JSON.parse(out)
}

test('hyperband: every bracket, how many trials reach which epoch, and what is saved', async (t) => {
  const cwd = aStudy(t, { scheduler: { type: 'hyperband', eta: 3 } })
  const plan = await preview(cwd)
  assert.deepEqual(plan.reach, [
    { epoch: 1, trials: 17 },
    { epoch: 3, trials: 11 },
    { epoch: 9, trials: 5 },
  ])
  assert.deepEqual(
    [plan.trials, plan.epochs, plan.epochsToTheEnd, plan.isOpen],
    [17, 9 + 6 + 6 + 15 + 6 + 27, 153, false],
  )
  const { out } = await call('preview study.json', cwd)
  assert.match(out, /^bracket 2 +9 to 1, then 3 to 3, then 1 to 9$/m)
  assert.match(out, /% less than the 153 of training all to the end/)
  assert.match(out, /69 epochs one after the other on 1 slot$/m)
})

test('time follows the slots and the seconds of an epoch', async (t) => {
  const cwd = aStudy(t, { scheduler: 'none', budget: { trials: 10 } })
  const { likely, worst, seconds } = await preview(cwd, '--slots 4 --seconds-per-epoch 10')
  assert.deepEqual([likely, worst], [23, Math.ceil(90 / 4 + 0.75 * 9)])
  assert.deepEqual(seconds, { perEpoch: 10, from: 'flag', likely: 230, worst: 300 })
  const { out } = await call('preview study.json --slots 4 --seconds-per-epoch 10', cwd)
  assert.match(out, /likely 3m 50s on 4 slots, 5m 00s at the longest/)
})

test('a study that the store holds tells itself how long an epoch lasts', async (t) => {
  const cwd = aStudy(t, { scheduler: 'none', budget: { trials: 2 } })
  await call('ask study.json', cwd)
  await call('report small 0 9 loss=1', cwd)
  await call('tell small 0', cwd)
  const { seconds } = await preview(cwd)
  assert.equal(seconds.from, 'study')
  assert.ok(seconds.perEpoch > 0 && seconds.perEpoch < 10)
})

test('what has no end is shown as one round, and a budget of epochs says for how many it pays', async (t) => {
  const open = await call('preview study.json', aStudy(t, { scheduler: 'asha' }))
  assert.match(open.out, /no budget of trials says how many in all/)
  const paid = await preview(aStudy(t, { scheduler: 'none', budget: { epochs: 45 } }))
  assert.deepEqual([paid.epochs, paid.rounds, paid.isOpen], [45, 5, true])
})

test('a grid ends by itself', async (t) => {
  const space = { a: { type: 'ordinal', values: [1, 2, 3] }, b: { type: 'categorical', choices: ['x', 'y'] } }
  const { trials, isOpen } = await preview(aStudy(t, { space, sampler: 'grid', scheduler: 'none' }))
  assert.deepEqual([trials, isOpen], [6, false])
})

for (const words of ['--slots 0', '--slots 1.5', '--seconds-per-epoch 0'])
  test(`\`preview ${words}\` is refused`, async (t) => {
    const { code, err } = await call(`preview study.json ${words}`, aStudy(t, { scheduler: 'none' }))
    assert.equal(code, 2)
    assert.match(err, /^error FLAG_VALUE_INVALID/)
  })
