/**
 * The controller of a real study with real processes is killed with SIGKILL at seeded moments, and trials are killed too. What must hold is
 * checked against what the trials themselves wrote, and against an undisturbed run.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stream } from '../../src/core/maths/stream.ts'
import type { Event } from '../../src/core/study/events.ts'
import { best } from '../../src/core/study/views/best.ts'
import type { Study } from '../../src/core/study/study.ts'
import { algorithms } from '../../src/library/algorithms.ts'
import { foldStudy } from '../../src/runtime/fold.ts'
import { openStore } from '../../src/stores/open.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'test', 'fixtures', 'deterministic-trial.ts')
const folders: string[] = []

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(slots: number, epochMs: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-chaos-'))
  folders.push(folder)
  writeFileSync(
    join(folder, 'study.yaml'),
    `name: chaos
command: [node, ${JSON.stringify(program)}]
objective: loss
space: { x: { type: float, low: 0, high: 1 } }
epochs: { min: 1, max: 9 }
scheduler: { type: hyperband, eta: 3 }
budget: { trials: 17 }
failures: { retries: 1000, grace: 5s }
checkpoints: { keep: all }
seed: 5
env: { EPOCH_MS: ${epochMs} }
executor: { type: local, slots: ${slots}, gpus: none }
`,
  )
  return folder
}

function foretune(folder: string, ...words: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'bin', 'foretune'), ...words], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FORETUNE_STORE: '' },
  })
}

function exitOf(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
}

async function logOf(folder: string): Promise<{ readonly events: Event[]; readonly study: Study }> {
  const store = await openStore(`sqlite:${join(folder, 'foretune.db')}`, { readOnly: true })
  const events: Event[] = []
  for await (const chunk of store.read('chaos')) for (const { event } of chunk) events.push(event)
  const folded = await foldStudy(store, 'chaos', algorithms)
  assert.deepEqual(await store.check('chaos'), [])
  await store.close()
  assert.ok(folded)
  return { events, study: folded.study }
}

/** Processes that carry this study's folder in their environment. */
function processesOf(folder: string): number[] {
  const found: number[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8')
      const state = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.[0]
      if (environment.includes(`FORETUNE_ATTEMPT=${folder}`) && state !== 'Z') found.push(Number(entry))
    } catch {
      continue // it has just gone
    }
  }
  return found
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    return // it has just gone
  }
}

function checkLinesAreInTheLogOnce(folder: string, events: readonly Event[]): number {
  const logged = new Map<string, Event[]>()
  for (const event of events) {
    if (event.type !== 'TrialReported' && event.type !== 'ReportRejected' && event.type !== 'TrialHandedOver') continue
    const place = `${event.trial}.${event.attempt}`
    const lines = logged.get(place) ?? []
    assert.equal(event.line, lines.length + 1, `the lines of attempt ${place} come in order, once`)
    lines.push(event)
    logged.set(place, lines)
  }
  let count = 0
  for (const file of globSync('foretune/chaos/trials/*/attempt-*/reports.jsonl', { cwd: folder })) {
    const [, trial = '', attempt = ''] = /trials\/(\d+)\/attempt-(\d+)/.exec(file) ?? []
    // A line that its writer was killed in the middle of is no line.
    const text = readFileSync(join(folder, file), 'utf8')
    const written = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1)
    const lines = logged.get(`${Number(trial)}.${attempt}`) ?? []
    assert.equal(lines.length, written.length, `every line of ${file} is in the log`)
    written.forEach((line, index) => {
      const event = lines[index]
      if (event?.type === 'TrialReported') assert.equal((JSON.parse(line) as { epoch: number }).epoch, event.epoch)
    })
    count += written.length
  }
  return count
}

function checkAttempts(events: readonly Event[]): void {
  const live = new Map<number, number>()
  const created = new Set<number>()
  for (const event of events) {
    if (event.type === 'CreateTrial') {
      assert.ok(!created.has(event.trial), `trial ${event.trial} is created once`)
      created.add(event.trial)
    } else if (event.type === 'StartAttempt') {
      assert.ok(!live.has(event.trial), `trial ${event.trial} trains once at a time`)
      live.set(event.trial, event.attempt)
    } else if (event.type === 'AttemptEnded') {
      assert.equal(live.get(event.trial), event.attempt)
      live.delete(event.trial)
    }
  }
  assert.equal(live.size, 0, 'every attempt has ended')
  assert.equal(created.size, 17)
}

async function runWithKills(folder: string, seed: number, kills: number): Promise<number> {
  const chance = stream(seed, 'chaos')
  let controller = foretune(folder, 'run', 'study.yaml', '--quiet')
  let done = 0
  for (let round = 0; done < kills && round < 20 * kills; round++) {
    const ended = exitOf(controller)
    const outcome = await Promise.race([ended, delay(250 + chance.integer(650)).then(() => 'still running')])
    if (outcome !== 'still running') break
    if (chance.uniform() < 0.4) {
      const processes = processesOf(folder)
      const victim = processes[chance.integer(Math.max(1, processes.length))]
      if (victim !== undefined) kill(victim)
    }
    controller.kill('SIGKILL')
    await ended
    done++
    if (chance.uniform() < 0.3) await delay(chance.integer(300))
    controller = foretune(folder, 'run', 'study.yaml', '--quiet')
  }
  const code = controller.exitCode ?? (await exitOf(controller))
  assert.equal(code, 0)
  return done
}

async function checkAll(folder: string): Promise<Study> {
  const { events, study } = await logOf(folder)
  assert.ok(checkLinesAreInTheLogOnce(folder, events) > 60)
  checkAttempts(events)
  assert.ok(study.state.finished)
  assert.equal(study.state.trials.length, 17, 'the budget of trials is exact')
  assert.equal(study.state.epochsReserved, 0)
  assert.deepEqual(processesOf(folder), [], 'no process is left')
  const verify = foretune(folder, 'verify', 'chaos')
  assert.equal(await exitOf(verify), 0, 'verify passes')
  return study
}

test(
  'killed again and again, a study with one slot ends with the answer of the undisturbed run',
  { timeout: 240_000 },
  async () => {
    const calm = newFolder(1, 5)
    assert.equal(await exitOf(foretune(calm, 'run', 'study.yaml', '--quiet')), 0)
    const undisturbed = await checkAll(calm)
    const folder = newFolder(1, 130)
    const kills = await runWithKills(folder, 11, 20)
    assert.equal(kills, 20, 'the study lived through them all')
    const study = await checkAll(folder)
    assert.deepEqual(best(study).trials, best(undisturbed).trials)
    const outcome = (of: Study): unknown =>
      of.state.trials.map(({ number, state, epoch, configuration, values }) => ({
        number,
        state,
        epoch,
        configuration,
        values,
      }))
    assert.deepEqual(outcome(study), outcome(undisturbed))
  },
)

test(
  'killed again and again with two slots, nothing is lost and nothing is done twice',
  { timeout: 240_000 },
  async () => {
    const folder = newFolder(2, 260)
    const kills = await runWithKills(folder, 12, 20)
    assert.equal(kills, 20, 'the study lived through them all')
    await checkAll(folder)
  },
)
