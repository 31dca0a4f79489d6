/** What this machine can do for studies, found by looking and by asking its programs for their versions. */
import { execFile } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { annealerDefaults, oceanAnnealer } from '../annealers/ocean.ts'
import { ForetuneError } from '../errors.ts'
import { thisMachine } from '../executors/slots.ts'
import { networkFileSystem, refuseNetworkFileSystem } from '../stores/network-file-system.ts'
import { openStore } from '../stores/open.ts'
import { bytesText, findProgram, freeBytes, isWritable, nearestFolder } from './finding.ts'
import type { Finding } from './finding.ts'

type Environment = { readonly [name: string]: string | undefined }

export interface Surroundings {
  readonly env: Environment
  readonly cwd: string
  readonly store: string
}

const answerWithinMs = 20_000

export async function inspectMachine(at: Surroundings): Promise<Finding[]> {
  const [sqlite, python, store, annealer] = await Promise.all([
    sqliteFinding(),
    pythonFindings(at),
    storeFindings(at.store),
    annealerFinding(at),
  ])
  return [
    { level: 'ok', about: 'node', text: `${process.versions.node} (${process.execPath})` },
    sqlite,
    ...machineFindings(),
    ...systemFindings(at),
    ...store,
    ...python,
    annealer,
    ...engineFindings(at),
  ]
}

async function sqliteFinding(): Promise<Finding> {
  const { DatabaseSync } = await import('node:sqlite')
  using database = new DatabaseSync(':memory:')
  const row = database.prepare('select sqlite_version() as version').get()
  return { level: 'ok', about: 'sqlite', text: String(row?.['version']) }
}

function machineFindings(): Finding[] {
  const { cores, gpus } = thisMachine()
  const limit = process.constrainedMemory()
  const memory =
    limit > 0 && limit < totalmem()
      ? `${bytesText(limit)} (of ${bytesText(totalmem())}: limited)`
      : bytesText(totalmem())
  return [
    { level: 'ok', about: 'cores', text: String(cores.length) },
    { level: 'ok', about: 'memory', text: memory },
    { level: 'ok', about: 'gpus', text: gpus.length === 0 ? 'none that is visible' : gpus.join(', ') },
  ]
}

function systemFindings(at: Surroundings): Finding[] {
  const proc: Finding = existsSync('/proc/self/stat')
    ? { level: 'ok', about: '/proc', text: 'there: processes are told apart by their start' }
    : {
        level: 'warn',
        about: '/proc',
        text: 'missing: whether a controller still lives is told by its heartbeat alone',
      }
  const sh = findProgram('sh', at.env['PATH'] ?? '', at.cwd)
  return [
    proc,
    sh === null
      ? { level: 'error', about: 'sh', text: 'not found: attempts are started and watched by a POSIX shell' }
      : { level: 'ok', about: 'sh', text: sh },
  ]
}

async function storeFindings(url: string): Promise<Finding[]> {
  const about = 'store'
  const file = /^sqlite:(.+)$/s.exec(url)?.[1]
  try {
    if (file === undefined || existsSync(file)) {
      await (await openStore(url, { readOnly: true })).close()
      if (file === undefined) return [{ level: 'ok', about, text: url }]
    }
    const folder = nearestFolder(dirname(file))
    refuseNetworkFileSystem(file, networkFileSystem(folder), process.env)
    const there = existsSync(file)
    const place = `${url} on ${fileSystemText(folder)}, ${bytesText(freeBytes(folder))} free`
    if (!isWritable(there ? file : folder) || !isWritable(folder))
      return [{ level: 'error', about, text: `${place}: read-only for this user; name another one with --store` }]
    return [{ level: 'ok', about, text: there ? place : `${place}; made by the first run` }]
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return [{ level: 'error', about, text: `${error.code}: ${error.message}` }]
  }
}

/** The kinds that are common on local disks, by the number that statfs gives. */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x01021994, 'tmpfs (in memory: lost when the machine restarts)'],
  [0x794c7630, 'overlayfs (of a container: lost with it unless mounted)'],
  [0xf2f52010, 'f2fs'],
  [0x1a, 'apfs'],
])

function fileSystemText(folder: string): string {
  const { type } = statfsSync(folder)
  return fileSystems.get(type >>> 0) ?? `a local file system (type 0x${(type >>> 0).toString(16)})`
}

/** Where the client lies, in a clone and in an installed package alike. */
const clientFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'python')

async function pythonFindings(at: Surroundings): Promise<Finding[]> {
  const python = findProgram('python3', at.env['PATH'] ?? '', at.cwd)
  if (python === null) return [{ level: 'note', about: 'python3', text: 'not found: only needed for trials in Python' }]
  const script =
    'import sys, importlib.util as u; print(sys.version.split()[0], u.find_spec("foretune") and u.find_spec("foretune").origin)'
  const answer = await answerOf(python, ['-c', script], at)
  const [version = '', client = 'None'] = answer === null ? [] : answer.trim().split(/ (.*)/s)
  if (answer === null) return [{ level: 'warn', about: 'python3', text: `${python} does not run` }]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < 3 || (major === 3 && minor < 8)
  return [
    isOld
      ? { level: 'warn', about: 'python3', text: `${version} (${python}): the client needs 3.8 or newer` }
      : { level: 'ok', about: 'python3', text: `${version} (${python})` },
    client === 'None'
      ? {
          level: 'note',
          about: 'client',
          text: `\`import foretune\` finds nothing: \`pip install ${clientFolder}\`, or \`env: { PYTHONPATH: ${clientFolder} }\` in the study file`,
        }
      : { level: 'ok', about: 'client', text: client },
  ]
}

/** Only studies that ask for a quantum annealer need one: none is no warning, one that is configured and does not work is. */
async function annealerFinding({ env, cwd }: Surroundings): Promise<Finding> {
  const about = 'annealer'
  const annealer = oceanAnnealer({ env, cwd, retries: 0, timeLimitMs: answerWithinMs })
  try {
    const { solver, qubits, topology } = await annealer.probe(annealerDefaults)
    return { level: 'ok', about, text: `${solver} (${qubits} qubits, ${topology})` }
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    const isThere = !/_(PYTHON_MISSING|PACKAGE_MISSING|NOT_CONFIGURED|BRIDGE_FAILED)$/.test(error.code)
    return { level: isThere ? 'warn' : 'note', about, text: `${error.code}: ${error.message}` }
  } finally {
    await annealer.close()
  }
}

/** What a program prints; null where it fails or takes too long. */
async function answerOf(program: string, args: readonly string[], { env, cwd }: Surroundings): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args], { timeout: answerWithinMs, cwd, env: { ...env } })
    return stdout
  } catch {
    return null // the finding says so
  }
}

const engines = [
  { about: 'slurm', program: 'sbatch', get: 'run Foretune on a login node of the cluster, or install slurm-client' },
  { about: 'mpi', program: 'mpirun', get: 'install Open MPI or MPICH, or `module load` one' },
  { about: 'ssh', program: 'ssh', get: 'install openssh-client' },
  { about: 'grid-engine', program: 'qsub', get: 'run Foretune on a submit host of the cluster' },
  { about: 'ray', program: 'ray', get: '`pip install ray`' },
] as const

/** None of them is needed for studies on this machine. */
function engineFindings(at: Surroundings): Finding[] {
  return engines.map(({ about, program, get }) => {
    const found = findProgram(program, at.env['PATH'] ?? '', at.cwd)
    return found === null
      ? { level: 'note', about, text: `${program} not found: ${get}` }
      : { level: 'ok', about, text: found }
  })
}
