/**
 * One Python process that speaks with Ocean: `python/foretune_ocean.py`, a JSON object a line in either direction. Requests may overlap; answers
 * come by their ids.
 *
 * It ends with its standard input, so with this process; while nothing is asked of it, it keeps nobody alive. It has a process group of its own:
 * Ctrl-C in a terminal is not meant for it.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export type Request = { readonly call: 'probe' | 'solve'; readonly [setting: string]: unknown }

export interface Trouble {
  readonly kind: string
  readonly text: string
  readonly packages?: readonly string[]
  readonly known?: readonly string[]
  readonly python?: string
}

/** How a request ended. `ended`: the process did, before it answered. */
export type Reply =
  | { readonly type: 'answer'; readonly answer: { readonly [field: string]: unknown } }
  | { readonly type: 'trouble'; readonly trouble: Trouble }
  | { readonly type: 'missing'; readonly why: string }
  | { readonly type: 'ended'; readonly how: string; readonly said: string }

export interface BridgeOptions {
  readonly python: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string | undefined
}

/** The same place in a clone and in an installed package. */
const program = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'python', 'foretune_ocean.py')
const saidMax = 2000
/** How a shell says that there is no such program, or that it may not be executed. */
const notStarted = new Set([126, 127])

export class Bridge {
  readonly #options: BridgeOptions
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  readonly #ended = Promise.withResolvers<void>()
  #lastId = 0
  #said = ''
  #end: Reply | null = null

  constructor(options: BridgeOptions) {
    this.#options = options
    this.#process = spawn(options.python, [program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...options.env },
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const { stdin, stdout, stderr } = this.#process
    stdin.on('error', () => undefined) // it is gone; `close` tells how
    createInterface({ input: stdout }).on('line', (line) => this.#hear(line))
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-saidMax)
    })
    this.#process.on('error', (error) => this.#finish({ type: 'missing', why: error.message }))
    this.#process.on('close', (code, signal) => this.#finish(this.#endOf(code, signal)))
    this.#keepAlive(false)
  }

  get isOver(): boolean {
    return this.#end !== null
  }

  /** Never rejects: the end of the process is a reply, too. */
  ask(request: Request): Promise<Reply> {
    if (this.#end !== null) return Promise.resolve(this.#end)
    return new Promise((resolve) => {
      const id = ++this.#lastId
      this.#waiting.set(id, resolve)
      this.#keepAlive(true)
      this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    })
  }

  /** Resolves when it is gone. What it was asked gets `ended`. */
  async kill(): Promise<void> {
    if (this.#end === null && this.#process.pid !== undefined) {
      this.#keepAlive(true)
      try {
        process.kill(-this.#process.pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it went by itself
      }
    }
    await this.#ended.promise
  }

  #hear(line: string): void {
    const reply = replyOf(line)
    const resolve = reply === null ? undefined : this.#waiting.get(reply.id)
    if (reply === null || resolve === undefined) {
      // Whatever this program is, it is not the bridge: what it was asked will never be answered.
      this.#said = `${this.#said}${line.slice(0, saidMax)}\n`
      void this.kill()
      return
    }
    this.#waiting.delete(reply.id)
    this.#keepAlive(this.#waiting.size > 0)
    resolve(reply.reply)
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null): Reply {
    const said = withoutSecrets(this.#said, this.#options.env).trim()
    if (code !== null && notStarted.has(code)) return { type: 'missing', why: said || `exit status ${code}` }
    return { type: 'ended', how: signal === null ? `ended with status ${code}` : `was ended by ${signal}`, said }
  }

  #finish(end: Reply): void {
    if (this.#end !== null) return
    this.#end = end
    for (const resolve of this.#waiting.values()) resolve(end)
    this.#waiting.clear()
    this.#ended.resolve()
  }

  #keepAlive(isWanted: boolean): void {
    const word = isWanted ? 'ref' : 'unref'
    this.#process[word]()
    // With `pipe` all three are sockets, whatever their type says.
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr])
      (stream as unknown as Socket)[word]()
  }
}

function replyOf(line: string): { readonly id: number; readonly reply: Reply } | null {
  try {
    const { id, answer, error } = JSON.parse(line) as {
      id: number
      answer?: { [field: string]: unknown }
      error?: Trouble
    }
    if (typeof id !== 'number') return null
    if (typeof answer === 'object') return { id, reply: { type: 'answer', answer } }
    if (typeof error?.kind === 'string') return { id, reply: { type: 'trouble', trouble: error } }
    return null
  } catch {
    return null // no JSON: the caller says what came instead
  }
}

/** The bridge redacts what it says; this is for what is said before it runs, by whatever stands in the place of Python. */
function withoutSecrets(text: string, env: BridgeOptions['env']): string {
  let clean = text
  for (const [name, value] of Object.entries(env))
    if (/^DWAVE_.*(TOKEN|HEADERS|PROXY)/.test(name) && value) clean = clean.replaceAll(value, '[token]')
  return clean
}
