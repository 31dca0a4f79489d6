/**
 * From the history to what a proposal is to achieve: a process of the losses to improve on, one of each constraint that was ever missed, and one of
 * failure, if anything failed. Where no trial meets the constraints yet, there is no loss to improve on, but by how much they are missed.
 *
 * A failure is a constraint like the others, missed by 1 where a trial failed and met by 1 where it did not: so a region that fails is avoided as far as it
 * reaches, and no loss has to be made up for it. Where a process hopes for much beyond the border of a region that fails, a fair bet would fail again and
 * again: so failures weigh more while many of the latest trials fail.
 */
import { rowOf } from '../../maths/matrix.ts'
import type { History } from '../history.ts'
import { targetsOf } from '../targets.ts'
import type { Goal } from './acquisition.ts'
import { embedAll, type Embedding } from './embedding.ts'
import { scalarised, type Uncertain } from './scalarise.ts'
import { type Column, type Memo, settingsOf, type Surface, surfaceOf } from './surface.ts'
import { stalledFor } from './trust-region.ts'

/** What is known, before any weights are drawn. */
export interface Known {
  readonly history: History
  readonly embedding: Embedding
  readonly memo: Memo
  readonly isExact: boolean
  /** Trials with all losses, ascending. */
  readonly rows: readonly number[]
  readonly objectives: readonly Uncertain[]
  readonly failed: readonly number[]
  /** The latest of those that have not ended. */
  readonly pending: readonly number[]
}

/** Of more trials in flight the oldest are forgotten: they are nearest to their end. */
const pendingAtMost = 200

export function knownOf(history: History, embedding: Embedding, memo: Memo, isExact: boolean): Known {
  const objectives = history.losses.map((_, objective) => targetsOf(history, { objective }))
  const [first] = objectives
  const rows = first!.known.filter((row) => objectives.every(({ y }) => Number.isFinite(y[row]!)))
  return {
    history,
    embedding,
    memo,
    isExact,
    rows,
    objectives: objectives.map(({ y, sd }) => ({
      y: Float64Array.from(rows, (row) => Math.min(Math.max(y[row]!, -largestLoss), largestLoss)),
      sd: Float64Array.from(rows, (row) => Math.min(sd[row]!, largestLoss)),
    })),
    failed: first!.failed,
    pending: first!.pending.slice(-pendingAtMost),
  }
}

/** The square of a larger one is infinite. */
const largestLoss = 1e150

export interface Aim {
  readonly goals: readonly Goal[]
  /** Places of the most promising trials, best first. */
  readonly centres: readonly Float64Array[]
  /** For how many trials nothing better was found. */
  readonly stalled: number
}

const centresAtMost = 5

/** `weights` of the objectives, if there are several. `room`: places that will be believed. */
export function aimOf(known: Known, weights: readonly number[] | null, room: number): Aim {
  const { history, memo, rows } = known
  const meets = rows.map((row) => history.violations.every((column) => column[row]! <= 0))
  const missed = meets.includes(true) ? null : missedBy(known)
  const { column, trials } = missed ?? lossColumn(known, weights)
  const isMet = missed ? trials.map(() => true) : meets
  const surface = surfaceOf(column, settingsOf(column, memo, missed ? 'missed' : 'loss'), room)
  const order = [...surface.means.keys()].sort((a, b) => surface.means[a]! - surface.means[b]! || a - b)
  const met = order.filter((index) => isMet[surface.rows[index]!])
  const best = met.length > 0 ? met : order
  const goals: Goal[] = [{ kind: 'improve', posterior: surface.posterior, limit: surface.means[best[0]!]!, weight: 1 }]
  if (!missed)
    for (const [constraint, violations] of history.violations.entries()) {
      const goal = constraintGoal(known, violations, `constraint ${constraint}`)
      if (goal) goals.push(goal)
    }
  const failure = failureGoal(known)
  if (failure) goals.push(failure)
  const losses = column.y.filter((_, index) => met.length === 0 || isMet[index]!)
  return {
    goals,
    centres: best.slice(0, centresAtMost).map((index) => rowOf(history.places, trials[surface.rows[index]!]!)),
    stalled: weights ? 0 : stalledFor(losses),
  }
}

interface Learnt {
  readonly column: Column
  /** By row of the column. */
  readonly trials: readonly number[]
}

function lossColumn(known: Known, weights: readonly number[] | null): Learnt {
  const { y, sd } = weights ? scalarised(known.objectives, weights) : known.objectives[0]!
  const { rows, isExact } = known
  return { column: { ...inSpace(known, rows), y, sd, canWarp: !weights, isExact }, trials: rows }
}

/** Where no trial meets all constraints: by how much they are missed, each in parts of what is usual. null: not known of two trials. */
function missedBy(known: Known): Learnt | null {
  const { history, isExact } = known
  const trials = known.rows.filter((row) => history.violations.every((column) => Number.isFinite(column[row]!)))
  if (trials.length < 2) return null
  const y = new Float64Array(trials.length)
  for (const column of history.violations) {
    const usual = usualSize(trials.map((row) => column[row]!))
    for (const [index, row] of trials.entries()) y[index]! += Math.max(0, column[row]!) / usual
  }
  return { column: { ...inSpace(known, trials), y, sd: new Float64Array(y.length), canWarp: true, isExact }, trials }
}

/** The middle one of the sizes; never 0. */
function usualSize(values: readonly number[]): number {
  const sizes = values.map(Math.abs).sort((a, b) => a - b)
  return sizes[sizes.length >> 1]! || sizes.at(-1)! || 1
}

function inSpace({ embedding, history }: Known, rows: readonly number[]): Pick<Column, 'geometry' | 'x'> {
  const places = rows.map((row) => rowOf(history.places, row))
  return { geometry: embedding.geometry, x: embedAll(embedding, places) }
}

/** null: never missed, so nothing is known of its border. */
function constraintGoal(known: Known, violations: Float64Array, name: string): Goal | null {
  const rows = Array.from(violations, (_, row) => row).filter((row) => Number.isFinite(violations[row]!))
  if (rows.length < 2 || rows.every((row) => violations[row]! <= 0)) return null
  const usual = usualSize(rows.map((row) => violations[row]!))
  // What counts is where the border is: far from it a logarithm will do.
  const y = Float64Array.from(
    rows,
    (row) => Math.sign(violations[row]!) * Math.log1p(Math.abs(violations[row]!) / usual),
  )
  return meetGoal(known, rows, y, name, 1)
}

/** Failures that are taken as they come; beyond, the chance of another counts the more, the more of the latest trials failed. */
const failuresBorne = 0.1
const latest = 20
const aversion = 30

function failureGoal(known: Known): Goal | null {
  const { failed, rows } = known
  if (failed.length === 0) return null
  const isFailed = new Set(failed)
  const all = [...rows, ...failed].sort((a, b) => a - b)
  const y = Float64Array.from(all, (row) => (isFailed.has(row) ? 1 : -1))
  const share = y.slice(-latest).reduce((sum, label) => sum + (1 + label) / 2, 0) / Math.min(latest, y.length)
  return meetGoal(known, all, y, 'failure', 1 + aversion * Math.max(0, share - failuresBorne))
}

function meetGoal(known: Known, rows: readonly number[], y: Float64Array, name: string, weight: number): Goal {
  const column: Column = {
    ...inSpace(known, rows),
    y,
    sd: new Float64Array(rows.length),
    canWarp: false,
    isExact: known.isExact,
  }
  const surface: Surface = surfaceOf(column, settingsOf(column, known.memo, name))
  return { kind: 'meet', posterior: surface.posterior, limit: surface.onScale(0), weight }
}
