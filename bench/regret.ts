/**
 * What samplers find: simple regret after 50, 100 and 200 trials, one after the other, through the library's own `ask` and `tell`. Beside each stand
 * the peers of the same name, on the same functions with the same noise (`peer-regret.ts`). The regret of a noisy function is that of the true
 * value where the *observed* one is best.
 *
 * A sampler may be no worse than its peer on any function: one-sided, by signed ranks where both had the same seeds, by the rank sum where the peer
 * is too slow for so many; at 5 % over all functions (Holm).
 *
 *   node bench/regret.ts --samplers tpe,gp [--functions log4,...] [--seeds 5] [--evaluations 100] [--options JSON]
 */
import { parseArgs } from 'node:util'
import { study } from '../src/library/study.ts'
import type { BenchOptions } from './bench.ts'
import { functions, noise } from './functions.ts'
import type { FunctionName, TestFunction } from './functions.ts'
import { counts, measurePeer, storedPeerRegrets } from './peer-regret.ts'
import type { PeerRegrets } from './peer-regret.ts'
import { holm, rankSumP, signedRankP } from './rank-tests.ts'
import type { Row } from './row.ts'
import { quantile, row } from './row.ts'
import { tableText } from './table.ts'

const optunas = ['Optuna random', 'Optuna TPE', 'Optuna GP', 'Optuna CMA-ES', 'Optuna NSGA-II']

/** The peers that a sampler stands beside, each for itself; those of `auto` are one opponent: the best of them on each function. */
const opponents: {
  readonly [sampler: string]: readonly { readonly name: string; readonly peers: readonly string[] }[]
} = {
  random: [alone('Optuna random')],
  tpe: [alone('Optuna TPE')],
  gp: [alone('Optuna GP')],
  'cma-es': [alone('Optuna CMA-ES')],
  nsga2: [alone('Optuna NSGA-II')],
  forest: ['DeepHyper ET', 'DeepHyper RF', 'SMAC RF'].map(alone),
  auto: [{ name: 'the best of Optuna', peers: optunas }],
}

/** Samplers with opponents: a bench each. */
export const comparedSamplers: readonly string[] = Object.keys(opponents)

/** No opponent of these was measured further. */
const evaluationsAtMost: { readonly [sampler: string]: number } = { gp: 100, forest: 100 }

/** Nearer to the optimum than this is as good as there: what is left is rounding. */
const floor = 1e-9

interface Effort {
  readonly sampler: { readonly type: string }
  readonly functions: readonly FunctionName[]
  readonly seeds: number
  readonly evaluations: number
}

interface Found {
  readonly name: FunctionName
  /** By seed, by count. */
  readonly regrets: readonly (readonly number[])[]
  /** Of an ask and its tell, by seed. */
  readonly cpuMs: readonly number[]
}

function alone(peer: string): { readonly name: string; readonly peers: readonly string[] } {
  return { name: peer, peers: [peer] }
}

export function regretOf(sampler: string): (options: BenchOptions) => Promise<readonly Row[]> {
  return async ({ quick, say, peers }) => {
    const effort: Effort = {
      sampler: { type: sampler },
      functions: quick ? ['hartmann6'] : (Object.keys(functions) as FunctionName[]),
      seeds: quick ? 2 : 20,
      evaluations: quick ? counts[0]! : (evaluationsAtMost[sampler] ?? counts.at(-1)!),
    }
    const stored = storedPeerRegrets()
    const rows = rowsOf(sampler, await search(effort, say), stored)
    if (quick || peers.python === null) return rows
    const checks: Row[] = []
    for (const peer of (opponents[sampler] ?? []).flatMap(({ peers: names }) => names)) {
      say(`${peer} again`)
      checks.push(await storedAgain(peer, stored, peers))
    }
    return [...rows, ...checks]
  }
}

async function search(effort: Effort, say: (text: string) => void): Promise<Found[]> {
  const found: Found[] = []
  for (const name of effort.functions) {
    const regrets: number[][] = []
    const cpuMs: number[] = []
    for (let seed = 0; seed < effort.seeds; seed++) {
      const before = process.cpuUsage()
      regrets.push(await searchOnce(effort, functions[name], seed))
      const { user, system } = process.cpuUsage(before)
      cpuMs.push((user + system) / 1000 / effort.evaluations)
    }
    say(
      `${effort.sampler.type}, ${name}: ${(regrets[0] ?? []).map((_, at) => medianAt(regrets, at).toPrecision(3)).join(', ')}`,
    )
    found.push({ name, regrets, cpuMs })
  }
  return found
}

async function searchOnce({ sampler, evaluations }: Effort, its: TestFunction, seed: number): Promise<number[]> {
  const { space, optimum, noiseSd, value } = its
  const running = await study({
    name: 'regret',
    space: space.parameters,
    objective: 'loss',
    epochs: { max: 1 },
    sampler,
    scheduler: 'none',
    budget: { trials: evaluations },
    seed,
  })
  const regrets: number[] = []
  let best = { observed: Infinity, regret: Infinity }
  for (let trial = 0; trial < evaluations; trial++) {
    const asked = await running.ask()
    if (asked === null) throw new Error(`${sampler.type} proposes nothing at trial ${trial}`)
    const truth = value(asked.configuration)
    const observed = noiseSd > 0 ? truth + noiseSd * noise(seed, trial) : truth
    await running.report(asked, 1, { loss: observed })
    await running.tell(asked)
    if (observed < best.observed) best = { observed, regret: truth - optimum }
    if (counts.includes(trial + 1)) regrets.push(best.regret)
  }
  await running.close()
  return regrets
}

function rowsOf(sampler: string, found: readonly Found[], stored: PeerRegrets): Row[] {
  const rows: Row[] = []
  for (const [at, count] of counts.entries()) {
    const measured = found.filter(({ regrets }) => regrets[0]?.[at] !== undefined)
    const beside = (opponents[sampler] ?? []).flatMap(({ name, peers }) =>
      besideRows({ sampler, name, peers, at }, measured, stored),
    )
    const alone = measured.map(({ name, regrets }) =>
      row(`${sampler}, ${name} after ${count}`, 'regret', column(regrets, at)),
    )
    rows.push(...(beside.length > 0 ? beside : alone))
  }
  return [
    ...rows,
    row(
      `${sampler}, ask and tell, all functions`,
      'CPU ms',
      found.flatMap(({ cpuMs }) => cpuMs),
    ),
  ]
}

interface Beside {
  readonly sampler: string
  readonly name: string
  readonly peers: readonly string[]
  readonly at: number
}

/** One opponent after one count of trials: every function, then their geometric mean. */
function besideRows({ sampler, name, peers, at }: Beside, found: readonly Found[], stored: PeerRegrets): Row[] {
  const pairs = found.flatMap((its) => {
    const theirs = bestOf(peers, its.name, at, stored)
    return theirs ? [{ its, ours: column(its.regrets, at), theirs }] : []
  })
  if (pairs.length === 0) return []
  const worse = holm(pairs.map(({ ours, theirs }) => worseP(ours, theirs.values)))
  const ratios = pairs.map(({ ours, theirs }) => quantile(ours, 0.5) / quantile(theirs.values, 0.5))
  const rows = pairs.map(({ its, ours, theirs }, index) => ({
    ...row(`${sampler}, ${its.name} after ${counts[at]}`, 'regret', ours, { against: theirs }),
    ratio: ratios[index]!,
    reach: `not worse: p = ${worse[index]!.toPrecision(2)}`,
    ok: worse[index]! > 0.05,
  }))
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
  const what = `  geometric mean of ${ratios.length} ratios to ${name}`
  // Uniform draws are no better here than there.
  return [...rows, row(what, '', [mean], sampler === 'random' ? {} : { reach: { type: 'at most', value: 1 } })]
}

function bestOf(
  peers: readonly string[],
  name: FunctionName,
  at: number,
  stored: PeerRegrets,
): { name: string; values: number[] } | null {
  const able = peers.flatMap((peer) => {
    const regrets = stored[peer]?.functions[name]?.regrets
    if (regrets?.[0]?.[at] === undefined) return []
    return [{ name: `stored, ${peer} ${stored[peer]!.version}`, values: column(regrets, at) }]
  })
  return able.toSorted((a, b) => quantile(a.values, 0.5) - quantile(b.values, 0.5))[0] ?? null
}

/** The chance of regrets as large as ours, or larger, if neither side were better. */
function worseP(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return rankSumP(ours, theirs)
  return signedRankP(ours.map((regret, seed) => regret - theirs[seed]!))
}

/** What is stored still holds: the peer's first seed on one function, measured now. */
async function storedAgain(peer: string, stored: PeerRegrets, peers: BenchOptions['peers']): Promise<Row> {
  const name = 'hartmann6'
  const before = stored[peer]?.functions[name]?.regrets[0] ?? []
  const evaluations = counts[before.length - 1] ?? counts[0]!
  const again = await measurePeer(peers, peer, { seeds: 1, evaluations, functions: [name] })
  const now = again.functions[name]?.regrets[0] ?? []
  const against = { name: `stored, ${peer} ${stored[peer]?.version ?? ''}`, values: [before.at(-1) ?? NaN] }
  return {
    ...row(`${peer} ${again.version} again, ${name} seed 0 after ${evaluations}`, 'regret', [now.at(-1) ?? NaN], {
      against,
    }),
    reach: 'as stored, to 1 %',
    ok: before.length > 0 && now.every((regret, at) => Math.abs(regret - before[at]!) <= 0.01 * before[at]!),
  }
}

function column(regrets: readonly (readonly number[])[], at: number): number[] {
  return regrets.map((bySeed) => Math.max(floor, bySeed[at] ?? NaN))
}

function medianAt(regrets: readonly (readonly number[])[], at: number): number {
  return quantile(column(regrets, at), 0.5)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      samplers: { type: 'string', default: 'auto' },
      functions: { type: 'string', default: Object.keys(functions).join(',') },
      seeds: { type: 'string', default: '5' },
      evaluations: { type: 'string', default: '200' },
      options: { type: 'string', default: '{}' },
    },
  })
  for (const type of values.samplers.split(',')) {
    const effort: Effort = {
      sampler: { ...(JSON.parse(values.options) as object), type },
      functions: values.functions.split(',') as FunctionName[],
      seeds: Number(values.seeds),
      evaluations: Number(values.evaluations),
    }
    const found = await search(effort, (text) => void process.stderr.write(`  ${text}\n`))
    process.stdout.write(`${tableText(rowsOf(type, found, storedPeerRegrets()))}\n\n`)
  }
}
