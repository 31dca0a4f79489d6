/**
 * What one ask and its tell cost when n trials have ended: CPU time of all threads, in memory, through the library, over the ten mixed parameters of
 * the peers' ask_tell.py, which runs right after. Samplers that keep what they did themselves (CMA-ES, NSGA-II) live through all n
 * trials, as there; the others are given them.
 *
 * A window goes from tell to tell, so that what a model does between two asks counts. Models may be fitted again only now and then: a figure is the
 * mean of ten asks of one study; its repeats are further studies.
 */
import { study } from '../src/library/study.ts'
import type { Configuration } from '../src/core/trial.ts'
import type { ParameterDefinition } from '../src/core/space/definition.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import { drawConfiguration, mulberry32 } from './functions.ts'
import { missingRows } from './peers.ts'
import type { PeerSheet } from './peers.ts'
import type { Reach, Row } from './row.ts'
import { row } from './row.ts'

const parameters: { readonly [name: string]: ParameterDefinition } = {
  f1: { type: 'float', low: 0, high: 1 },
  f2: { type: 'float', low: -5, high: 5 },
  f3: { type: 'float', low: 0, high: 100 },
  lr: { type: 'float', low: 1e-6, high: 1e-1, log: true },
  wd: { type: 'float', low: 1e-8, high: 1, log: true },
  layers: { type: 'int', low: 1, high: 8 },
  hidden: { type: 'int', low: 16, high: 1024, log: true },
  // There `seed`, which is no name for a parameter here.
  shuffle: { type: 'int', low: 0, high: 100 },
  optimizer: { type: 'categorical', choices: ['sgd', 'adam', 'adamw', 'rmsprop'] },
  activation: { type: 'categorical', choices: ['relu', 'gelu', 'tanh'] },
}

function lossOf(configuration: Configuration): number {
  const at = (name: string): number => configuration[name] as number
  return (
    (at('f1') - 0.3) ** 2 +
    (at('f2') / 5) ** 2 +
    Math.abs(at('f3') - 50) / 100 +
    (Math.log10(at('lr')) + 3) ** 2 / 4 +
    (Math.log10(at('wd')) + 4) ** 2 / 16 +
    (at('layers') - 4) ** 2 / 9 +
    (Math.log2(at('hidden')) - 7) ** 2 / 9 +
    (configuration['optimizer'] === 'adamw' ? 0 : 0.2) +
    (configuration['activation'] === 'tanh' ? 0.1 : 0) +
    at('shuffle') / 1000
  )
}

interface Compared {
  readonly sampler: string
  readonly peers: readonly string[]
  /** Of the peer's time, from so many ended trials on. */
  readonly share: number
  readonly from: number
  /** Lives through its trials rather than being given them. */
  readonly lives?: boolean
}

const compared: readonly Compared[] = [
  { sampler: 'random', peers: ['Optuna random'], share: 0.1, from: 10 },
  { sampler: 'tpe', peers: ['Optuna TPE'], share: 0.1, from: 100 },
  { sampler: 'cma-es', peers: ['Optuna CMA-ES'], share: 0.1, from: 10, lives: true },
  { sampler: 'nsga2', peers: ['Optuna NSGA-II'], share: 0.1, from: 10, lives: true },
  { sampler: 'gp', peers: ['Optuna GP'], share: 0.1, from: 10 },
  { sampler: 'forest', peers: ['DeepHyper ET', 'DeepHyper RF'], share: 0.05, from: 100 },
  { sampler: 'auto', peers: [], share: NaN, from: NaN },
]

const sizes = [10, 100, 1_000, 10_000]
const asksEach = 10
const warmMs = 1_000

/** What nothing else can happen in, at the most. */
const loopMsAtMost = 100

interface Asked {
  readonly n: number
  /** Of each study the mean CPU time of an ask and its tell. */
  readonly cpuMs: readonly number[]
  /** CPU time of the loop's own thread: of each study the dearest ask. */
  readonly loopMs: readonly number[]
}

export async function askTell({ quick, peers, say }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const its of compared) {
    say(`${its.sampler}${its.peers.length > 0 ? ` beside ${its.peers.join(', ')}` : ''}`)
    const args = [its.sampler, its.lives ? 'lives' : 'given', ...(quick ? ['10', '100'] : sizes.map(String))]
    const asked = JSON.parse((await runNode([import.meta.filename, ...args])).stdout) as Asked[]
    const only = ['--only', its.peers.join(',')]
    const sheet: PeerSheet | null =
      its.peers.length > 0 ? await peers.run('ask_tell.py', quick ? [...only, '--quick'] : only) : null
    rows.push(...asked.flatMap((ours) => besideRows(its, ours, sheet)))
    const worst = asked.map(({ loopMs }) => Math.max(...loopMs))
    const reach = { type: 'at most', value: loopMsAtMost } as const
    rows.push(row('  on the loop, the dearest single ask', 'CPU ms', [Math.max(...worst)], { reach }))
    if (sheet) rows.push(...missingRows(`ask and tell, ${its.sampler}`, 'CPU ms', asked[0]!.cpuMs, sheet))
  }
  return rows
}

function besideRows({ sampler, peers, share, from }: Compared, { n, cpuMs }: Asked, sheet: PeerSheet | null): Row[] {
  const what = `ask and tell, ${sampler}, ${n.toLocaleString('en-US')} trials`
  const found = (sheet?.figures ?? []).filter(
    (figure) => figure.figure === 'ask+tell' && figure.n === n && peers.includes(figure.peer),
  )
  if (found.length === 0) return [row(what, 'CPU ms', cpuMs)]
  return found.map(({ peer, version, min, median, max }) => {
    const against = { name: `${peer} ${version ?? ''}`.trim(), values: [min, median, max] }
    const reach: Reach = { type: 'ratio at most', value: share }
    return row(what, 'CPU ms', cpuMs, { against, ...(n >= from ? { reach } : {}) })
  })
}

/** Studies of the first second, of which Node still compiles much, are not counted. */
async function measure(sampler: string, lives: boolean, n: number): Promise<Asked> {
  const cpuMs: number[] = []
  const loopMs: number[] = []
  const studies = n > 1_000 ? 2 : n > 100 ? 3 : 5
  const startedMs = performance.now()
  do await measureStudy(sampler, lives, n)
  while (performance.now() - startedMs < warmMs)
  for (let turn = 0; turn < studies; turn++) {
    const { cpu, loop } = await measureStudy(sampler, lives, n)
    cpuMs.push(cpu)
    loopMs.push(loop)
  }
  return { n, cpuMs, loopMs }
}

async function measureStudy(sampler: string, lives: boolean, n: number): Promise<{ cpu: number; loop: number }> {
  const draw = mulberry32(n)
  const running = await study({
    name: 'asked',
    space: parameters,
    objective: 'loss',
    epochs: { max: 1 },
    sampler,
    scheduler: 'none',
    budget: { trials: n + asksEach + 1 },
    initial: lives ? [] : Array.from({ length: n }, () => drawConfiguration({ parameters, forbidden: [] }, draw)),
  })
  const once = async (): Promise<void> => {
    const asked = await running.ask()
    if (asked === null) throw new Error(`${sampler} proposes nothing`)
    await running.report(asked, 1, { loss: lossOf(asked.configuration) })
    await running.tell(asked)
  }
  // The first ask after n trials that were given begins what later asks go on with.
  for (let trial = 0; trial < n + 1; trial++) await once()
  let loop = 0
  const start = process.cpuUsage()
  for (let ask = 0; ask < asksEach; ask++) {
    const before = process.threadCpuUsage()
    await once()
    loop = Math.max(loop, totalMs(process.threadCpuUsage(before)))
  }
  const cpu = totalMs(process.cpuUsage(start)) / asksEach
  await running.close()
  return { cpu, loop }
}

function totalMs({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system) / 1000
}

if (import.meta.main) {
  const [sampler = '', how, ...counts] = process.argv.slice(2)
  const asked: Asked[] = []
  for (const n of counts) asked.push(await measure(sampler, how === 'lives', Number(n)))
  process.stdout.write(JSON.stringify(asked))
}
