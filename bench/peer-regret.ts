/**
 * What the peers found on the functions, seed by seed: `results/peer-regret.json`. Seeds fix it, whatever the machine, and some peers take minutes a
 * study, so it is measured once a version, and each bench that stands beside it measures a part again.
 *
 *   node bench/peer-regret.ts 'Optuna GP' [--functions hartmann6,...] [--seeds 3] [--evaluations 100] [--peers VENV]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { shared } from '../test/shared.ts'
import { cleanEnvironment, runProgram } from './child.ts'
import { functions } from './functions.ts'
import type { FunctionName } from './functions.ts'
import { peersIn } from './peers.ts'
import type { Peers } from './peers.ts'
import { quantile } from './row.ts'

/** The evaluations after which a regret is noted; of a study that ended earlier, the first of them. */
export const counts: readonly number[] = [50, 100, 200]

export interface PeerRegret {
  readonly version: string
  /** A function that it was not asked, or cannot express, is missing. */
  readonly functions: { readonly [name in FunctionName]?: FoundByPeer }
}

export interface FoundByPeer {
  /** CPU time of an ask and its tell: of each study the mean, of those the median. */
  readonly cpuMs: number
  /** By seed, by count. */
  readonly regrets: readonly (readonly number[])[]
}

export type PeerRegrets = { readonly [peer: string]: PeerRegret }

interface Study {
  readonly function: FunctionName
  readonly seed: number
  readonly version: string
  readonly regret: readonly number[]
  readonly cpuMs: number
}

export interface PeerEffort {
  readonly seeds: number
  readonly evaluations: number
  readonly functions: readonly FunctionName[]
}

const file = fileURLToPath(new URL('results/peer-regret.json', import.meta.url))
const driver = fileURLToPath(new URL('peer_regret.py', import.meta.url))

export function storedPeerRegrets(): PeerRegrets {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PeerRegrets) : {}
}

export async function measurePeer({ python }: Peers, peer: string, effort: PeerEffort): Promise<PeerRegret> {
  if (python === null) throw new Error('no virtual environment: node bench/peers.ts --setup')
  const scripts = shared.path('peers-bench')
  const env = { ...cleanEnvironment(), PYTHONPATH: scripts, PYTHONDONTWRITEBYTECODE: '1' }
  const args = [driver, peer, String(effort.evaluations), String(effort.seeds), effort.functions.join(',')]
  const { stdout } = await runProgram(python, args, { cwd: scripts, env })
  return regretOf(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Study),
  )
}

function regretOf(studies: readonly Study[]): PeerRegret {
  const found = Object.groupBy(studies, (study) => study.function)
  return {
    version: studies[0]?.version ?? '',
    functions: Object.fromEntries(
      Object.entries(found).map(([name, its]) => [
        name,
        {
          cpuMs: sixDigits(
            quantile(
              its.map(({ cpuMs }) => cpuMs),
              0.5,
            ),
          ),
          regrets: its.toSorted((a, b) => a.seed - b.seed).map(({ regret }) => regret.map(sixDigits)),
        },
      ]),
    ),
  }
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6))
}

/** Functions that were not measured now keep what they have, if it is of the same version. */
function keep(peer: string, { version, functions: measured }: PeerRegret): void {
  const stored = storedPeerRegrets()
  const before = stored[peer]?.version === version ? stored[peer].functions : {}
  const all: PeerRegrets = { ...stored, [peer]: { version, functions: { ...before, ...measured } } }
  const peers = Object.keys(all)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}: ${peerText(all[name] as PeerRegret)}`)
  writeFileSync(file, `{\n${peers.join(',\n')}\n}\n`)
}

/** A line a function. */
function peerText({ version, functions: found }: PeerRegret): string {
  const lines = Object.entries(found).map(([name, its]) => `  ${JSON.stringify(name)}: ${JSON.stringify(its)}`)
  return `{"version": ${JSON.stringify(version)}, "functions": {\n${lines.join(',\n')}\n}}`
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      functions: { type: 'string', default: Object.keys(functions).join(',') },
      seeds: { type: 'string', default: '20' },
      evaluations: { type: 'string', default: '200' },
      peers: { type: 'string' },
    },
  })
  for (const peer of positionals) {
    // Function by function: what has been measured is kept, whatever comes later.
    for (const name of values.functions.split(',') as FunctionName[]) {
      const effort = { seeds: Number(values.seeds), evaluations: Number(values.evaluations), functions: [name] }
      try {
        keep(peer, await measurePeer(peersIn(values.peers), peer, effort))
        process.stderr.write(`${peer}, ${name}\n`)
      } catch (error) {
        process.stderr.write(`${peer}, ${name}: ${(error as Error).message}\n`)
      }
    }
  }
}
