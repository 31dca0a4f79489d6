/** A study has one controller at a time, whoever else tries; after its death the next one takes over at once, trials and all. */
import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { int, study } from '../../src/index.ts'
import { expectEveryLine, fixture, kill, ofType, realStudy } from './real-study.ts'

const file = `command: [sh, ${JSON.stringify(fixture('trains-in-shell.sh'))}, '{x}']
objective: loss
space: { x: { type: int, low: 1, high: 1000 } }
epochs: { max: 8 }
scheduler: none
budget: { trials: 4 }
executor: { type: local, slots: 2, gpus: none }
`

test('a second run is refused and the first is undisturbed; after its SIGKILL the second takes over at once', async (t) => {
  const real = realStudy(t, file)
  real.epochsTake(0.5)
  const first = real.start('run', 'study.yaml', '--quiet')
  await real.until((events) => ofType(events, 'TrialReported').length >= 2)

  const second = await real.foretune('run', 'study.yaml')
  assert.equal(second.code, 3)
  assert.match(second.stderr, new RegExp(`STUDY_IS_RUNNING: .*process ${first.pid} on ${hostname()}`))
  assert.equal(first.process.exitCode, null)
  // The library is refused alike, whatever it would train.
  const here = await study({
    name: 'real',
    space: { x: int(1, 1000) },
    objective: 'loss',
    store: `sqlite:${real.folder}/foretune.db`,
  })
  await assert.rejects(
    here.run(async () => undefined),
    { code: 'STUDY_IS_RUNNING' },
  )
  await here.close()
  const so = await real.events()
  assert.equal(ofType(so, 'ControllerStarted').length, 1)

  const running = real.processes()
  assert.ok(running.length > 0)
  kill(first.pid, 'SIGKILL')
  await first.ended
  const tookOverAt = performance.now()
  const third = real.start('run', 'study.yaml')
  await real.until((events) => ofType(events, 'ControllerStarted').length === 2)
  assert.ok(performance.now() - tookOverAt < 15_000, 'no lease has to run out first')
  real.epochsTake(0)
  const ended = await third.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stderr, /the store holds real already: it goes on/)

  const events = await real.events()
  expectEveryLine(real, events)
  assert.equal(ofType(events, 'StartAttempt').length, 4, 'what ran was adopted, not started again')
  const sessions = ofType(events, 'ControllerStarted')
  assert.deepEqual(
    sessions.map(({ pid }) => pid),
    [first.pid, third.pid],
  )
  assert.ok((sessions[0]?.fence ?? 0) < (sessions[1]?.fence ?? 0))
  const { state } = await real.study()
  assert.equal(state.counts.complete, 4)
  assert.equal(state.epochsTrained, 32)
})

test('of three that start an unknown study in the same moment one runs it, and the others are told', async (t) => {
  const real = realStudy(t, file)
  real.epochsTake(0.5)
  const three = [1, 2, 3].map(() => real.start('run', 'study.yaml', '--quiet'))
  const lost = await Promise.all(
    three.map(async (each) => {
      const ended = await Promise.race([
        each.ended,
        real.until((events) => ofType(events, 'TrialReported').length > 4).then(() => null),
      ])
      return ended
    }),
  )
  const refused = lost.filter((ended) => ended !== null)
  assert.equal(refused.length, 2)
  for (const { code, stderr } of refused) {
    assert.equal(code, 3)
    assert.match(stderr, /^error STUDY_IS_RUNNING: /)
  }
  real.epochsTake(0)
  const winner = three[lost.indexOf(null)]
  assert.equal((await winner?.ended)?.code, 0)
  const events = await real.events()
  assert.equal(ofType(events, 'StudyCreated').length, 1)
  assert.equal(ofType(events, 'ControllerStarted').length, 1)
  assert.equal((await real.study()).state.counts.complete, 4)
})

test('a controller that loses its lease while it is asleep records nothing more and leaves', async (t) => {
  const real = realStudy(t, file)
  real.epochsTake(0.5)
  const asleep = real.start('run', 'study.yaml')
  await real.until((events) => ofType(events, 'TrialReported').length >= 2)
  kill(asleep.pid, 'SIGSTOP')
  // It lives, so nobody may take its study while it is only slow.
  const refused = await real.foretune('run', 'study.yaml')
  assert.match(refused.stderr, /STUDY_IS_RUNNING/)
  // An administrator who knows better does.
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(`${real.folder}/foretune.db`)
  database.exec('update leases set host = null, pid = null')
  database.close()
  const next = real.start('run', 'study.yaml', '--quiet')
  await real.until((events) => ofType(events, 'ControllerStarted').length === 2)
  kill(asleep.pid, 'SIGCONT')
  const woken = await asleep.ended
  assert.equal(woken.code, 3)
  assert.match(woken.stderr, /STORE_CONFLICT: .*Another controller owns it now, this one must end/)
  assert.equal(next.process.exitCode, null)
  real.epochsTake(0)
  assert.equal((await next.ended).code, 0)
  const events = await real.events()
  expectEveryLine(real, events)
  assert.equal(ofType(events, 'ControllerStarted').length, 2)
  assert.equal(ofType(events, 'StartAttempt').length, 4)
  assert.equal((await real.study()).state.counts.complete, 4)
})
