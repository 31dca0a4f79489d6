/** Importance of 8 parameters, from the trials as a study holds them to the shares; Optuna's on the same trials. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stream } from '../src/core/maths/stream.ts'
import type { ParameterDefinition } from '../src/core/space/definition.ts'
import { randomConfiguration, space } from '../src/core/space/space.ts'
import { evolve } from '../src/core/study/evolve.ts'
import { createStudy } from '../src/core/study/study.ts'
import type { Study } from '../src/core/study/study.ts'
import type { ImportanceOptions } from '../src/core/study/views/importance.ts'
import type { Configuration } from '../src/core/trial.ts'
import { algorithms } from '../src/library/algorithms.ts'
import { importanceOf } from '../src/library/importance.ts'
import { readStudyObject } from '../src/wire/study-file.ts'
import type { BenchOptions } from './bench.ts'
import { cleanEnvironment, runNode, runProgram, withFolder } from './child.ts'
import type { Reference, Row } from './row.ts'
import { row } from './row.ts'

const parameters: { readonly [name: string]: ParameterDefinition } = {
  lr: { type: 'float', low: 1e-4, high: 1, log: true },
  optimizer: { type: 'categorical', choices: ['a', 'b', 'c'] },
  ...Object.fromEntries(['p', 'q', 'r', 's', 't', 'u'].map((name) => [name, { type: 'float', low: 0, high: 1 }])),
}

interface Trial {
  readonly configuration: Configuration
  readonly loss: number
}

export async function importanceBesidePeers({ quick, peers, say }: BenchOptions): Promise<readonly Row[]> {
  const sizes = quick ? ([300, 200] as const) : ([10_000, 1_000] as const)
  const repeats = quick ? 2 : 7
  return withFolder(async (folder) => {
    const rows: Row[] = []
    for (const [method, count] of [
      ['ped-anova', sizes[0]],
      ['fanova', sizes[1]],
      ['fanova', sizes[0]],
    ] as const) {
      const file = join(folder, `${count}.json`)
      writeFileSync(file, JSON.stringify(trialsOf(count)))
      const { stdout } = await runNode([import.meta.filename, file, method, String(repeats)])
      const seconds = JSON.parse(stdout) as number[]
      const what = `importance, ${method}, 8 parameters x ${count} trials`
      const reach = method === 'ped-anova' ? ({ type: 'at most', value: 0.3 } as const) : undefined
      // Optuna's fANOVA takes a minute for 1,000 trials: twice are enough, and of more trials ours stands alone.
      const isBeside = method === 'ped-anova' || count === sizes[1]
      if (isBeside) say(`Optuna's ${method} of ${count} trials`)
      const theirRepeats = method === 'fanova' ? 2 : repeats
      const peer = isBeside ? await optuna(peers.python, file, method, theirRepeats) : { note: '' }
      rows.push(row(what, 's', seconds, { ...(reach ? { reach } : {}), ...('against' in peer ? peer : {}) }))
      if ('note' in peer && peer.note !== '') rows.push(row(what, 's', seconds, peer))
    }
    return rows
  })
}

async function optuna(
  python: string | null,
  file: string,
  method: string,
  repeats: number,
): Promise<{ readonly against: Reference } | { readonly note: string }> {
  if (python === null) return { note: 'missing: optuna: no virtual environment: node bench/peers.ts --setup' }
  const script = fileURLToPath(new URL('importance.py', import.meta.url))
  const { stdout } = await runProgram(python, [script, file, method, String(repeats)], { env: cleanEnvironment() })
  const found = JSON.parse(stdout) as { version: string; seconds: number[]; missing?: string }
  if (found.missing !== undefined) return { note: `missing: optuna: ${found.missing}` }
  return { against: { name: `optuna ${found.version}`, values: found.seconds } }
}

/** The learning rate and p decide most, q and r together a little. */
function trialsOf(count: number): Trial[] {
  const of = space({ parameters, forbidden: [] })
  const chance = stream(1, 'importance bench')
  return Array.from({ length: count }, () => {
    const configuration = randomConfiguration(of, chance)!
    const [lr, p, q, r] = ['lr', 'p', 'q', 'r'].map((name) => Number(configuration[name])) as [
      number,
      number,
      number,
      number,
    ]
    return { configuration, loss: (Math.log10(lr) + 2) ** 2 + 3 * p + q * r + 0.2 * chance.normal() }
  })
}

async function studyOf(trials: readonly Trial[]): Promise<Study> {
  const { definition } = await readStudyObject({
    name: 'importance',
    space: parameters,
    objective: 'loss',
    epochs: { max: 1 },
    budget: { trials: 1 },
  })
  const created = { type: 'StudyCreated', at: 0, version: '0', definition, program: null, directory: '' } as const
  const study = createStudy(created, algorithms)
  for (const { configuration, loss } of trials) {
    const reports = [{ epoch: 1, metrics: { loss } }]
    evolve(study, { type: 'TrialImported', at: 0, configuration, state: 'complete', reports, source: 'bench' })
  }
  return study
}

async function measure(file: string, method: 'ped-anova' | 'fanova', repeats: number): Promise<number[]> {
  const study = await studyOf(JSON.parse(readFileSync(file, 'utf8')) as Trial[])
  const options: ImportanceOptions = { method }
  return Array.from({ length: repeats }, () => {
    const startedMs = performance.now()
    const { trials } = importanceOf(study, options)
    if (trials !== study.state.trials.length) throw new Error(`only ${trials} trials were compared`)
    return (performance.now() - startedMs) / 1000
  })
}

if (import.meta.main) {
  const [file = '', method, repeats] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await measure(file, method as 'ped-anova' | 'fanova', Number(repeats))))
}
