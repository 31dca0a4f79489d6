/** Several ranks of one attempt with the TypeScript client; the Python client has its own test beside it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { anOrder, observed } from './local-observed.ts'

const program = fileURLToPath(new URL('../fixtures/trains-in-ranks.ts', import.meta.url))
const launcher = `trap 'kill -TERM $ranks' TERM
  for rank in 0 1 2; do RANK=$rank WORLD_SIZE=3 "$0" "$1" >"$FORETUNE_ATTEMPT/rank-$rank" & ranks="$ranks $!"; done
  for rank in $ranks; do wait $rank; [ $? -lt 128 ] || wait $rank; done`
const argv = ['sh', '-c', launcher, process.execPath, program]

test('all ranks train to raised limits and leave together', async (t) => {
  const { executor, seen, next, outcome, text } = await observed(t, argv)
  executor.start(anOrder({ until: 1 }))
  await next('report')
  executor.limit(0, 1, 3, false)
  await next('report', 0, ({ epoch }) => epoch === 3)
  executor.limit(0, 1, 3, true)
  assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
  for (const rank of [0, 1, 2]) assert.equal(text(`rank-${rank}`), 'false 1 2 3\n')
  assert.equal(seen.filter((o) => o.type === 'report').length, 3)
  assert.equal(text('ranks'), 'start 0\ngo 1\ngo 3\nleave 3\n')
})

test('a stop takes all ranks out after the same epoch', async (t) => {
  const { executor, next, outcome, text } = await observed(t, argv)
  executor.start(anOrder({ until: 500, max: 500 }))
  await next('report', 0, ({ epoch }) => epoch === 2)
  executor.stop(0, 1, 15_000)
  const { epoch } = await next('handedOver')
  await outcome()
  const trained = [0, 1, 2].map((rank) => text(`rank-${rank}`))
  assert.deepEqual(
    [...new Set(trained)],
    [`false ${Array.from({ length: epoch }, (_, index) => index + 1).join(' ')}\n`],
  )
})
