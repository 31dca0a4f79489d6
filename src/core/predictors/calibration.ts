/**
 * Honest uncertainty from out-of-sample errors.
 *
 * sigma is their root mean square, as Fast-Hyperband takes it (Baker, Gupta, Raskar, Naik 2017). sd, of one prediction, is conformal: errors are
 * divided by the size that errors near the same predicted loss have (hopeless configurations are predicted worse than good ones), and the scale is the
 * quantile of these ratios which, at mean +- 1.2816 sd, holds a further curve with a chance of 80 %. It rests on nothing but that the further curve is like the
 * training curves (jackknife and cross-conformal prediction: Vovk 2015; Barber, Candes, Ramdas, Tibshirani 2021).
 *
 * Where we differ: the interval is symmetric about the plain prediction, so that a predictor's mean stays what its paper says; and the quantile of rank
 * 0.8 (n + 1) lies between two order statistics instead of on the next one, so that 15 curves give 80 % and not 81.
 *
 * Invariants
 * - sd is positive and finite.
 * - Losses scaled or shifted scale sd or leave it.
 * - With fewer than four errors the quantile does not exist: Student's t takes its place, with as many degrees of freedom.
 */
import { stream } from '../maths/stream.ts'

/** Half the width of the normal 80 % interval, in standard deviations. */
export const normal80 = 1.2815515655446004

/** JSON. */
export interface Calibration {
  /** What was predicted for each training curve by a model that had not seen it, ascending; and how wrong that was. */
  readonly predicted: readonly number[]
  readonly errors: readonly number[]
  /** sd = scale x local size of errors. */
  readonly scale: number
}

/** Curves up to which each is left out alone; beyond, they are left out in ten parts. */
const leaveOneOutMax = 50
const folds = 10

/** How many times a model is fitted again. */
export function refits(count: number): number {
  return count <= leaveOneOutMax ? count : folds
}

/** Which rows are left out together: each row once. The rows stand in order of their targets, of which each part gets its share. */
export function partsOf(count: number, seed: number): number[][] {
  if (count <= leaveOneOutMax) return Array.from({ length: count }, (_, row) => [row])
  const parts: number[][] = Array.from({ length: folds }, () => [])
  const chance = stream(seed, 'calibration')
  for (let first = 0; first < count; first += folds)
    chance.permutation(folds).forEach((part, place) => {
      if (first + place < count) parts[part]!.push(first + place)
    })
  return parts
}

/** For each row what a model says that has not seen it. `predictor` is given the rows to learn from. None with fewer than two rows. */
export function outOfSample(
  count: number,
  seed: number,
  predictor: (rows: readonly number[]) => (row: number) => number,
): number[] {
  if (count < 2) return []
  const predicted = Array.from({ length: count }, () => 0)
  for (const part of partsOf(count, seed)) {
    const left = new Set(part)
    const predict = predictor(Array.from({ length: count }, (_, row) => row).filter((row) => !left.has(row)))
    for (const row of part) predicted[row] = predict(row)
  }
  return predicted
}

/** Root mean square; 0 of none. */
export function rootMeanSquare(errors: readonly number[]): number {
  let sum = 0
  for (const error of errors) sum += error * error
  return errors.length === 0 ? 0 : Math.sqrt(sum / errors.length)
}

/** Null with no errors to learn from. */
export function calibrate(predicted: readonly number[], targets: readonly number[]): Calibration | null {
  const rows = predicted.map((mean, row) => ({ mean, error: Math.abs(targets[row]! - mean) }))
  if (rows.length === 0) return null
  rows.sort((a, b) => a.mean - b.mean || a.error - b.error)
  const means = rows.map(({ mean }) => mean)
  const errors = rows.map(({ error }) => error)
  const ratios = rows.map(({ mean, error }, row) => ratio(error, localSize(means, errors, mean, row)))
  return { predicted: means, errors, scale: scaleOf(ratios) }
}

/** The standard deviation at a predicted mean. */
export function sdAt({ predicted, errors, scale }: Calibration, mean: number): number {
  return scale * localSize(predicted, errors, mean)
}

/** With fewer errors than this all count the same: the sizes of so few say more about chance than about places. */
const localLeast = 12

/** The mean size of the errors nearest in predicted loss, drawn a little towards the mean of all; `without` leaves out one row. */
function localSize(predicted: readonly number[], errors: readonly number[], mean: number, without = -1): number {
  if (errors.length < localLeast) return 1
  const others = errors.length - (without < 0 ? 0 : 1)
  const wanted = Math.min(others, Math.max(5, Math.ceil(others / 4)))
  let above = firstAtLeast(predicted, mean)
  let below = above - 1
  let sum = 0
  for (let taken = 0; taken < wanted;) {
    const isBelow = above >= predicted.length || (below >= 0 && mean - predicted[below]! <= predicted[above]! - mean)
    const row = isBelow ? below-- : above++
    if (row === without) continue
    sum += errors[row]!
    taken++
  }
  let all = 0
  for (let row = 0; row < errors.length; row++) if (row !== without) all += errors[row]!
  const weight = 2
  return (sum + (weight * all) / others) / (wanted + weight)
}

function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** One error among others that are all 0 stands out without bound. */
function ratio(error: number, size: number): number {
  if (size > 0) return error / size
  return error > 0 ? 1e6 : 0
}

/** The 90 % quantiles of Student's t with 1, 2 and 3 degrees of freedom: half of the 80 % interval. */
const student = [3.077683537, 1.885618083, 1.637744354] as const

function scaleOf(ratios: readonly number[]): number {
  if (ratios.length <= student.length) return (student[ratios.length - 1]! * rootMeanSquare(ratios)) / normal80
  const sorted = ratios.toSorted((a, b) => a - b)
  const rank = 0.8 * (sorted.length + 1) - 1
  const below = Math.min(Math.floor(rank), sorted.length - 1)
  const above = Math.min(below + 1, sorted.length - 1)
  return (sorted[below]! + (rank - below) * (sorted[above]! - sorted[below]!)) / normal80
}
