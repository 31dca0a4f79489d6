/**
 * What is lost when a controller is killed with SIGKILL in mid-study and the study is resumed 10 seconds later, as the peers'
 * kill_controller.py does: 2 slots, 6 trials x 20 reports x 0.5 s of an unmodified program. Counts, not speeds.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { algorithms } from '../src/library/algorithms.ts'
import type { StudyState } from '../src/core/study/state.ts'
import { foldStudy } from '../src/runtime/fold.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'
import type { BenchOptions } from './bench.ts'
import { cleanEnvironment, runNode, withFolder } from './child.ts'
import { installedForetune } from './installed-package.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'
import { slowEpochs, slowProgram } from './trivial-program.ts'

const trials = 6

/** What is left after the resume. */
interface Left {
  readonly who: string
  /** Reported before the kill and not in the store when it came. */
  readonly unstored: number
  /** Trained without being part of a complete trial. */
  readonly wasted: number
  readonly complete: number
}

export async function killedController({ quick, peers, say }: BenchOptions): Promise<readonly Row[]> {
  const bin = await installedForetune()
  const ours = await withFolder((folder) => killAndResume(bin, folder, quick ? 4 : 16))
  say('the peers are killed one after the other; this takes 5 minutes')
  const sheet = quick ? { facts: [], missing: [] } : await peers.run('kill_controller.py')
  const others = (sheet.facts ?? []).map(leftOf)
  const facts: readonly (readonly [what: string, unit: string, pick: (left: Left) => number, most: number])[] = [
    ['epochs trained for nothing', 'epochs', ({ wasted }) => wasted, 0],
    ['reports not in the store at the kill', 'reports', ({ unstored }) => unstored, 2],
    [
      `complete trials more or fewer than the ${trials} ordered`,
      'trials',
      ({ complete }) => Math.abs(complete - trials),
      0,
    ],
  ]
  return facts.flatMap(([what, unit, pick, most]) => [
    row(`killed controller: ${what}`, unit, [pick(ours)], { reach: { type: 'at most', value: most } }),
    ...others.map((left) =>
      row(`  beside ${left.who}`, unit, [pick(ours)], { against: { name: left.who, values: [pick(left)] } }),
    ),
  ])
}

async function killAndResume(bin: string, folder: string, seconds: number): Promise<Left> {
  const truth = join(folder, 'truth.jsonl')
  const { studyFile, name } = slowProgram(folder, truth, trials)
  const controller = spawn(process.execPath, [bin, 'run', studyFile, '--quiet'], {
    cwd: folder,
    stdio: 'ignore',
    env: cleanEnvironment(),
  })
  while (trained(truth) === 0) await untilLater(controller)
  await delay(seconds * 1000)
  controller.kill('SIGKILL')
  await new Promise((resolve) => controller.once('exit', resolve))
  const trainedThen = trained(truth)
  const storedThen = (await stateIn(folder, name)).reportCount
  await delay(10_000)
  await runNode([bin, 'resume', name, '--quiet'], { cwd: folder })
  const state = await stateIn(folder, name)
  return {
    who: 'ours',
    unstored: trainedThen - storedThen,
    wasted: trained(truth) - slowEpochs * state.counts.complete,
    complete: state.counts.complete,
  }
}

async function untilLater(controller: ChildProcess): Promise<void> {
  if (controller.exitCode !== null) throw new Error(`the controller ended with ${controller.exitCode}`)
  await delay(50)
}

function trained(truth: string): number {
  return existsSync(truth) ? readFileSync(truth, 'utf8').split('\n').length - 1 : 0
}

async function stateIn(folder: string, name: string): Promise<StudyState> {
  const store = await sqliteStore(join(folder, 'foretune.db'), { readOnly: true })
  try {
    const folded = await foldStudy(store, name, algorithms)
    if (!folded) throw new Error(`there is a study ${name}`)
    return folded.study.state
  } finally {
    await store.close()
  }
}

/** From the facts of kill_controller.py. Its `after_resume_stored` lists [trial, state, reports]; a trial with all reports is complete. */
function leftOf(facts: { readonly [name: string]: unknown }): Left {
  const number = (name: string): number => Number(facts[name] ?? NaN)
  const stored = (facts['after_resume_stored'] ?? []) as readonly (readonly [unknown, string, number])[]
  const complete = stored.filter(([, , reports]) => reports >= slowEpochs).length
  const all =
    number('epochs_trained_before_kill') + number('epochs_trained_after_kill') + number('epochs_trained_by_resume')
  return {
    who: String(facts['kind']),
    unstored: number('epochs_trained_before_kill') - number('reports_stored'),
    wasted: all - slowEpochs * complete,
    complete,
  }
}
