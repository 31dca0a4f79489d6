/**
 * Other systems, measured by the scripts of `../shared/peers-bench` in the same run. They live in a virtual environment:
 * `node bench/peers.ts --setup` makes `bench/.venv`; `--peers VENV` names another one. What is not installed is told as missing.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { shared } from '../test/shared.ts'
import { cleanEnvironment, runProgram } from './child.ts'
import type { Reference, Row } from './row.ts'
import { ratioOf, row } from './row.ts'

const ownVenv = fileURLToPath(new URL('.venv', import.meta.url))
/** With a version: its figures are stored (`results/peer-regret.json`). */
const packages = [
  'optuna==5.0.0',
  'cmaes==0.13.1',
  'torch==2.13.0',
  'scikit-learn==1.9.1',
  'deephyper==0.13.2',
  'smac==2.4.1',
  'pandas',
  'psutil',
  'huggingface_hub',
  'syne-tune',
  'ray[tune]',
]

/** One figure of a script, as it prints it. */
export interface PeerFigure {
  readonly figure: string
  readonly peer: string
  readonly version: string | null
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  readonly processes?: number
  /** Of ask_tell.py: the trials that had ended. */
  readonly n?: number
}

export interface PeerSheet {
  readonly figures: readonly PeerFigure[]
  readonly missing: readonly { readonly peer: string; readonly reason: string }[]
  /** Of kill_controller.py. */
  readonly facts?: readonly { readonly [name: string]: unknown }[]
}

export interface Peers {
  /** Why no peer can be measured, or null. */
  readonly missing: string | null
  /** Their interpreter, or null. */
  readonly python: string | null
  run(script: string, args?: readonly string[]): Promise<PeerSheet>
}

export function peersIn(venv: string = ownVenv): Peers {
  const python = join(venv, 'bin', 'python')
  const scripts = shared.path('peers-bench')
  const missing = !existsSync(scripts)
    ? 'the scripts of ../shared/peers-bench are not there'
    : !existsSync(python)
      ? 'no virtual environment: node bench/peers.ts --setup'
      : null
  return {
    missing,
    python: missing === null ? python : null,
    async run(script, args = []) {
      if (missing !== null) return { figures: [], missing: [{ peer: 'all', reason: missing }] }
      const env = { ...cleanEnvironment(), PYTHONDONTWRITEBYTECODE: '1' }
      const { stdout } = await runProgram(python, [join(scripts, script), '--json', ...args], { cwd: scripts, env })
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as PeerSheet
    },
  }
}

export interface PeerValues extends Reference {
  readonly version: string | null
}

/** What a script says of a figure, by peer. */
export function valuesOf(sheet: PeerSheet, figure: string, processes?: number): PeerValues[] {
  return sheet.figures
    .filter((found) => found.figure === figure && (processes === undefined || found.processes === processes))
    .map(({ peer, version, min, median, max }) => ({ name: peer, version, values: [min, median, max] }))
}

/**
 * Ours beside each peer. The best peer's row has the verdict: ten times as good, or, where that is nearer, half as good as doing the bare
 * work without any system.
 */
export function besidePeers(
  what: string,
  unit: string,
  ours: readonly number[],
  peers: readonly PeerValues[],
  options: { readonly better: 'more' | 'less'; readonly floor?: Reference },
): Row[] {
  const gain = (than: Reference): number =>
    options.better === 'more' ? ratioOf(ours, than.values) : 1 / ratioOf(ours, than.values)
  const { floor } = options
  const best = peers.toSorted((a, b) => gain(a) - gain(b))[0]
  return peers.map((peer) => {
    const against = { name: `${peer.name} ${peer.version ?? ''}`.trim(), values: peer.values }
    const plain = row(`${what}, beside ${peer.name}`, unit, ours, { against })
    if (peer !== best) return plain
    const isOk = gain(peer) >= 10 || (floor !== undefined && gain(floor) >= 0.5)
    const factor = options.better === 'more' ? 'ratio ≥ 10' : 'ratio ≤ 0.1'
    const orFloor = floor ? `, or half of ${floor.name} (${gain(floor).toPrecision(2)})` : ''
    return { ...plain, reach: `${factor}${orFloor}`, ok: isOk }
  })
}

/** A row for each peer that could not be measured. */
export function missingRows(what: string, unit: string, ours: readonly number[], sheet: PeerSheet): Row[] {
  return sheet.missing.map(({ peer, reason }) => row(what, unit, ours, { note: `missing: ${peer}: ${reason}` }))
}

function setUp(): void {
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', ownVenv]],
    [join(ownVenv, 'bin', 'python'), ['-m', 'pip', 'install', ...packages]],
  ]
  for (const [file, args] of steps) {
    const { status } = spawnSync(file, args, { stdio: 'inherit' })
    if (status !== 0) process.exit(status ?? 1)
  }
}

if (import.meta.main) {
  if (process.argv.includes('--setup')) setUp()
  else process.stderr.write('usage: node bench/peers.ts --setup\n')
}
