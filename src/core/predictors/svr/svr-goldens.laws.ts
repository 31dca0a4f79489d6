/**
 * The fits of scikit-learn that a support vector regression must agree with.
 *
 * libsvm keeps its kernel matrix in single precision, so that the stored fits are the optimum of a problem that differs from the exact one by 6e-8 of its
 * entries. On that very matrix we agree to the tolerances of the goldens, coefficients and all; on the exact matrix our objective is never larger, and
 * nearly collinear rows (linear kernels, C above 1) show the difference in the coefficients and in the sixth digit of a prediction.
 */
import { test } from 'node:test'
import { ok } from 'node:assert/strict'
import { matrixOf } from '../../maths/matrix.ts'
import { kernelMatrix, kernelOf, type KernelOptions } from './kernel.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr, solveSvr, type SvrSettings } from './settings.ts'
import { supported } from './svr.ts'

export interface GoldenGroup {
  readonly name: string
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly test: readonly (readonly number[])[]
  readonly fits: readonly GoldenFit[]
}

interface GoldenFit extends KernelOptions {
  readonly C: number
  readonly nu?: number
  readonly epsilon?: number
  readonly gammaValue: number | null
  readonly dualCoef: readonly number[]
  readonly intercept: number
  readonly dualObjective: number
  readonly predictTrain: readonly number[]
  readonly predictTest: readonly number[]
  readonly looseDeviation: number
}

/** The largest that the goldens show at a tolerance of 1e-3. */
const looseMost = 6e-3

export function svrGoldens(groups: readonly GoldenGroup[], options: { readonly skip: string | false }): void {
  for (const group of groups)
    for (const fit of group.fits) {
      const settings = settingsOf(fit)
      const width = settings.type === 'nu-svr' ? `nu ${settings.nu}` : `epsilon ${settings.epsilon}`
      test(`${group.name}, ${fit.kernel}, gamma ${fit.gamma}, C ${fit.C}, ${width}`, options, () => {
        agreesInSinglePrecision(group, fit, settings)
        agreesExactly(group, fit, settings)
        agreesLoosely(group, fit, settings)
      })
    }
}

function settingsOf({ C, nu, epsilon, kernel, gamma }: GoldenFit): SvrSettings {
  const shared = { C, kernel, gamma, tolerance: 1e-8 }
  return nu === undefined ? { type: 'epsilon-svr', epsilon: epsilon!, ...shared } : { type: 'nu-svr', nu, ...shared }
}

function agreesInSinglePrecision(group: GoldenGroup, fit: GoldenFit, settings: SvrSettings): void {
  const x = matrixOf(group.X)
  const kernel = kernelOf(settings, x)
  if (kernel.type === 'rbf') near([kernel.gamma], [fit.gammaValue!], 1e-12 * kernel.gamma, 'gamma')
  const exact = kernelMatrix(kernel, x)
  const solution = solveSvr(exact.map(Math.fround), Float64Array.from(group.y), settings)
  const size = Math.max(1, fit.C)
  const svr = supported(kernel, x, solution)
  const predict = (rows: GoldenGroup['X']): number[] => rows.map((row) => predictSvr(svr, row))
  near(predict(group.X), fit.predictTrain, 1e-6 * size, 'training row')
  near(predict(group.test), fit.predictTest, 1e-6 * size, 'test row')
  const objective = objectiveOf(exact, group.y, solution.coefficients, fit.epsilon)
  near([objective], [fit.dualObjective], 1e-8 * Math.abs(fit.dualObjective), 'objective')
  if (isUnique(group, fit)) near(solution.coefficients, fit.dualCoef, 1e-5 * size, 'coefficient')
  near([solution.intercept], [fit.intercept], 1e-6 * size, 'intercept')
}

function agreesExactly(group: GoldenGroup, fit: GoldenFit, settings: SvrSettings): void {
  const x = matrixOf(group.X)
  const y = Float64Array.from(group.y)
  const kernel = kernelMatrix(kernelOf(settings, x), x)
  const { coefficients } = solveSvr(kernel, y, settings)
  const objective = objectiveOf(kernel, group.y, coefficients, fit.epsilon)
  const allowed = 1e-8 * Math.abs(fit.dualObjective)
  near([objective], [fit.dualObjective], allowed, 'objective')
  ok(objective <= fit.dualObjective + 1e-3 * allowed, `objective ${objective} above ${fit.dualObjective}`)
  const svr = fitSvr(x, y, settings)
  const found = group.test.map((row) => predictSvr(svr, row))
  near(found, fit.predictTest, (fit.kernel === 'linear' ? 1e-5 : 1e-6) * Math.max(1, fit.C), 'test row')
}

function agreesLoosely(group: GoldenGroup, fit: GoldenFit, settings: SvrSettings): void {
  const svr = fitSvr(matrixOf(group.X), Float64Array.from(group.y), { ...settings, tolerance: 1e-3 })
  const found = group.test.map((row) => predictSvr(svr, row))
  near(found, fit.predictTest, Math.max(fit.looseDeviation, looseMost), 'test row, loosely')
}

function objectiveOf(kernel: Float64Array, y: readonly number[], coefficients: Float64Array, epsilon = 0): number {
  let sum = 0
  for (const [row, coefficient] of coefficients.entries()) {
    let value = 0
    for (const [other, weight] of coefficients.entries()) value += kernel[row * y.length + other]! * weight
    sum += coefficient * (value / 2 - y[row]!) + epsilon * Math.abs(coefficient)
  }
  return sum
}

/** Equal rows, and more rows than a linear kernel has features, leave the coefficients open. */
function isUnique({ name, X }: GoldenGroup, { kernel }: GoldenFit): boolean {
  return !/duplicated|all rows the same/.test(name) && !(kernel === 'linear' && X.length > X[0]!.length)
}

function near(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  for (let index = 0; index < expected.length; index++)
    ok(
      Math.abs(found[index]! - expected[index]!) <= tolerance,
      `${what} ${index}: ${found[index]}, ${expected[index]}, allowed ${tolerance}`,
    )
}
