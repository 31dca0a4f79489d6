/** The reference numbers of the QUBO, and the problem of 20 recorded curves that several tests solve. */
import { readFileSync } from 'node:fs'
import { matrixOf, type Matrix } from '../../maths/matrix.ts'
import { kernelMatrix } from '../svr/kernel.ts'
import { buildQubo, type Encoding, type Terms } from './build-qubo.ts'
import type { Qubo } from './qubo.ts'

interface Small {
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly K: number
  readonly beta: number
  readonly weights: readonly number[]
  readonly kernel: readonly (readonly number[])[]
  readonly Q: readonly (readonly number[])[]
  readonly lowest: readonly { readonly bits: string; readonly energy: number }[]
  readonly allEnergies: { readonly max: number; readonly mean: number }
  readonly ising: {
    readonly h: readonly number[]
    readonly J: readonly (readonly [number, number, number])[]
    readonly offset: number
  }
  readonly decoded: readonly {
    readonly bits: string
    readonly energy: number
    readonly alpha: readonly number[]
    readonly alphahat: readonly number[]
    readonly b: number
    readonly bTextbook: number
    readonly predictions: readonly number[]
  }[]
}

interface Twenty {
  readonly sum: number
  readonly frobeniusNorm: number
  readonly trace: number
  readonly min: number
  readonly max: number
  readonly entries: readonly (readonly [number, number, number])[]
  readonly bestKnown: { readonly bits: string; readonly energy: number }
  readonly usualSettings: {
    readonly best: number
    readonly energyQuantiles: { readonly p: readonly number[]; readonly energy: readonly number[] }
  }
  readonly kept: readonly {
    readonly bits: string
    readonly energy: number
    readonly alpha: readonly number[]
    readonly alphahat: readonly number[]
    readonly b: number
    readonly bTextbook: number
    readonly predictTest: readonly number[]
  }[]
  readonly trainScores: { readonly [score in 'mse' | 'logCosh' | 'r2']: readonly number[] }
  readonly combinations: readonly {
    readonly weights: readonly number[]
    readonly b: number
    readonly predictTest: readonly number[]
  }[]
  readonly meanOfSeven: readonly number[]
  /** 25 losses and the one after epoch 100; 25 losses. */
  readonly curves: { readonly train: readonly (readonly number[])[]; readonly test: readonly (readonly number[])[] }
}

interface Reference {
  readonly settings: { readonly epsilon: number; readonly gamma: number; readonly C: number }
  readonly twoPoints: Small
  readonly threePoints: Small
  readonly threePointsBeta: Small
  readonly twentyPoints: Twenty
}

const file = new URL('../../../../test/golden/reference/qubo.json', import.meta.url)
export const reference: Reference = JSON.parse(readFileSync(file, 'utf8')) as Reference

export const encodingOf = (bits: number): Encoding => ({ bits, base: 0.5, offset: 0.005 })
export const termsOf = (beta: number): Terms => ({ xi: 0.01, epsilon: 0.02, beta })
export const kernelOfRows = (rows: Matrix): Float64Array => kernelMatrix({ type: 'rbf', gamma: 0.1 }, rows)

export interface TwentyCurves {
  readonly rows: Matrix
  readonly kernel: Float64Array
  readonly y: Float64Array
  readonly qubo: Qubo
  /** A test curve as the kernel sees it, and a scaled loss as a loss. */
  readonly scaled: (losses: readonly number[]) => number[]
  readonly loss: (scaled: number) => number
}

/** Min-max scaled by the training curves. */
export function twentyCurves(): TwentyCurves {
  const { train } = reference.twentyPoints.curves
  const columns = Array.from({ length: 26 }, (_, column) => train.map((row) => row[column]!))
  const low = columns.map((column) => Math.min(...column))
  const range = columns.map((column, index) => Math.max(...column) - low[index]!)
  const scaled = (losses: readonly number[]): number[] =>
    losses.map((loss, column) => (loss - low[column]!) / range[column]!)
  const rows = matrixOf(train.map((row) => scaled(row).slice(0, 25)))
  const y = Float64Array.from(train, (row) => scaled(row)[25]!)
  const kernel = kernelOfRows(rows)
  return {
    rows,
    kernel,
    y,
    qubo: buildQubo(kernel, y, encodingOf(3), termsOf(0)),
    scaled,
    loss: (value) => low[25]! + value * range[25]!,
  }
}

export function near(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what: string): void {
  if (got.length !== want.length) throw new Error(`${what}: ${got.length} numbers, not ${want.length}`)
  for (let index = 0; index < want.length; index++)
    if (!(Math.abs(got[index]! - want[index]!) <= tolerance))
      throw new Error(`${what}, number ${index}: ${got[index]}, not ${want[index]}`)
}
