/**
 * D-Wave's quantum annealers, and the solvers that Ocean has for trying, through a Python process (bridge.ts) that is started by the first call.
 *
 * A call that fails because of the network, the service or a bridge that died is repeated `retries` times, after a pause. Everything else that is
 * missing is told at once. `timeLimitMs` is for one call with all its retries; a call that takes longer costs the bridge, and what else is under
 * way in it is repeated like after any death. No retry begins that could not end in time.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { bitsOf, distinctSamples } from '../core/predictors/qsvr/qubo.ts'
import type { Qubo } from '../core/predictors/qsvr/qubo.ts'
import type { ForetuneError } from '../errors.ts'
import type { Annealer, AnnealerAnswer, AnnealerSettings, SolverDescription } from '../ports.ts'
import {
  bridgeFailed,
  noRoom,
  notConfigured,
  packageMissing,
  pythonMissing,
  refused,
  silent,
  solverUnknown,
  unreachable,
} from './annealer-errors.ts'
import { Bridge } from './bridge.ts'
import type { Reply, Request, Trouble } from './bridge.ts'

export interface OceanOptions {
  /** The Python that has Ocean. Default: `FORETUNE_PYTHON`, else `python3`. */
  readonly python?: string
  readonly env?: { readonly [name: string]: string | undefined }
  /** Ocean also looks for its configuration in the current folder. */
  readonly cwd?: string
  readonly retries?: number
  readonly retryPauseMs?: number
  readonly timeLimitMs?: number
}

/** As published. */
export const annealerDefaults: AnnealerSettings = { reads: 1000, annealingTimeUs: 20, chainMultiplier: 10, keep: 4 }

type Fields = { readonly [field: string]: unknown }
type Failure = { readonly error: (tries: number) => ForetuneError; readonly mayHelp: boolean }

export function oceanAnnealer(options: OceanOptions = {}): Annealer {
  const env = options.env ?? process.env
  const python = options.python ?? (env['FORETUNE_PYTHON'] || 'python3')
  const { retries = 1, retryPauseMs = 5000, timeLimitMs = 600_000 } = options
  const closing = new AbortController()
  let bridge: Bridge | null = null

  function opened(): Bridge {
    if (bridge === null || bridge.isOver) bridge = new Bridge({ python, env, cwd: options.cwd })
    return bridge
  }

  async function replied(request: Request, untilMs: number): Promise<Reply> {
    const asked = opened()
    const limit = new AbortController()
    const late = pause(Math.max(0, untilMs - performance.now()), 'late' as const, { signal: limit.signal }).catch(
      () => 'late' as const,
    )
    const reply = await Promise.race([asked.ask(request), late])
    limit.abort()
    if (reply !== 'late') return reply
    await asked.kill()
    throw silent(timeLimitMs)
  }

  async function ask(request: Request): Promise<{ answer: Fields; tries: number }> {
    const untilMs = performance.now() + timeLimitMs
    for (let tries = 1; ; tries++) {
      if (closing.signal.aborted) throw bridgeFailed('was closed', '', tries)
      const reply = await replied(request, untilMs)
      if (reply.type === 'answer') return { answer: reply.answer, tries }
      const failure = failureOf(reply, python, request)
      const isLast = tries > retries || performance.now() + retryPauseMs >= untilMs || closing.signal.aborted
      if (!failure.mayHelp || isLast) throw failure.error(tries)
      await pause(retryPauseMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  return {
    name: 'ocean',
    async solve(qubo, settings) {
      const startedAt = performance.now()
      const request = { call: 'solve', ...settingsOf(settings), size: qubo.size, q: triangleOf(qubo) } as const
      const { answer, tries } = await ask(request)
      return answerOf(qubo, settings, answer, { tries, wallMs: performance.now() - startedAt })
    },
    async probe(settings) {
      const { answer } = await ask({ call: 'probe', ...settingsOf(settings) })
      return answer as unknown as SolverDescription // the bridge says just that
    },
    async close() {
      closing.abort()
      await bridge?.kill()
    },
  }
}

function settingsOf(settings: AnnealerSettings): Fields {
  const { solver = null, reads, annealingTimeUs, chainMultiplier, keep, seed, sweeps, betaRange } = settings
  return { solver, reads, annealingTimeUs, chainMultiplier, keep, seed, sweeps, betaRange }
}

/** Row by row, from the diagonal on. */
function triangleOf({ size, q }: Qubo): number[] {
  const triangle: number[] = []
  for (let i = 0; i < size; i++) triangle.push(...q.subarray(i * size + i, (i + 1) * size))
  return triangle
}

function answerOf(
  qubo: Qubo,
  { keep }: AnnealerSettings,
  answer: Fields,
  { tries, wallMs }: { readonly tries: number; readonly wallMs: number },
): AnnealerAnswer {
  const { samples, embeddingMs, qpuAccessMs, ...told } = answer as unknown as AnnealerAnswer['timing'] &
    Omit<AnnealerAnswer, 'samples'> & { readonly samples: readonly string[] }
  return {
    samples: distinctSamples(qubo, samples.map(bitsOf)).slice(0, keep),
    reads: told.reads,
    energies: told.energies,
    solver: told.solver,
    kind: told.kind,
    timing: { wallMs, embeddingMs, qpuAccessMs },
    tries,
    chainStrength: told.chainStrength,
    brokenChains: told.brokenChains,
    longestChain: told.longestChain,
    couplersDropped: told.couplersDropped,
    embedding: told.embedding,
  }
}

function failureOf(reply: Exclude<Reply, { type: 'answer' }>, python: string, request: Request): Failure {
  switch (reply.type) {
    case 'missing':
      return { error: () => pythonMissing(python, `nothing that starts (${reply.why})`), mayHelp: false }
    case 'ended':
      return { error: (tries) => bridgeFailed(reply.how, reply.said, tries), mayHelp: true }
    case 'trouble':
      return failureOfTrouble(reply.trouble, python, request)
  }
}

function failureOfTrouble(trouble: Trouble, python: string, request: Request): Failure {
  const { kind, text } = trouble
  const once = (error: ForetuneError): Failure => ({ error: () => error, mayHelp: false })
  switch (kind) {
    case 'python':
      return once(pythonMissing(python, text))
    case 'package':
      return once(packageMissing(trouble.python ?? python, trouble.packages ?? [], text))
    case 'configuration':
      return once(notConfigured(text))
    case 'solver':
      return once(solverUnknown(request['solver'] as string | null, trouble.known ?? [], text))
    case 'refused':
      return once(refused(text))
    case 'embedding':
      return once(noRoom(text))
    case 'connection':
    case 'failed':
      return { error: (tries) => unreachable(text, tries), mayHelp: true }
    default:
      return { error: (tries) => bridgeFailed('met something that it does not know', text, tries), mayHelp: false }
  }
}
