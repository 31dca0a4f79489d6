/** What `predict` says: a row for each cell, and what the numbers mean. Pure. */
import { summaryOf } from '../core/predictors/evaluate.ts'
import type { Summary } from '../core/predictors/evaluate.ts'
import { countText, numberText } from '../core/study/views/number-text.ts'
import type { AccuracyOptions, AccuracyPlan, CellAccuracy } from '../library/predictor-accuracy.ts'
import { tableText } from './table.ts'

const scores = ['r2', 'r2OfScaledLoss', 'spearman', 'rmse', 'coverage80', 'width80'] as const

export type CellSummary = Omit<CellAccuracy, 'evaluations'> & { readonly tested: number } & {
  readonly [score in (typeof scores)[number]]: Summary
}

export function cellSummary({ evaluations, ...cell }: CellAccuracy): CellSummary {
  const of = (score: (typeof scores)[number]): Summary => summaryOf(evaluations, score)
  return {
    ...cell,
    tested: evaluations[0]?.tested ?? 0,
    r2: of('r2'),
    r2OfScaledLoss: of('r2OfScaledLoss'),
    spearman: of('spearman'),
    rmse: of('rmse'),
    coverage80: of('coverage80'),
    width80: of('width80'),
  }
}

/** One line of `--json`. Where a score is not defined (a rank correlation of constant predictions) it is null. */
export function cellJson(
  cell: CellSummary,
  { recorded, target, splits, seed }: AccuracyPlan,
  by: AccuracyOptions['by'],
): string {
  const { predictor, curves, known, share, tested, ...measured } = cell
  const { source, metric, direction } = recorded
  const head = { source, metric, direction, predictor, curves, known, share, target, split: by, splits, seed, tested }
  return JSON.stringify({ ...head, ...measured })
}

export function titleText(
  { recorded, target, complete, groups, splits }: AccuracyPlan,
  by: AccuracyOptions['by'],
): string {
  const { source, metric, direction, resource } = recorded
  const of = by === 'rows' || groups === complete ? '' : ` of ${groups} configurations`
  const at = resource === 'epochs' ? `epoch ${target}` : `${target} ${resource}`
  const all = recorded.rows.length
  const curves =
    complete < all ? `${complete} of ${countText(all, 'curve')} reach it` : countText(complete, 'complete curve')
  return `${source}: ${metric} (${direction}) at ${at}, ${curves}${of}; ${countText(splits, 'random split')} each`
}

export function accuracyLines(
  plan: AccuracyPlan,
  by: AccuracyOptions['by'],
  cells: readonly CellSummary[],
  width: number,
): string[] {
  const right = { align: 'right' } as const
  const names = [...new Set(cells.map(({ predictor }) => predictor))]
  const isOne = names.length === 1
  const { metric } = plan.recorded
  return [
    titleText(plan, by),
    '',
    ...tableText(
      [
        ...(isOne ? [] : [{ title: 'predictor' }]),
        { title: 'curves', ...right },
        { title: 'known', ...right },
        { title: 'R2', ...right },
        { title: 'R2 scaled', ...right },
        { title: 'Spearman', ...right },
        { title: 'rmse', ...right },
        { title: 'in 80 %', ...right },
        { title: 'width', ...right },
      ],
      cells.map((cell) => [
        ...(isOne ? [] : [cell.predictor]),
        String(cell.curves),
        `${cell.known} (${percent(cell.share)})`,
        spread(cell.r2),
        spread(cell.r2OfScaledLoss),
        cell.spearman.mean.toFixed(3).replace('NaN', '-'),
        numberText(cell.rmse.mean, 3),
        percent(cell.coverage80.mean),
        cell.width80.mean.toFixed(2),
      ]),
      width,
    ),
    '',
    `curves: learnt from. known: ${plan.recorded.resource} of the curve that is predicted. R2: share of the variance of ${metric} that is predicted, mean ± sd over the splits; scaled: of its quantiles.`,
    `rmse: typical error in units of ${metric}. in 80 %: truths inside the 80 % intervals; width: of these, in standard deviations of ${metric}.`,
    '',
    ...names.map((name) => calibrationText(name, cells)),
    ...names.flatMap((name) => weaknessText(name, cells)),
    ...(isOne ? [] : [closestText(names, cells)]),
  ]
}

const hardlyAny = 0.2

/** Intervals that hold what they promise may be so wide that they say nothing. */
function weaknessText(name: string, cells: readonly CellSummary[]): string[] {
  const its = cells.filter(({ predictor }) => predictor === name)
  const weak = its.filter(({ r2 }) => r2.mean < hardlyAny)
  if (weak.length === 0) return []
  const most = Math.max(...weak.map(({ curves }) => curves))
  const where = weak.length === its.length ? '' : ` in ${weak.length} of ${its.length} rows`
  return [
    `${name}: hardly better than the mean of all curves${where} (R2 below ${hardlyAny}), with up to ${countText(most, 'curve')} learnt from.`,
  ]
}

/** Who has the smallest error how often: all were asked the same. */
function closestText(names: readonly string[], cells: readonly CellSummary[]): string {
  const rows = [...Map.groupBy(cells, ({ curves, known }) => `${curves} ${known}`).values()]
  const wins = names.map((name) => {
    const isClosest = (row: readonly CellSummary[]): boolean =>
      row.toSorted((a, b) => a.rmse.mean - b.rmse.mean)[0]?.predictor === name
    return { name, count: rows.filter(isClosest).length }
  })
  const best = wins.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  return `Smallest rmse: ${best.map(({ name, count }) => `${name} in ${count} of ${rows.length}`).join(', ')}.`
}

/** The promise is 75 to 85 %, over many curves; of few tested ones chance takes more than that. */
function calibrationText(name: string, cells: readonly CellSummary[]): string {
  const its = cells.filter(({ predictor }) => predictor === name)
  const tested = its.reduce((sum, cell) => sum + cell.tested, 0)
  const held = its.reduce((sum, cell) => sum + cell.tested * cell.coverage80.mean, 0) / tested
  const [low, high] = [0.75, 0.85]
  const meaning =
    held < low ? 'it is too sure of itself here' : held > high ? 'it is more careful than it need be' : 'as they should'
  return `${name}: its 80 % intervals held ${percent(held)} of the truth, ${meaning}.`
}

function spread({ mean, sd, count }: Summary): string {
  return `${mean.toFixed(3)}${count > 1 ? ` ± ${sd.toFixed(3)}` : ''}`
}

function percent(share: number): string {
  return `${numberText(100 * share, share >= 0.1 ? 2 : 1)} %`
}
