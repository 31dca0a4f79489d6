/**
 * How well predictors would do on recorded curves: every predictor trained on so many of them and asked about others of which so much is known, on
 * the same random splits. One evaluation at a time, so that whoever asks can show progress and stop.
 */
import { evaluate, inputOf, randomSplits, usableRows } from '../core/predictors/evaluate.ts'
import type { CurveSet, Evaluation, Split } from '../core/predictors/evaluate.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { predictorOf } from '../core/study/fit-input.ts'
import { ForetuneError } from '../errors.ts'
import { completeCurves, curveSet } from '../simulation/recorded-curves.ts'
import type { RecordedCurves } from '../simulation/recorded-curves.ts'

export interface AccuracyOptions {
  /** Shares of the way to `target`, between 0 and 1. */
  readonly known: readonly number[]
  /** How many curves are learnt from; null = as many as the curves allow, doubling from 15 and 20. */
  readonly counts: readonly number[] | null
  readonly target: number
  readonly splits: number
  readonly seed: number
  /** `configurations`: equal ones never stand on both sides of a split, and none is learnt from twice. */
  readonly by: 'configurations' | 'rows'
}

export interface AccuracyPlan {
  readonly recorded: RecordedCurves
  readonly set: CurveSet
  readonly target: number
  readonly seed: number
  readonly splits: number
  /** Curves that reach the target. */
  readonly complete: number
  /** What is split: configurations, or rows. */
  readonly groups: number
  readonly cells: readonly Cell[]
}

/** One cell of the table. */
export interface Cell {
  readonly known: number
  readonly share: number
  readonly curves: number
}

export interface CellAccuracy extends Cell {
  readonly predictor: string
  /** One a split. */
  readonly evaluations: readonly Evaluation[]
}

const usualCounts = [15, 20, 40, 80, 160, 320]

/** Predictions cost little, but not nothing: of very large tables so many rows are asked about in each split. */
const testedMax = 1000

/** Throws `TOO_FEW_CURVES`. */
export function planAccuracy(recorded: RecordedCurves, options: AccuracyOptions): AccuracyPlan {
  const { target, splits, seed } = options
  const set = curveSet(recorded, options.by === 'configurations')
  const complete = completeCurves(recorded, target).length
  const usable = usableRows(set, { known: target, target })
  const groups = new Set(usable.map((row) => set.groups?.[row] ?? row)).size
  // At least two are to be asked about, and two to be learnt from.
  if (groups < 4) throw tooFewCurves(recorded, target, groups, options.by, 4)
  const counts = options.counts ?? countsFor(groups)
  const most = Math.max(...counts)
  if (most > groups - 2) throw tooFewCurves(recorded, target, groups, options.by, most + 2)
  const epochs = options.known.map((share) => ({ share, known: epochOf(share, target) }))
  const known = epochs.filter((one, index) => epochs.findIndex((other) => other.known === one.known) === index)
  const cells = counts.flatMap((curves) => known.map((one) => ({ ...one, curves })))
  return { recorded, set, target, seed, splits, complete, groups, cells }
}

/** A fifth at least is left to be asked about. */
function countsFor(groups: number): number[] {
  const fitting = usualCounts.filter((count) => count <= 0.8 * groups)
  return fitting.length > 0 ? fitting : [Math.floor(groups / 2)]
}

/** Rounded up, and short of the target: 0.55 x 100 is 55, whatever its last digit says. */
function epochOf(share: number, target: number): number {
  return Math.max(1, Math.min(target - 1, Math.ceil(share * target - 1e-9)))
}

/** What is told after each evaluation: the part of all work that is done, from 0 to 1. */
export type OnProgress = (predictor: string, done: number) => void | Promise<void>

/** Cell by cell, predictor by predictor. */
export async function* measureAccuracy(
  plan: AccuracyPlan,
  predictors: readonly AlgorithmDefinition[],
  onProgress: OnProgress = () => undefined,
): AsyncGenerator<CellAccuracy, void> {
  const work = predictors.flatMap((definition) => plan.cells.map((cell) => cellWork(plan, definition, cell)))
  const all = work.reduce((sum, { ms, splits }) => sum + ms * splits.length, 0)
  let done = 0
  for (const { definition, cell, splits, ms } of work) {
    const question = { known: cell.known, target: plan.target, seed: plan.seed }
    const evaluations: Evaluation[] = []
    for (const evaluation of evaluate(predictorOf(definition), plan.set, question, splits)) {
      evaluations.push(evaluation)
      done += ms
      await onProgress(definition.type, Math.min(1, done / all))
    }
    yield { ...cell, predictor: definition.type, evaluations }
  }
}

interface CellWork {
  readonly definition: AlgorithmDefinition
  readonly cell: Cell
  readonly splits: readonly Split[]
  /** About what one split costs, with its predictions. */
  readonly ms: number
}

function cellWork(
  { set, target, splits: count, seed }: AccuracyPlan,
  definition: AlgorithmDefinition,
  cell: Cell,
): CellWork {
  const { known, curves: train } = cell
  const rows = usableRows(set, { known, target })
  const splits = randomSplits(set, rows, { train, test: testedMax, count, seed })
  const input = inputOf(set, { known, target, seed }, splits[0]?.train ?? [])
  return { definition, cell, splits, ms: predictorOf(definition).fitMs(input) + 1 }
}

function tooFewCurves(
  recorded: RecordedCurves,
  target: number,
  groups: number,
  by: AccuracyOptions['by'],
  need: number,
): ForetuneError {
  const { source, resource, rows } = recorded
  const what = by === 'rows' ? 'curves' : 'configurations'
  const earlier = furthestWith(recorded, need)
  const ways = [
    groups >= 4 ? `at most --curves ${groups - 2}` : '',
    earlier !== null && earlier > 1 && earlier < target ? `--target ${earlier}, which ${need} curves reach` : '',
  ].filter((way) => way !== '')
  const hint = ways.length === 0 ? 'Train more trials to the end.' : `Give ${ways.join(', or ')}.`
  return new ForetuneError(
    'TOO_FEW_CURVES',
    `${source}: expected at least ${need} ${what} whose curve has a finite value at ${target} ${resource}, got ${groups} (of ${rows.length} curves). ${hint}`,
    { details: { source, target, need, got: groups, earlier } },
  )
}

/** The last epoch that so many curves reach. */
function furthestWith({ rows }: RecordedCurves, need: number): number | null {
  const lengths = rows.map(({ losses }) => losses.length).sort((a, b) => b - a)
  return lengths[need - 1] ?? null
}
