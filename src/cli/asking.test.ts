import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Json } from '../core/trial.ts'
import { outsideExecutor } from '../executors/outside.ts'
import { openSession } from '../library/session.ts'
import { openStore } from '../stores/open.ts'
import { aFolder, call } from './stored-studies.laws.ts'

const run = promisify(execFile)

const study = `name: loop
objective: loss
space: { x: { type: float, low: 0, high: 1 } }
epochs: { max: 4 }
scheduler: none
budget: { trials: 3 }
`

function aStudyFile(t: TestContext, text = study): string {
  const folder = aFolder(t)
  writeFileSync(join(folder, 'study.yaml'), text)
  return folder
}

async function json(words: string, cwd: string): Promise<{ readonly [key: string]: Json | undefined }> {
  const { code, out, err } = await call(words, cwd)
  assert.equal(code, 0, err)
  return JSON.parse(out)
}

test('a study is made when it is first asked, and driven to its end by ask, report and tell', async (t) => {
  const cwd = aStudyFile(t)
  for (const trial of [0, 1, 2]) {
    const order = await json('ask study.yaml', cwd)
    assert.deepEqual([order['trial'], order['from'], order['until']], [trial, 0, 4])
    for (const epoch of [1, 2, 3, 4]) {
      const stands = await json(`report loop ${trial} ${epoch} loss=${1 / epoch}`, cwd)
      assert.equal(stands['goesOn'], epoch < 4)
    }
    assert.equal((await json(`tell study.yaml ${trial}`, cwd))['state'], 'complete')
  }
  const { out, err } = await call('ask loop', cwd)
  assert.deepEqual(JSON.parse(out), { trial: null, finished: true })
  assert.match(err, /has ended/)
  assert.equal(JSON.parse((await call('best loop --json', cwd)).out).among, 'complete')
  assert.equal((await call('verify loop', cwd)).code, 0)
})

test('a trial that was given is not given again before it is told', async (t) => {
  const cwd = aStudyFile(t)
  const given = await Promise.all([1, 2, 3].map(() => json('ask study.yaml', cwd)))
  assert.deepEqual(given.map((order) => order['trial']).sort(), [0, 1, 2])
  assert.deepEqual(await json('ask study.yaml', cwd), { trial: null, finished: false })
})

test('the same report twice is one report, and a contradicting one is refused', async (t) => {
  const cwd = aStudyFile(t)
  await json('ask study.yaml', cwd)
  const first = await json('report loop 0 1 loss=0.5', cwd)
  assert.deepEqual(await json('report loop 0 1 loss=0.5', cwd), first)
  assert.match((await call('report loop 0 1 loss=0.6', cwd)).err, /^error REPORT_CONTRADICTS/)
  assert.match((await call('report loop 0 2 los=0.6', cwd)).err, /^error REPORT_WITHOUT_OBJECTIVE/)
  const exported = JSON.parse((await call('export loop --format json', cwd)).out)
  assert.deepEqual(exported.trials[0].reports, [{ epoch: 1, loss: 0.5 }])
})

test('a trial that is not asked for cannot be reported or told: exit 2', async (t) => {
  const cwd = aStudyFile(t)
  await json('ask study.yaml', cwd)
  await json('tell loop 0 --failed', cwd)
  for (const words of ['tell loop 0', 'report loop 7 1 loss=1']) {
    const { code, err } = await call(words, cwd)
    assert.equal(code, 2)
    assert.match(err, /^error TRIAL_NOT_ASKED/)
  }
})

for (const words of ['report loop 0 0 loss=1', 'report loop zero 1 loss=1', 'report loop 0 1 loss', 'tell loop x'])
  test(`\`foretune ${words}\` is refused as it is written`, async (t) => {
    const { code, err } = await call(words, aStudyFile(t))
    assert.equal(code, 2)
    assert.match(err, /^error FLAG_VALUE_INVALID/)
  })

test('without the store nothing is made for a study that is only named', async (t) => {
  const { code, err } = await call('ask loop', aStudyFile(t))
  assert.equal(code, 2)
  assert.match(err, /^error STORE_NOT_FOUND/)
})

test('beside a controller at work its answers come through the store', async (t) => {
  const cwd = aStudyFile(t)
  await json('ask study.yaml', cwd)
  const store = await openStore(`sqlite:${join(cwd, 'foretune.db')}`)
  const session = await openSession({ store, name: 'loop', executor: outsideExecutor })
  const alive = setInterval(() => undefined, 1000)
  try {
    assert.equal((await json('report loop 0 1 loss=0.5', cwd))['epoch'], 1)
    assert.equal(session.study.state.trials[0]?.epoch, 1)
    assert.match((await call('tell loop 5', cwd)).err, /^error TRIAL_NOT_ASKED/)
    assert.equal((await json('ask loop', cwd))['trial'], 1)
  } finally {
    clearInterval(alive)
    await session.leave('test')
    await store.close()
  }
})

test('the answer as words of a shell sets every word on every call', async (t) => {
  const cwd = aStudyFile(t, study.replace('trials: 3', 'trials: 1'))
  const asked = await call('ask study.yaml --format env', cwd)
  assert.match(asked.out, /^x=0\.\d+\ntrial=0\nfrom=0\nuntil=4\nfinished=false\n$/)
  assert.match((await call('ask study.yaml --format env', cwd)).out, /^trial=''\nfrom=0\nuntil=0\nfinished=false\n$/)
})

const loop = `#!/bin/sh
set -e
while eval "$(foretune ask study.yaml --format env 2>/dev/null)"; [ -n "$trial" ]; do
  epoch=$from
  while [ "$epoch" -lt "$until" ]; do
    epoch=$((epoch + 1))
    case $(foretune report study.yaml "$trial" "$epoch" "loss=0.$epoch") in *'"goesOn":true'*) ;; *) break ;; esac
  done
  foretune tell study.yaml "$trial" > /dev/null
done
echo "finished=$finished"
`

test('a loop in sh drives a study to its end', async (t) => {
  const cwd = aStudyFile(t, study.replace('max: 4', 'max: 2').replace('trials: 3', 'trials: 2'))
  const bin = fileURLToPath(new URL('../../bin/foretune', import.meta.url))
  writeFileSync(join(cwd, 'foretune'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  writeFileSync(join(cwd, 'loop.sh'), loop)
  chmodSync(join(cwd, 'foretune'), 0o755)
  const { stdout } = await run('sh', ['loop.sh'], {
    cwd,
    env: { ...process.env, PATH: `${cwd}:${process.env['PATH']}` },
  })
  assert.equal(stdout, 'finished=true\n')
  const { trials } = JSON.parse((await call('export loop --format json', cwd)).out)
  assert.deepEqual(
    trials.map(({ state, epoch }: { state: string; epoch: number }) => [state, epoch]),
    [
      ['complete', 2],
      ['complete', 2],
    ],
  )
})
