/** Ctrl-C, SIGTERM, a lost terminal, and what other processes ask of a controller: with real processes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Event } from '../../src/core/study/events.ts'
import { expectEveryLine, fixture, kill, launcher, ofType, realStudy, soon, watched } from './real-study.ts'
import type { RealStudy } from './real-study.ts'

/** Two trials of 12 epochs at once, of four. */
function file(options: { readonly program?: string; readonly graceS?: number } = {}): string {
  const { program = 'trains-in-shell.sh', graceS = 20 } = options
  return `command: [sh, ${JSON.stringify(fixture(program))}, '{x}']
objective: loss
space: { x: { type: int, low: 1, high: 1000 } }
epochs: { max: 12 }
scheduler: none
budget: { trials: 4 }
failures: { grace: ${graceS}s }
checkpoints: { keep: all }
executor: { type: local, slots: 2, gpus: none }
`
}

const bothTrain = (events: readonly Event[]): boolean =>
  [0, 1].every((trial) => ofType(events, 'TrialReported').some((event) => event.trial === trial && event.epoch >= 2))

const count = (events: readonly Event[], type: Event['type']): number => ofType(events, type).length

/** Goes on after it was left, and ends as if nothing had been. */
async function expectToGoOn(study: RealStudy): Promise<readonly Event[]> {
  study.epochsTake(0)
  const resumed = await study.foretune('resume', study.name, '--quiet')
  assert.equal(resumed.code, 0, resumed.stderr)
  const { state } = await study.study()
  assert.deepEqual(state.counts, { waiting: 0, running: 0, paused: 0, complete: 4, stopped: 0, failed: 0 })
  assert.deepEqual(
    state.trials.map(({ epochs }) => epochs),
    Array.from({ length: 4 }, () => Array.from({ length: 12 }, (_, index) => index + 1)),
  )
  const events = await study.events()
  expectEveryLine(study, events)
  assert.deepEqual(study.processes(), [])
  return events
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} once: trials save, the controller leaves with ${code}, and every trial goes on from its epoch`, async (t) => {
    const study = realStudy(t, file())
    study.epochsTake(0.2)
    const controller = study.start('run', 'study.yaml')
    await study.until(bothTrain)
    // A launcher and the terminal may both pass on one keystroke: it is one.
    kill(controller.pid, signal)
    kill(controller.pid, signal)
    const left = await controller.ended
    assert.equal(left.code, code, left.stderr)
    assert.match(left.stderr, /stopping: trials are asked to save; once more to leave at once/)
    assert.match(left.stdout, /real is left; it can go on: {2}foretune resume real/)
    assert.deepEqual(study.processes(), [])

    const events = await study.events()
    expectEveryLine(study, events)
    assert.equal(ofType(events, 'StopRequested')[0]?.by, signal)
    assert.equal(events.at(-1)?.type, 'ControllerLeft')
    const handedOver = ofType(events, 'TrialHandedOver')
    assert.deepEqual(handedOver.map(({ trial }) => trial).sort(), [0, 1])
    const { state } = await study.study()
    assert.equal(state.counts.paused, 2)
    assert.equal(state.trials.length, 2, 'nothing more was started')

    const all = await expectToGoOn(study)
    for (const { trial, epoch } of handedOver) {
      const starts = readFileSync(
        join(study.folder, `foretune/real/trials/000${trial}/checkpoint/epoch.starts`),
        'utf8',
      )
      assert.equal(starts, `0\n${epoch}\n`)
      assert.equal(
        ofType(all, 'StartAttempt').find((event) => event.trial === trial && event.attempt === 2)?.from,
        epoch,
      )
    }
  })
}

test('SIGINT twice: it leaves at once, deaf trials are killed, nothing that was reported is lost', async (t) => {
  const study = realStudy(t, file({ program: 'trains-deaf.sh', graceS: 300 }))
  study.epochsTake(0.3)
  const controller = study.start('run', 'study.yaml')
  await study.until(bothTrain)
  kill(controller.pid, 'SIGINT')
  await study.until((events) => count(events, 'StopAttempt') === 2)
  await delay(600)
  assert.equal(controller.process.exitCode, null, 'it waits for the trials to save')
  const killedAt = performance.now()
  kill(controller.pid, 'SIGINT')
  const left = await controller.ended
  assert.equal(left.code, 130, left.stderr)
  assert.ok(performance.now() - killedAt < 10_000)
  assert.deepEqual(study.processes(), [])
  const events = await study.events()
  assert.ok(expectEveryLine(study, events) >= 4)
  const ends = ofType(events, 'AttemptEnded').map(({ outcome }) => outcome.type)
  assert.deepEqual(ends, ['killed', 'killed'])
  // They leave the hard way, and that is nobody's failure.
  const { state } = await study.study()
  assert.deepEqual(state.trials.map(({ failures, losses }) => [failures, losses]), [[0, 0], [0, 0]]) // prettier-ignore
  await expectToGoOn(study)
})

test('stop, pause and resume come from other processes and are answered', async (t) => {
  const study = realStudy(t, file())
  study.epochsTake(0.4)
  const controller = study.start('run', 'study.yaml')
  await study.until(bothTrain)
  const paused = await study.foretune('pause', 'real')
  study.epochsTake(0.02)
  assert.deepEqual([paused.code, paused.stdout], [0, 'real: paused; nothing more is started until `foretune resume`\n'])
  // What runs goes on to its limit, then nothing runs and the controller is still there.
  const ended = await study.until((events) => count(events, 'AttemptEnded') === 2)
  assert.deepEqual(ofType(ended, 'TrialReported').filter(({ epoch }) => epoch === 12).length, 2)
  await delay(300)
  assert.equal(count(await study.events(), 'StartAttempt'), 2)
  assert.equal(controller.process.exitCode, null)

  study.epochsTake(0.2)
  const resumed = await study.foretune('resume', 'real')
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.match(resumed.stderr, new RegExp(`real is run by process ${controller.pid} on .*: it goes on`))
  await study.until((events) => ofType(events, 'TrialReported').filter(({ trial }) => trial >= 2).length >= 2)
  const stopped = await study.foretune('stop', 'real', '--json')
  assert.deepEqual([stopped.code, stopped.stdout], [0, '{"study":"real","asked":"stop","hasLeft":true}\n'])
  const left = await controller.ended
  assert.equal(left.code, 0, left.stderr)
  assert.deepEqual(study.processes(), [])

  const nobody = await study.foretune('stop', 'real')
  assert.equal(nobody.code, 2)
  assert.match(nobody.stderr, /STUDY_NOT_RUNNING: .*`foretune resume real` continues it/)
  await expectToGoOn(study)
})

test('a paused study that was left is unpaused by resume', async (t) => {
  const study = realStudy(t, file())
  const controller = study.start('run', 'study.yaml')
  await study.until(bothTrain)
  assert.equal((await study.foretune('pause', 'real')).code, 0)
  kill(controller.pid, 'SIGTERM')
  assert.equal((await controller.ended).code, 143)
  await expectToGoOn(study)
})

test('readers that go away and a SIGHUP do not end the controller', async (t) => {
  const study = realStudy(t, file())
  const controller = study.start('run', 'study.yaml')
  await study.until(bothTrain)
  controller.process.stderr?.destroy()
  controller.process.stdout?.destroy()
  kill(controller.pid, 'SIGHUP')
  study.epochsTake(0)
  assert.equal((await controller.ended).code, 0)
  const { state } = await study.study()
  assert.equal(state.counts.complete, 4)
  assert.equal(count(await study.events(), 'ControllerStarted'), 1)
})

test('a reader that goes away does not end `run --json` either, and ends what only prints', async (t) => {
  const study = realStudy(t, file())
  const controller = study.start('run', 'study.yaml', '--json')
  await soon(() => controller.stdout().includes('StartAttempt'), 'no event was printed')
  controller.process.stdout?.destroy()
  study.epochsTake(0)
  const left = await controller.ended
  assert.equal(left.code, 0, left.stderr)
  assert.equal((await study.study()).state.counts.complete, 4)
  const script = `"${process.execPath}" "${launcher}" export real --format json | head -c 20; wait`
  const printing = spawn('sh', ['-c', script], { cwd: study.folder, env: { ...process.env, FORETUNE_STORE: '' } })
  const { code, stderr } = await watched(printing).ended
  assert.deepEqual([code, stderr], [0, ''])
})

test('a terminal that goes away takes only the view with it', async (t) => {
  const study = realStudy(t, file())
  // The session's leader dies with its terminal, as an ssh connection does: its foreground processes get a SIGHUP, and writing fails with EIO.
  const script = join(study.folder, 'terminal.py')
  writeFileSync(
    script,
    `import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])
print(pid, flush=True)
seen = b""
while b"real" not in seen or not os.path.exists("trained"):
    try:
        seen += os.read(terminal, 65536)
    except OSError:
        break
print(int(b"real" in seen and b"\\x1b" in seen), flush=True)
os.close(terminal)
sys.stdin.read()
`,
  )
  const environment = { ...process.env, FORETUNE_STORE: `sqlite:${join(study.folder, 'foretune.db')}` }
  const words = [script, process.execPath, launcher, 'run', 'study.yaml']
  const terminal = watched(spawn('python3', words, { cwd: study.folder, env: environment }))
  t.after(() => kill(terminal.pid, 'SIGKILL'))
  await study.until(bothTrain)
  writeFileSync(join(study.folder, 'trained'), '')
  const [pid = 0, seen = 0] = await soon(() => {
    const said = terminal.stdout().trim().split('\n').map(Number)
    return said.length === 2 ? said : null
  }, 'the terminal showed nothing')
  t.after(() => kill(pid, 'SIGKILL'))
  assert.equal(seen, 1, 'a live view was drawn')
  study.epochsTake(0)
  await study.until((events) => events.at(-1)?.type === 'ControllerLeft')
  assert.equal((await study.study()).state.counts.complete, 4)
  const sessions = ofType(await study.events(), 'ControllerStarted')
  assert.deepEqual(sessions.map((event) => event.pid), [pid]) // prettier-ignore
  terminal.process.stdin?.end()
  assert.equal((await terminal.ended).code, 0, terminal.stderr())
})
