/**
 * What a predictor has learnt before its study: `predictor: { type: ..., from: STUDY-or-FILE }` becomes the curves themselves, once, when the study is
 * created. So they stand in the study's first event, and nothing that happens to the earlier study or the file changes what is decided.
 *
 * Only curves that reach the last epoch teach, the first 100 by trial number. They must be of the same metric, direction, resource and number of
 * epochs; whether they are of the same scale is seen when the first predictions are wanted (core/schedulers/swift/earlier.ts).
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isOptionValue } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import type { PredictorKind } from '../core/predictors/predictor.ts'
import { space as spaceOf } from '../core/space/space.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../core/study/definition.ts'
import type { EarlierCurves } from '../core/study/fit-input.ts'
import type { Algorithms } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { foldStudy } from '../runtime/fold.ts'
import { completeCurves, curvesOfStudy, encodedIn, wholeCurve } from '../simulation/recorded-curves.ts'
import type { RecordedCurves } from '../simulation/recorded-curves.ts'
import { decodePredictor, predictorFileInvalid } from '../wire/predictor-file.ts'
import type { SavedPredictor } from '../wire/predictor-file.ts'
import { algorithms as allAlgorithms } from './algorithms.ts'

/** More would cost each fit time, and teach little. */
export const earlierCurvesMax = 100

export interface LessonPlace {
  /** Null: only files are looked for. */
  readonly store: Store | null
  /** Where a relative path starts. */
  readonly folder: string
  readonly algorithms?: Algorithms
}

/** What the curves have to fit. */
export interface TaughtStudy extends Pick<StudyDefinition, 'objectives' | 'space'> {
  /** `resource` absent: any will do. */
  readonly epochs: { readonly max: number; readonly resource?: string }
}

/** The scheduler with the lessons of its predictor filled in; as it is where there is nothing to fill in. */
export async function taughtScheduler(
  scheduler: AlgorithmDefinition,
  study: TaughtStudy,
  place: LessonPlace,
): Promise<AlgorithmDefinition> {
  const predictor = scheduler['predictor'] as AlgorithmDefinition | string | null | undefined
  if (typeof predictor !== 'object' || predictor === null) return scheduler
  const { from, earlier } = predictor
  if (earlier !== undefined && earlier !== null) {
    if (!isEarlier(earlier, study.epochs.max))
      throw predictorFileInvalid('scheduler.predictor.earlier', 'curves as a study has recorded them', 'something else')
    return scheduler
  }
  const kind = Object.hasOwn(predictors, predictor.type) ? predictors[predictor.type] : undefined
  if (typeof from !== 'string' || kind === undefined) return scheduler
  const saved = await savedFrom(from, study, place)
  const options = { ...optionsOf(saved, kind), ...predictor }
  const wantsHyperparameters = kind.wantsHyperparameters(options)
  checkFit(saved, study, wantsHyperparameters)
  return { ...scheduler, predictor: { ...options, earlier: lessonsOf(saved, study, wantsHyperparameters) } }
}

/** What a study or a table teaches, as it is kept in a file. Throws `PREDICTOR_WITHOUT_CURVES`. */
export function savedCurves(
  recorded: RecordedCurves,
  epochs: number,
  predictor: AlgorithmDefinition | null,
): SavedPredictor {
  const { source, metric, direction, resource, space } = recorded
  const complete = completeCurves(recorded, epochs).slice(0, earlierCurvesMax)
  if (complete.length === 0) throw predictorWithoutCurves(source, recorded.rows.length, epochs, resource)
  return {
    source,
    objective: { metric, direction },
    epochs: { max: epochs, resource },
    predictor,
    parameters: Object.keys(space.parameters),
    curves: complete.map((curve) => ({ configuration: curve.configuration, losses: wholeCurve(curve, epochs) })),
  }
}

/** A study of the store before a file of the same name. */
async function savedFrom(from: string, study: TaughtStudy, place: LessonPlace): Promise<SavedPredictor> {
  const { store, folder, algorithms = allAlgorithms } = place
  const folded = store === null ? null : await knownStudy(store, from, algorithms)
  if (folded !== null) {
    const [objective] = study.objectives
    const isRecorded = objective !== undefined && folded.study.state.metrics.includes(objective.metric)
    const recorded = curvesOfStudy(folded.study, isRecorded ? objective : {})
    return savedCurves(recorded, recorded.epochs, null)
  }
  let text: string
  try {
    text = await readFile(resolve(folder, from), 'utf8')
  } catch (cause) {
    throw await predictorNotFound(from, resolve(folder, from), store, cause as NodeJS.ErrnoException)
  }
  return { ...(await decodePredictor(text, from)), source: from }
}

async function knownStudy(store: Store, name: string, algorithms: Algorithms) {
  const isKnown = (await store.studies()).some((study) => study.name === name && study.lastSeq > 0)
  return isKnown ? foldStudy(store, name, algorithms) : null
}

function checkFit(
  { source, objective, epochs, parameters }: SavedPredictor,
  study: TaughtStudy,
  wantsHyperparameters: boolean,
): void {
  const [its] = study.objectives
  const names = (list: readonly string[]): string => list.toSorted().join(', ')
  const own = names(Object.keys(study.space.parameters))
  const wanted = [
    ['metric', its?.metric, objective.metric],
    ['direction', its?.direction, objective.direction],
    ['resource', study.epochs.resource ?? epochs.resource, epochs.resource],
    [`number of ${epochs.resource}`, study.epochs.max, epochs.max],
    ['parameters', own, wantsHyperparameters ? names(parameters) : own],
  ] as const
  const wrong = wanted.filter(([, expected, got]) => expected !== got)
  if (wrong.length > 0) throw predictorMismatch(source, wrong)
}

/** Of a file, the options that it was saved with, where the study names the same predictor. */
function optionsOf({ source, predictor }: SavedPredictor, kind: PredictorKind): { readonly [option: string]: unknown } {
  if (predictor?.type !== kind.name) return {}
  const options = Object.entries(predictor).filter(([name]) => Object.hasOwn(kind.options, name))
  for (const [name, value] of options)
    if (!isOptionValue(kind.options[name]!, value))
      throw predictorFileInvalid(source, `an option ${name} of ${kind.name}`, JSON.stringify(value) ?? 'nothing')
  return Object.fromEntries(options)
}

function lessonsOf(
  { source, curves }: SavedPredictor,
  study: TaughtStudy,
  wantsHyperparameters: boolean,
): EarlierCurves {
  const space = spaceOf(study.space)
  const isBest = study.objectives[0]?.value === 'best'
  const first = curves.slice(0, earlierCurvesMax)
  return {
    source,
    curves: first.map(({ losses }) => (isBest ? bestSoFar(losses) : losses)),
    hyperparameters: wantsHyperparameters ? first.map(({ configuration }) => encodedIn(space, configuration)) : null,
  }
}

function bestSoFar(losses: readonly number[]): number[] {
  let best = Infinity
  return losses.map((loss) => (best = Math.min(best, loss)))
}

function isEarlier(value: unknown, epochs: number): boolean {
  const { source, curves, hyperparameters } = value as { readonly [name in keyof EarlierCurves]?: unknown }
  const isTable = (rows: unknown, isRight: (row: readonly unknown[]) => boolean): rows is unknown[] =>
    Array.isArray(rows) && rows.every((row) => Array.isArray(row) && isRight(row))
  const isWhole = (row: readonly unknown[]): boolean => row.length === epochs && row.every(Number.isFinite)
  const areNumbers = (row: readonly unknown[]): boolean => row.every((one) => typeof one === 'number')
  return (
    typeof source === 'string' &&
    isTable(curves, isWhole) &&
    curves.length > 0 &&
    (hyperparameters === null || (isTable(hyperparameters, areNumbers) && hyperparameters.length === curves.length))
  )
}

function predictorMismatch(
  source: string,
  wrong: readonly (readonly [what: string, expected: unknown, got: unknown])[],
): ForetuneError {
  const list = wrong.map(([what, expected, got]) => `expected the ${what} ${String(expected)}, got ${String(got)}`)
  return new ForetuneError(
    'PREDICTOR_MISMATCH',
    `scheduler.predictor.from: the curves of ${source} do not fit this study: ${list.join('; ')}. Name a study or a file that fits, or leave \`from\` out.`,
    { details: { source, wrong: wrong.map(([what, expected, got]) => ({ what, expected, got })) } },
  )
}

async function predictorNotFound(
  from: string,
  path: string,
  store: Store | null,
  cause: NodeJS.ErrnoException,
): Promise<ForetuneError> {
  const known =
    store === null ? [] : (await store.studies()).filter(({ lastSeq }) => lastSeq > 0).map(({ name }) => name)
  const why =
    cause.code === 'ENOENT' ? 'there is no such file' : cause.code === 'EISDIR' ? 'it is a folder' : cause.message
  const has =
    store === null
      ? ''
      : ` The store ${store.location} has ${known.length === 0 ? 'no study' : known.slice(0, 10).join(', ')}.`
  const expected = store === null ? 'a file' : 'a study of the store or a file'
  return new ForetuneError(
    'PREDICTOR_NOT_FOUND',
    `scheduler.predictor.from: expected ${expected} that \`foretune predict --save\` wrote, got ${from} (${path}: ${why}).${has}`,
    { details: { from, path, known }, cause },
  )
}

function predictorWithoutCurves(source: string, rows: number, epochs: number, resource: string): ForetuneError {
  return new ForetuneError(
    'PREDICTOR_WITHOUT_CURVES',
    `${source} has nothing to learn from: expected curves of ${epochs} ${resource} that end with a finite value, got none among ${rows}. Train some trials to the end first, or name another study or file.`,
    { details: { source, rows, epochs } },
  )
}
