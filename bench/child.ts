/** Programs beside the bench, timed from their start to their end. */
import { spawn } from 'node:child_process'
import type { SpawnOptions } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Ended {
  readonly ms: number
  readonly stdout: string
}

/** The environment without what a user's shell may have set for Foretune and Node. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, FORETUNE_STORE: '', NODE_OPTIONS: '', NO_COLOR: '1' }
}

/** Rejects unless the program ends with 0. */
export function runProgram(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(file, args, { env: cleanEnvironment(), ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
    child.stderr?.on('data', (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-2_000)))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const ms = performance.now() - startedMs
      if (code === 0) resolve({ ms, stdout })
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code ?? signal}: ${stderr}`))
    })
  })
}

/** With the Node that runs the bench. */
export function runNode(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return runProgram(process.execPath, args, options)
}

/** The largest resident size of a Node program, in MiB: asked of the program itself when it ends. */
export async function peakMemory(args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  return withFolder(async (folder) => {
    const file = join(folder, 'peak')
    const hook = `import { writeFileSync } from 'node:fs'
      process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`
    await runNode(['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...args], options)
    return Number(readFileSync(file, 'utf8')) / 1024
  })
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
