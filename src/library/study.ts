/**
 * The library's study: the same store, log and controller as the command line's, with an asynchronous function as the trial, or with the
 * caller's own loop (`ask`, `report`, `tell`).
 */
import { dirname, join, resolve } from 'node:path'
import type { SamplerKind } from '../core/samplers/sampler.ts'
import type { SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { Configuration, Json, Metrics } from '../core/trial.ts'
import type { ConfigurationOf, SpaceParameters } from '../core/space/builders.ts'
import type { AlgorithmDefinition, Budget, Failures, Objective, WarmStart } from '../core/study/definition.ts'
import type { Event } from '../core/study/events.ts'
import type { Study } from '../core/study/study.ts'
import type { Best, BestTrial } from '../core/study/views/best.ts'
import { best } from '../core/study/views/best.ts'
import type { ImportanceOptions, ImportanceReport } from '../core/study/views/importance.ts'
import type { PredictionReport } from '../core/study/views/prediction.ts'
import { prediction } from '../core/study/views/prediction.ts'
import type { Progress } from '../core/study/views/progress.ts'
import { progress } from '../core/study/views/progress.ts'
import { reasonText } from '../core/study/views/reason-text.ts'
import { ForetuneError } from '../errors.ts'
import { inProcessExecutor } from '../executors/in-process.ts'
import type { InProcessObjective, InProcessTrial } from '../executors/in-process.ts'
import { outsideExecutor } from '../executors/outside.ts'
import type { Executor } from '../ports.ts'
import type { AskedOrder, Standing } from '../runtime/asked.ts'
import type { StudyToRun } from '../runtime/controller.ts'
import { foldStudy } from '../runtime/fold.ts'
import { accepted, perform } from '../runtime/perform.ts'
import { openStore } from '../stores/open.ts'
import { programAsJson } from '../wire/program.ts'
import { readStudyObject } from '../wire/study-file.ts'
import { listedAlgorithms, withOwnAlgorithms, type OwnAlgorithms } from './own-algorithms.ts'
import { changesAsFacts } from './changes-as-facts.ts'
import { foldCacheFile, openSession } from './session.ts'
import { importanceOf } from './importance.ts'
import type { Session, SessionOptions } from './session.ts'

/** What a study is made of: the study file's fields as an object, and where its log is kept. */
export interface StudyOptions<Space extends SpaceParameters> {
  readonly name: string
  readonly space: Space
  readonly objective?: string | (Partial<Objective> & { readonly metric: string })
  readonly objectives?: readonly (Partial<Objective> & { readonly metric: string })[]
  readonly forbidden?: readonly { readonly [parameter: string]: unknown }[]
  readonly constraints?: readonly { readonly metric: string; readonly atMost?: number; readonly atLeast?: number }[]
  readonly epochs?: { readonly min?: number; readonly max: number; readonly resource?: string }
  /** A name, a builder's result, or a sampler of your own. */
  readonly sampler?: string | AlgorithmDefinition | SamplerKind
  /** The same for schedulers. */
  readonly scheduler?: string | AlgorithmDefinition | SchedulerKind
  readonly budget?: Omit<Budget, 'timeMs'> & { readonly time?: string }
  readonly failures?: Partial<Omit<Failures, 'timeoutMs' | 'noReportForMs' | 'graceMs'>> & {
    readonly timeout?: string
    readonly noReportFor?: string
    readonly grace?: string
  }
  readonly seed?: number
  readonly initial?: readonly Configuration[]
  /** An earlier study, or a file of results: the first trials are drawn from around its best ones. */
  readonly warmStart?: string | (Partial<Omit<WarmStart, 'from' | 'places'>> & { readonly from: string })
  readonly linger?: string
  /** `memory` (the default), `sqlite:FILE`. */
  readonly store?: string
  /** Algorithms of your own that `sampler` and `scheduler` may name, with options. */
  readonly algorithms?: OwnAlgorithms
}

export type ObjectiveFunction<C> = (trial: InProcessTrial<C>) => Promise<unknown>

export interface RunOptions {
  /** Trials at once (default 1). */
  readonly slots?: number
  /** Aborting it stops the study: trials save, `run` resolves with what there is, a later `run` goes on. */
  readonly signal?: AbortSignal
  readonly onEvents?: (events: readonly Event[], study: Study) => void
}

/** A best trial with its configuration's own type. */
export type TypedTrial<C> = Omit<BestTrial, 'configuration'> & { readonly configuration: C }

export interface StudyResult<C> {
  /** The best trial; with several objectives the first of `front`. */
  readonly best: TypedTrial<C>
  /** One trial; with several objectives the Pareto front. */
  readonly front: readonly TypedTrial<C>[]
  readonly among: Best['among']
  readonly progress: Progress
  /** What prediction has spared, and how far it can be trusted; null where the scheduler predicts nothing. */
  readonly prediction: PredictionReport | null
  /** Why the study ended; null if it was stopped and can go on. */
  readonly finished: string | null
}

export interface StudyHandle<C> {
  readonly name: string
  /** Runs the study until it ends: at most once at a time. Continues it if the store holds it already. Throws `STUDY_WITHOUT_REPORT` if there is no answer. */
  run(objective: ObjectiveFunction<C>, options?: RunOptions): Promise<StudyResult<C>>
  /** The next thing to train in your own loop; null if there is nothing at present: the study has ended, or other trials must report first. */
  ask(): Promise<(Omit<AskedOrder, 'configuration'> & { readonly configuration: C }) | null>
  /** One measurement of an asked trial; says whether it should train on. */
  report(trial: number | { readonly trial: number }, epoch: number, metrics: Metrics): Promise<Standing>
  /** Ends an asked trial's attempt. */
  tell(trial: number | { readonly trial: number }, outcome?: { readonly failed?: boolean }): Promise<Standing>
  /** Where the study stands. Throws `STUDY_WITHOUT_REPORT` while no trial has reported. */
  result(): Promise<StudyResult<C>>
  /** Which parameters mattered so far. Throws `TOO_FEW_TRIALS` while there is too little to tell from. */
  importance(options?: ImportanceOptions): Promise<ImportanceReport>
  /** Releases the store. */
  close(): Promise<void>
}

/**
 * Opens a study, creating it when it first runs. Options are checked like a study file: `STUDY_FILE_INVALID` names all that is wrong.
 *
 * @example
 * const digits = await study({ name: 'digits', space: { lr: float(1e-5, 1e-1, { log: true }) }, objective: 'loss', epochs: { max: 9 } })
 * const { best } = await digits.run(async (trial) => {
 *   for await (const epoch of trial.epochs()) await trial.report({ loss: train(trial.configuration.lr, epoch) })
 * })
 */
export async function study<const Space extends SpaceParameters>(
  options: StudyOptions<Space>,
): Promise<StudyHandle<ConfigurationOf<Space>>> {
  const { store: url = 'memory', ...given } = options
  const { fields, algorithms } = withOwnAlgorithms(given)
  const { definition, program } = await readStudyObject(fields, { algorithms: listedAlgorithms(algorithms) })
  const store = await openStore(url)
  const create: Omit<StudyToRun, 'createdAt'> = {
    definition,
    program: programAsJson(program),
    directory: directoryOf(url, definition.name),
  }
  return handle({
    store,
    create,
    algorithms,
    openWith: (begun) => changesAsFacts(begun, { definition, program }, 'library'),
  })
}

function directoryOf(url: string, name: string): string {
  return url.startsWith('sqlite:') ? join(dirname(resolve(url.slice('sqlite:'.length))), 'foretune', name) : ''
}

/** A loop that asks alone would take a null for the end: what a predictor is being trained for is worth waiting for. */
async function askedOrWaited(session: Session, ask: () => Promise<Json>): Promise<AskedOrder | null> {
  const { state } = session.study
  for (;;) {
    const fitsBefore = state.fitsDone + state.fitsFailed
    const order = (await ask()) as AskedOrder | { readonly trial: null }
    if (order.trial !== null) return order
    const isFitting = state.fits.size > 0 || state.fitsDone + state.fitsFailed > fitsBefore
    if (state.finished !== null || !isFitting) return null
    await session.fitted()
  }
}

type Opening = Required<Pick<SessionOptions, 'store' | 'create' | 'algorithms' | 'openWith'>>

function handle<C>(opening: Opening): StudyHandle<C> {
  const { store, algorithms } = opening
  const { name } = opening.create.definition
  let asking: Promise<Session> | null = null
  let running = false

  /** The controller stays between two calls, also when the study has ended: then there is nothing more to ask for. */
  async function sessionToAsk(): Promise<Session> {
    asking ??= openSession({ ...opening, name, executor: outsideExecutor, stays: true })
    try {
      return await asking
    } catch (error) {
      asking = null // refused now, perhaps not the next time
      throw error
    }
  }

  async function wish(type: string, data: { readonly [key: string]: Json }): Promise<Json> {
    return accepted(await perform(await sessionToAsk(), { type, data: { by: 'library', ...data } }))
  }

  async function asItStands(): Promise<Study> {
    if (asking) return (await asking).study
    const folded = await foldStudy(store, name, algorithms, foldCacheFile)
    if (!folded) throw studyWithoutReport(name)
    return folded.study
  }

  async function stopAsking(): Promise<void> {
    const session = await asking
    asking = null
    await session?.leave('asked')
  }

  return {
    name,
    async run(objective, options = {}) {
      if (running) throw studyRunsAlready(name)
      running = true
      try {
        await stopAsking()
        return resultOf<C>(await runObjective({ ...opening, name }, objective as never, options))
      } finally {
        running = false
      }
    },
    async ask() {
      const ask = (): Promise<Json> => wish('ask', {})
      return (await askedOrWaited(await sessionToAsk(), ask)) as (AskedOrder & { readonly configuration: C }) | null
    },
    async report(of, epoch, metrics) {
      return (await wish('report', { trial: numberOf(of), epoch, metrics })) as Standing
    },
    async tell(of, outcome = {}) {
      return (await wish('tell', { trial: numberOf(of), failed: outcome.failed === true })) as Standing
    },
    async result() {
      return resultOf<C>(await asItStands())
    },
    async importance(options) {
      return importanceOf(await asItStands(), options)
    },
    async close() {
      await stopAsking()
      await store.close()
    },
  }
}

async function runObjective(
  opening: Opening & { readonly name: string },
  objective: InProcessObjective,
  { slots = 1, signal, onEvents }: RunOptions,
): Promise<Study> {
  const executor = ({ definition }: StudyToRun): Executor =>
    inProcessExecutor(objective, { slots, lingerMs: definition.lingerMs })
  const controller = await openSession({ ...opening, executor, ...(onEvents ? { onEvents } : {}) })
  const stop = (): void => void controller.submit({ type: 'StopRequested', by: 'signal' }).catch(() => undefined)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  await controller.left.finally(() => signal?.removeEventListener('abort', stop))
  return controller.study
}

function numberOf(of: number | { readonly trial: number }): number {
  return typeof of === 'number' ? of : of.trial
}

function resultOf<C>(of: Study): StudyResult<C> {
  const answer = best(of)
  const front = answer.trials as unknown as readonly TypedTrial<C>[]
  const [first] = front
  if (!first) throw studyWithoutReport(of.state.definition.name, of)
  return {
    best: first,
    front,
    among: answer.among,
    progress: progress(of),
    prediction: prediction(of),
    finished: of.state.finished?.rule ?? null,
  }
}

function studyWithoutReport(name: string, of?: Study): ForetuneError {
  const failed = of?.state.trials.findLast((trial) => trial.state === 'failed')
  const said = failed?.why?.['detail']
  const last =
    of && failed?.why
      ? ` Trial ${failed.number} failed: ${reasonText(of, failed.why)}${said === undefined ? '' : ` ${String(said)}`}`
      : ''
  return new ForetuneError(
    'STUDY_WITHOUT_REPORT',
    `Expected at least one report of the objective in study '${name}', got none.${last}`,
    { details: { name, why: failed?.why ?? null }, exit: 1 },
  )
}

function studyRunsAlready(name: string): ForetuneError {
  return new ForetuneError(
    'STUDY_IS_RUNNING',
    `The study '${name}' is running in this very program: await its \`run\` before the next.`,
    { details: { name } },
  )
}
