/** The local executor with real processes. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { metricsReader } from '../../src/wire/metrics-source.ts'
import { anOrder, observed } from './local-observed.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const report = (epoch: number, loss = 1): string =>
  `echo '{"epoch": ${epoch}, "loss": ${loss}}' >>"$FORETUNE_ATTEMPT/reports.jsonl"`

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

test('what cannot be started says why', async (t) => {
  const missing = await observed(t, ['no-such-program', '--lr', '1'])
  missing.executor.start(anOrder())
  assert.deepEqual(await missing.outcome(), {
    type: 'exited',
    code: 127,
    detail: 'the program was not found: no-such-program',
  })

  const plain = await observed(t, [fileURLToPath(import.meta.url)])
  plain.executor.start(anOrder())
  assert.deepEqual(await plain.outcome(), {
    type: 'exited',
    code: 126,
    detail: `the program cannot be executed: ${fileURLToPath(import.meta.url)} (Permission denied)`,
  })

  const nowhere = await observed(t, () => ({ argv: ['true'], cwd: '/no/such/folder' }))
  nowhere.executor.start(anOrder())
  assert.deepEqual(await nowhere.outcome(), {
    type: 'refused',
    detail: 'the folder to run in does not exist: /no/such/folder',
  })

  const full = await observed(t, 'true')
  writeFileSync(join(full.directory, 'trials'), 'a file where the folder should be')
  full.executor.start(anOrder())
  assert.match(JSON.stringify(await full.outcome()), /refused.*(EEXIST|ENOTDIR)/)
})

test('a full disk refuses the attempt, and a limit that could not be written is written later', async (t) => {
  const { executor, next, outcome, directory } = await observed(
    t,
    `${report(1)}; while [ "$(cat "$FORETUNE_ATTEMPT/until")" != 9 ]; do sleep 0.02; done`,
    { pollMs: 30 },
  )
  const folder = (trial: number): string => join(directory, `trials/000${trial}/attempt-1`)
  mkdirSync(folder(0), { recursive: true })
  symlinkSync('/dev/full', join(folder(0), 'configuration.json'))
  executor.start(anOrder())
  const refused = await outcome(0)
  assert.match(refused.type === 'refused' ? refused.detail : '', /ENOSPC/)

  executor.start(anOrder({ trial: 1 }))
  await next('report', 1)
  symlinkSync('/dev/full', join(folder(1), 'until.new'))
  executor.limit(1, 1, 9, false)
  rmSync(join(folder(1), 'until.new'))
  assert.deepEqual(await outcome(1), { type: 'exited', code: 0 })
})

test('a deleted checkpoint is gone when the executor is closed', async (t) => {
  const { executor, outcome, directory } = await observed(t, 'echo weights >"$FORETUNE_ATTEMPT/../checkpoint/model"')
  executor.start(anOrder())
  await outcome()
  const checkpoint = join(directory, 'trials/0000/checkpoint')
  assert.ok(existsSync(join(checkpoint, 'model')))
  executor.deleteCheckpoint(0)
  executor.deleteCheckpoint(99)
  await executor.close()
  assert.equal(existsSync(checkpoint), false)
})

test('odd lines are rejected by name, numbered without gaps, and harm no report', async (t) => {
  const { executor, seen, outcome } = await observed(t, ['sh', fixture('says-odd-things.sh')])
  executor.start(anOrder())
  assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
  const said = seen.flatMap((o): unknown[] =>
    o.type === 'report' ? [[o.line, o.epoch, o.metrics]] : o.type === 'rejected' ? [[o.line, o.why]] : [],
  )
  assert.deepEqual(said, [
    [1, 1, { loss: 0.5 }],
    [2, 'not JSON'],
    [3, 2, { loss: NaN, acc: -Infinity }],
    [4, 'epoch 2 was reported with loss = NaN, now with 3'],
    [5, 2, { extra: 1 }],
    [6, 'expected the metric "loss" to be a number, got "0.5"'],
    [7, 'expected "epoch" to be a whole number, got 1.5'],
    [8, 'epoch 3 comes without a metric'],
    [9, 'expected an object like {"epoch": 1, "loss": 0.5}, got [1]'],
    [10, 'not UTF-8'],
    [11, 'a line of 1100000 bytes; the longest that is read has 1048576'],
    [12, 4, { loss: 1 }],
  ])
  const huge = seen.find((o) => o.type === 'rejected' && o.line === 11)
  assert.equal(huge?.type === 'rejected' && huge.text, 'x'.repeat(200))
})

test('a half line waits for its other half', async (t) => {
  const { executor, seen, next, outcome, directory } = await observed(
    t,
    `cd "$FORETUNE_ATTEMPT"; printf '{"epoch": 1, "loss": 1}\n{"epo' >>reports.jsonl
     while [ ! -e go ]; do sleep 0.01; done; echo 'ch": 2, "loss": 2}' >>reports.jsonl; sleep 60`,
  )
  executor.start(anOrder())
  await next('report')
  writeFileSync(join(directory, 'trials/0000/attempt-1/go'), '')
  await next('report', 0, ({ epoch }) => epoch === 2)
  assert.equal(seen.filter((o) => o.type === 'rejected').length, 0)
  executor.stop(0, 1, 0)
  await outcome()
})

test('exit statuses, signals and want of memory are told apart', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['exit 0', { type: 'exited', code: 0 }],
    ['echo one >&2; echo "  two" >&2; echo >&2; exit 3', { type: 'exited', code: 3, detail: 'two' }],
    ['echo last >&2; kill -SEGV $$', { type: 'killed', signal: 'SIGSEGV', detail: 'last' }],
    ['exit 125', { type: 'exited', code: 125 }],
    [
      'echo "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB" >&2; exit 1',
      {
        type: 'exited',
        code: 1,
        outOfMemory: true,
        detail: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB',
      },
    ],
  ]
  const { executor, outcome } = await observed(t, (order) => ({ argv: ['sh', '-c', cases[order.trial]?.[0] ?? ''] }))
  for (const trial of cases.keys()) executor.start(anOrder({ trial }))
  for (const [trial, [, expected]] of cases.entries()) assert.deepEqual(await outcome(trial), expected)
})

test('an attempt has ended when its last process has, and only then is its slot used again', async (t) => {
  const { executor, seen, next, outcome, text } = await observed(
    t,
    (order) => ({ argv: ['sh', ...(order.trial === 0 ? [fixture('leaves-a-child.sh')] : ['-c', report(1)])] }),
    { slots: 1, graceMs: 300 },
  )
  executor.start(anOrder())
  executor.start(anOrder({ trial: 1 }))
  await next('report')
  const child = Number(text('child'))
  assert.ok(isRunning(child))
  assert.equal((await outcome()).type, 'exited')
  assert.equal(isRunning(child), false)
  await outcome(1)
  const order = seen.filter((o) => o.type === 'started' || o.type === 'ended').map((o) => `${o.type} ${o.trial}`)
  assert.deepEqual(order, ['started 0', 'ended 0', 'started 1', 'ended 1'])
})

test('SIGTERM is for the program alone, so that its helpers serve it while it saves', async (t) => {
  const { executor, next, outcome, text } = await observed(
    t,
    `cd "$FORETUNE_ATTEMPT"; (trap 'echo helper >>order; exit' TERM; while :; do sleep 0.02; done) &
     trap 'sleep 0.2; echo program >>order; echo "{\\"handover\\": true, \\"epoch\\": 1}" >>reports.jsonl; exit 0' TERM
     ${report(1)}; while :; do sleep 0.02; done`,
  )
  executor.start(anOrder())
  await next('report')
  executor.stop(0, 1, 10_000)
  executor.stop(0, 1, 20_000)
  assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
  assert.equal((await next('handedOver')).epoch, 1)
  assert.equal(text('order'), 'program\nhelper\n')
})

test('after the grace everything is killed; no grace kills at once; what waits for a slot is not started', async (t) => {
  const { executor, seen, next, outcome } = await observed(t, ['sh', fixture('ignores-sigterm.sh')], { slots: 2 })
  for (const trial of [0, 1, 2]) executor.start(anOrder({ trial }))
  await Promise.all([next('report', 0), next('report', 1)])
  executor.stop(2, 1, 10_000)
  assert.equal((await outcome(2)).type, 'killed')
  const startedAt = performance.now()
  executor.stop(0, 1, 400)
  executor.stop(1, 1, 60_000)
  executor.stop(1, 1, 0)
  assert.deepEqual(await outcome(1), { type: 'killed', signal: 'SIGKILL' })
  assert.deepEqual(await outcome(0), { type: 'killed', signal: 'SIGKILL' })
  assert.ok(performance.now() - startedAt >= 400)
  executor.stop(0, 1, 0)
  assert.equal(seen.filter((o) => o.type === 'started' && o.trial === 2).length, 0)
  assert.equal(seen.filter((o) => o.type === 'ended').length, 3)
})

test('a second controller adopts what runs, what ended meanwhile, what was lost and what was never started', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'foretune-adopt-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const script = `cd "$FORETUNE_ATTEMPT"; echo x >>starts; ${report(1)}; ${report(2)}
    while [ ! -e go ]; do sleep 0.02; done; ${report(3)}; echo bye >&2; exit 4`
  const first = await observed(t, script, { directory })
  for (const trial of [0, 1, 2]) first.executor.start(anOrder({ trial }))
  for (const trial of [0, 1, 2]) await first.next('report', trial, ({ epoch }) => epoch === 2)
  const pids = [0, 1, 2].map((trial) => Number(/^pid (\d+)$/m.exec(first.text('process', trial))?.[1]))
  await first.executor.close()
  const go = (trial: number): void => writeFileSync(join(directory, `trials/000${trial}/attempt-1/go`), '')

  // Trial 1 ends while nobody looks; of trial 2 everything is killed, the wrapper too.
  go(1)
  process.kill(-(pids[2] as number), 'SIGKILL')
  while (pids.slice(1).some((pid) => isRunning(pid))) await new Promise((resolve) => setTimeout(resolve, 10))

  const second = await observed(t, script, { directory })
  second.executor.adopt(anOrder({ trial: 0, until: 9 }), 1, { pid: pids[0] as number })
  second.executor.adopt(anOrder({ trial: 1 }), 2, { pid: pids[1] as number })
  second.executor.adopt(anOrder({ trial: 2 }), 1, { pid: pids[2] as number })
  second.executor.adopt(anOrder({ trial: 3 }), 0, undefined)
  const lines = (trial: number): number[] =>
    second.seen.flatMap((o) => (o.type === 'report' && o.trial === trial ? [o.line] : []))

  assert.deepEqual(await second.outcome(1), { type: 'exited', code: 4, detail: 'bye' })
  assert.deepEqual(lines(1), [3])
  assert.equal((await second.outcome(2)).type, 'lost')
  assert.deepEqual(lines(2), [2])
  await second.next('report', 3)
  assert.equal(second.text('until', 0), '9\n')
  go(0)
  go(3)
  assert.deepEqual(await second.outcome(0), { type: 'exited', code: 4, detail: 'bye' })
  assert.deepEqual(lines(0), [2, 3])
  await second.outcome(3)
  for (const trial of [0, 1, 2, 3]) assert.equal(second.text('starts', trial), 'x\n')
})

test('an adopted attempt is stopped with all that it runs', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'foretune-adopt-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const first = await observed(t, ['sh', fixture('ignores-sigterm.sh')], { directory })
  first.executor.start(anOrder())
  await first.next('report')
  await first.executor.close()
  const second = await observed(t, ['sh', fixture('ignores-sigterm.sh')], { directory })
  second.executor.adopt(anOrder(), 1, null)
  second.executor.stop(0, 1, 100)
  assert.deepEqual(await second.outcome(), { type: 'killed', signal: 'SIGKILL' })
  assert.equal(second.seen.filter((o) => o.type === 'report').length, 0)
})

test('starting twice is starting once, in one controller and in two at the same time', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'foretune-twice-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const script = `echo x >>"$FORETUNE_ATTEMPT/starts"; ${report(1)}; sleep 0.3`
  const both = [await observed(t, script, { directory }), await observed(t, script, { directory })]
  for (const { executor } of both) {
    executor.start(anOrder())
    executor.start(anOrder())
  }
  for (const { outcome, seen, text } of both) {
    assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
    assert.equal(text('starts'), 'x\n')
    assert.deepEqual(
      seen.filter((o) => o.type !== 'slots').map((o) => o.type),
      ['started', 'report', 'ended'],
    )
  }
})

for (const [language, argv] of [
  ['TypeScript', [process.execPath, fixture('trains-with-client.ts')]],
  ['Python', ['python3', fixture('trains-with-client.py')]],
] as const) {
  const env = { PYTHONPATH: fileURLToPath(new URL('../../python', import.meta.url)) }
  const configuration = { lr: 0.25, epochMs: 0 }

  test(`a raised limit is trained to without a restart, and leave ends the wait at once (${language})`, async (t) => {
    const { executor, next, outcome, text } = await observed(t, () => ({ argv, env }))
    executor.start(anOrder({ configuration, until: 1 }))
    await next('report')
    executor.limit(0, 1, 3, false)
    assert.deepEqual((await next('report', 0, ({ epoch }) => epoch === 3)).metrics, { loss: 1 / 0.75, epochSeen: 3 })
    const leftAt = performance.now()
    executor.limit(0, 1, 3, true)
    assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
    assert.ok(performance.now() - leftAt < 10_000)
    assert.equal(text('../checkpoint/starts'), '0\n')
    assert.equal(text('../checkpoint/.epoch'), '3\n')
  })

  test(`a stopped trial hands over and a later attempt goes on after its last finished epoch (${language})`, async (t) => {
    const { executor, seen, next, outcome, text } = await observed(t, () => ({ argv, env }))
    executor.start(anOrder({ configuration: { lr: 0.25, epochMs: 50 }, until: 100, max: 100 }))
    await next('report', 0, ({ epoch }) => epoch === 2)
    executor.stop(0, 1, 15_000)
    const { epoch } = await next('handedOver')
    assert.deepEqual(await outcome(), { type: 'exited', code: 0 })
    executor.start(anOrder({ attempt: 2, configuration, from: epoch, until: epoch + 1, max: epoch + 1 }))
    await next('ended', 0, ({ attempt }) => attempt === 2)
    assert.deepEqual(
      seen.flatMap((o) => (o.type === 'report' && o.attempt === 2 ? [[o.epoch, o.metrics['loss']]] : [])),
      [[epoch + 1, 1 / (0.25 * (epoch + 1))]],
    )
    assert.equal(text('../checkpoint/starts', 0, 2), `0\n${0.25 * epoch}\n`)
  })

  test(`outside Foretune the program is a dry trial (${language})`, () => {
    const dry = spawnSync(argv[0], argv.slice(1), {
      encoding: 'utf8',
      env: { ...process.env, ...env, FORETUNE_ATTEMPT: '' },
    })
    assert.match(dry.stdout, /^epoch 1: loss=2(\.0)?, epochSeen=1\nepoch 2: loss=1(\.0)?, epochSeen=2\n$/, dry.stderr)
  })
}

test('an unmodified program is read from its standard output, progress bars and all', async (t) => {
  const script = `printf 'loading\\repoch 1: loss=0.5\\n'; printf 'epoch 2 '; sleep 0.05; printf 'loss=nan\\rnoise\\n'; printf 'epoch x loss=1\\nepoch 3 loss=0.25'`
  const source = {
    from: 'stdout',
    pattern: 'epoch (?<epoch>\\S+?):? loss=(?<loss>\\S+)',
    epoch: 'epoch',
    firstEpoch: 1,
  } as const
  const { executor, seen, outcome } = await observed(t, script, {
    metrics: { file: 'stdout', reader: ({ from }) => metricsReader(source, ['loss'], { from }) },
  })
  executor.start(anOrder())
  await outcome()
  assert.deepEqual(
    seen.flatMap((o) => (o.type === 'report' ? [[o.line, o.epoch, o.metrics['loss']]] : [])),
    [
      [1, 1, 0.5],
      [2, 2, NaN],
      [4, 3, 0.25],
    ],
  )
})

test("a program's own metrics file is read from where the attempt began", async (t) => {
  const source = { from: 'file', path: '', format: 'jsonl', epoch: 'epoch', firstEpoch: 1 } as const
  const { executor, seen, next, directory } = await observed(
    t,
    (order, { checkpoint }) => ({
      argv: ['sh', '-c', `echo '{"epoch": ${order.from + 1}, "loss": 1}' >>"$0/metrics.jsonl"`, checkpoint],
    }),
    {
      metrics: {
        file: (_, { checkpoint }) => join(checkpoint, 'metrics.jsonl'),
        reader: () => metricsReader(source, ['loss']),
      },
    },
  )
  for (const attempt of [1, 2]) {
    executor.start(anOrder({ attempt, from: attempt - 1 }))
    await next('ended', 0, (o) => o.attempt === attempt)
  }
  assert.deepEqual(
    seen.flatMap((o) => (o.type === 'report' ? [[o.attempt, o.line, o.epoch]] : [])),
    [
      [1, 1, 1],
      [2, 1, 2],
    ],
  )
  assert.equal(readFileSync(join(directory, 'trials/0000/checkpoint/metrics.jsonl'), 'utf8').split('\n').length, 3)
})

test('a log that grows too long keeps its newest half', async (t) => {
  const { executor, next, outcome, text, directory } = await observed(
    t,
    `i=0; while [ $i -lt 3000 ]; do echo "line $i of the log"; i=$((i+1)); done; ${report(1)}
     while [ ! -e "$FORETUNE_ATTEMPT/go" ]; do sleep 0.02; done; echo end`,
    { outputLimitBytes: 20_000, pollMs: 30 },
  )
  executor.start(anOrder())
  await next('report')
  while (text('stdout.log').length > 20_000) await new Promise((resolve) => setTimeout(resolve, 10))
  writeFileSync(join(directory, 'trials/0000/attempt-1/go'), '')
  await outcome()
  const log = text('stdout.log')
  assert.match(log, /^\[foretune: longer than 20000 bytes; the \d+ oldest were dropped\]\n/)
  assert.match(log, /line 2998 of the log\nline 2999 of the log\nend\n$/)
})

test('trials that another study left in the directory are put aside', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'foretune-other-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const one = await observed(t, `${report(1, 1)}; echo old >"$FORETUNE_ATTEMPT/../checkpoint/state"`, { directory })
  one.executor.start(anOrder())
  await one.outcome()
  const other = await observed(t, `${report(1, 2)}; ls "$FORETUNE_ATTEMPT/../checkpoint"`, {
    directory,
    study: 'another',
  })
  other.executor.start(anOrder())
  assert.equal((await other.next('report')).metrics['loss'], 2)
  await other.outcome()
  assert.equal(other.text('stdout.log'), '')
  assert.equal(readFileSync(join(directory, 'trials.1/0000/checkpoint/state'), 'utf8'), 'old\n')
})

test('an attempt is told what it is, where, and which GPU and cores are its own', async (t) => {
  const { executor, outcome, text } = await observed(
    t,
    `echo "$FORETUNE_CONFIGURATION" $CUDA_VISIBLE_DEVICES $PYTHONUNBUFFERED $OMP_NUM_THREADS; cat "$FORETUNE_ATTEMPT/configuration.json"; sleep 0.2`,
    { gpus: [3, 5], cores: 1 },
  )
  for (const trial of [0, 1, 2]) executor.start(anOrder({ trial }))
  for (const trial of [0, 1, 2]) await outcome(trial)
  const first = [0, 1].map((trial) => text('stdout.log', trial).split('\n')[0])
  assert.equal(executor.slots, 2)
  assert.deepEqual(first, ['{"lr":0.1} 3 1 1', '{"lr":0.1} 5 1 1'])
  assert.deepEqual(JSON.parse(text('configuration.json', 2)), {
    protocol: 1,
    study: 'a study',
    trial: 2,
    attempt: 1,
    seed: 7,
    configuration: { lr: 0.1 },
    from: 0,
    until: 3,
    max: 9,
    linger: 20,
    resumable: true,
    checkpoint: text('configuration.json', 2).match(/"checkpoint": "(.*)"/)?.[1],
  })
})

test('a controller that leaves is held by nothing, and the program goes on', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'foretune-leaves-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const controller = `
    import { localExecutor } from ${JSON.stringify(new URL('../../src/executors/local.ts', import.meta.url).href)}
    const argv = ['sh', '-c', ${JSON.stringify(`while [ ! -e "$FORETUNE_ATTEMPT/go" ]; do sleep 0.02; done; ${report(1)}`)}]
    const executor = localExecutor({ study: 'a study', directory: ${JSON.stringify(directory)}, command: () => ({ argv }), gpus: 'none', lingerMs: 0, graceMs: 0, resumable: true })
    await executor.open((o) => o.type === 'started' && void executor.close())
    executor.start(${JSON.stringify(anOrder())})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', controller], { stdio: 'inherit' })
  assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0)
  const next = await observed(t, 'exit 9', { directory })
  next.executor.adopt(anOrder(), 0, undefined)
  writeFileSync(join(directory, 'trials/0000/attempt-1/go'), '')
  await next.next('report')
  assert.deepEqual(await next.outcome(), { type: 'exited', code: 0 })
})
