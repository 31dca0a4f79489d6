/**
 * One column of numbers (losses, or by how much a constraint is missed) as a Gaussian process over the space.
 *
 * Hyperparameters are the likeliest under a prior that keeps them sane with few observations: length scales around a quarter of the cube's axis
 * times the root of the number of parameters (in many dimensions everything is far from everything), a little noise. They are fitted to the
 * observations as of a fixed schedule of counts (`rows.ts`), from fixed starts: they follow from the history alone, and a fit serves several proposals. The posterior always
 * holds the newest observations.
 */
import { rowsOf, type Matrix } from '../../maths/matrix.ts'
import { type Geometry, type Hyperparameters, type Posterior, posteriorOf } from '../../surrogates/gaussian-process.ts'
import { matern52 } from '../../surrogates/kernels.ts'
import {
  fitHyperparameters,
  hyperparametersOf,
  likelihoodOf,
  type LogPrior,
} from '../../surrogates/marginal-likelihood.ts'
import { fittedRows, representativeRows } from './rows.ts'
import { scalesOf, warp } from './warp.ts'

export interface Column {
  readonly geometry: Geometry
  /** One row an observation, in order of trial number. */
  readonly x: Matrix
  readonly y: Float64Array
  /** Standard deviation of an observation, beside the noise that is fitted. */
  readonly sd: Float64Array
  /** Whether a logarithmic scale may be tried. */
  readonly canWarp: boolean
  /** Whether the same place gives the same number again. */
  readonly isExact: boolean
}

export interface Settings {
  readonly logs: Float64Array
  readonly scale: number
}

/** Only saves time: settings by the column's name, with what they were fitted to. */
export type Memo = Map<string, { readonly x: Float64Array; readonly y: Float64Array; readonly settings: Settings }>

export interface Surface {
  readonly posterior: Posterior
  /** Rows of the column that the posterior holds. */
  readonly rows: readonly number[]
  /** By row held: the process' mean there, on its own scale. */
  readonly means: Float64Array
  /** From the column's scale to the process' own; only of columns that are not warped. */
  onScale(value: number): number
}

const fitRowsAtMost = 200

/** Hyperparameters and the scale of the warp. */
export function settingsOf(column: Column, memo: Memo, name: string): Settings {
  const seen = fittedRows(column.y.length)
  const rows = representativeRows(column.y.subarray(0, seen), fitRowsAtMost)
  const x = rowsOf(column.x, rows)
  const y = Float64Array.from(rows, (row) => column.y[row]!)
  const known = memo.get(name)
  if (known && areEqual(known.y, y) && areEqual(known.x, x.values)) return known.settings
  const sd = Float64Array.from(rows, (row) => column.sd[row]!)
  const settings = fit({ ...column, x, y, sd })
  memo.set(name, { x: x.values, y, settings })
  return settings
}

/** The quantiles of the losses above the least that are tried as the scale of the warp. */
const warpQuantiles = [0.5, 0.1]

function fit(column: Column): Settings {
  const { geometry, x, y, sd, canWarp, isExact } = column
  const { low, high } = boundsOf(geometry, isExact)
  let best = { logs: usualLogs(geometry), scale: Infinity, value: -Infinity }
  for (const scale of canWarp ? scalesOf(y, warpQuantiles) : [Infinity]) {
    const warped = warp(y, scale)
    const ownNoise = sd.map((own, row) => (own * warped.slope[row]!) ** 2)
    const likelihood = likelihoodOf({ geometry, x, y: warped.y, ownNoise }, matern52)
    const starts = scale === Infinity ? startsOf(geometry) : [best.logs]
    const found = fitHyperparameters(likelihood, { starts, low, high, iterations: 40, prior: priorOf(geometry) })
    const value = found.value + warped.logJacobian
    if (value > best.value) best = { logs: found.logs, scale, value }
  }
  return best
}

/** Rows that a posterior holds at most. */
export const rowsAtMost = 500

export function surfaceOf(column: Column, { logs, scale }: Settings, capacityBeyond = 0): Surface {
  const rows = representativeRows(column.y, rowsAtMost)
  const x = rowsOf(column.x, rows)
  const losses = Float64Array.from(rows, (row) => column.y[row]!)
  const { y, slope } = warp(losses, scale)
  const ownNoise = Float64Array.from(rows, (row, index) => (column.sd[row]! * slope[index]!) ** 2)
  const hyperparameters: Hyperparameters = hyperparametersOf(logs)
  const posterior = posteriorOf(
    { geometry: column.geometry, x, y, ownNoise },
    hyperparameters,
    matern52,
    rows.length + capacityBeyond,
  )
  // K a = y, so the covariances' part of y is y less the noise's part.
  const means = y.map((value, row) => value - (posterior.noise + ownNoise[row]!) * posterior.alpha[row]!)
  return { posterior, rows, means, onScale: (value) => y[0]! + (value - losses[0]!) * slope[0]! }
}

const logsOf = (amplitude: number, lengthScale: number, noise: number, scales: number): Float64Array =>
  Float64Array.from([amplitude, ...Array.from({ length: scales }, () => lengthScale), noise], Math.log)

function usualLength({ scales }: Geometry): number {
  return 0.25 * Math.sqrt(Math.max(1, scales))
}

function usualLogs(geometry: Geometry): Float64Array {
  return logsOf(1, usualLength(geometry), 1e-4, geometry.scales)
}

function startsOf(geometry: Geometry): Float64Array[] {
  return [usualLogs(geometry), logsOf(1, usualLength(geometry) / 3, 1e-2, geometry.scales)]
}

function boundsOf({ scales }: Geometry, isExact: boolean): { readonly low: Float64Array; readonly high: Float64Array } {
  return { low: logsOf(0.05, 0.02, leastNoise, scales), high: logsOf(100, 50, isExact ? leastNoise : 2, scales) }
}

/** What keeps the matrix well conditioned. */
const leastNoise = 1e-7

const lengthSpread = 1
const amplitudeSpread = 1.5
const noiseUsual = 1e-4
const noiseSpread = 3

/** Log-normal, all of them. */
function priorOf(geometry: Geometry): LogPrior {
  const { scales } = geometry
  const middle = Math.log(usualLength(geometry))
  return (logs, gradient) => {
    let value = 0
    const add = (index: number, mu: number, spread: number) => {
      const z = (logs[index]! - mu) / spread
      value -= (z * z) / 2
      gradient[index]! -= z / spread
    }
    add(0, 0, amplitudeSpread)
    for (let scale = 1; scale <= scales; scale++) add(scale, middle, lengthSpread)
    add(scales + 1, Math.log(noiseUsual), noiseSpread)
    return value
  }
}

function areEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}
