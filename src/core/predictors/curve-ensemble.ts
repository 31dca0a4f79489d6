/** The ensemble of `power-law`: what it learns from training curves, and the change that it expects of a start. */
import { matrixOf } from '../maths/matrix.ts'
import { fitRidge, valueAt, type Plane } from '../maths/ridge.ts'
import { fitShape, sumsOf, type DropPrior, type Fit, type Sums } from './curve-fit.ts'
import { families, shapesUpTo, type Shape } from './curve-shapes.ts'
import type { TrainingCurves } from './curve.ts'

/** JSON. */
export interface Ensemble {
  readonly known: number
  readonly target: number
  /** The mean square that even the best shape usually leaves of a whole curve. */
  readonly noise: number
  /** One a shape, in the order of `shapesUpTo`. */
  readonly priors: readonly ShapePrior[]
  /** By family: its share beyond how well it fits a start. */
  readonly skills: readonly number[]
  /** Of the true change less the predicted one, on what `correctionRow` gives. */
  readonly correction: Plane
}

interface ShapePrior extends DropPrior {
  /** Its share within its family. */
  readonly weight: number
}

/** What one family says of a start. */
interface View {
  /** From the last known loss. */
  readonly change: number
  /** How well it fits, to a common factor. */
  readonly fit: number
}

/** A curve is worth no more observations than this: what a shape leaves is not independent noise. */
const observationsMax = 3

/** A training curve as the ensemble sees it: measured once, whatever subset of the curves is learnt from. */
export interface MeasuredCurve {
  readonly last: number
  /** From the last known loss to that at `target`. */
  readonly change: number
  /** Of its start with each shape. */
  readonly start: readonly Sums[]
  /** Of the whole curve to each shape. */
  readonly whole: readonly Fit[]
}

export function measure({ starts, curves, targets }: TrainingCurves, known: number, target: number): MeasuredCurve[] {
  const shapes = shapesUpTo(target)
  const plain = { noise: 0, observations: target, prior: null }
  return curves.map((curve, row) => {
    const { values } = starts[row]!
    return {
      last: values.at(-1)!,
      change: targets[row]! - values.at(-1)!,
      start: shapes.map((shape) => sumsOf(values, shape.values, known)),
      whole: shapes.map((shape) => fitShape(sumsOf(curve, shape.values, target), plain)),
    }
  })
}

export function learnEnsemble(curves: readonly MeasuredCurve[], known: number, target: number): Ensemble {
  const shapes = shapesUpTo(target)
  const whole = curves.map((curve) => curve.whole)
  // A curve of one epoch has no shape: the correction then learns from its loss alone.
  const noise =
    shapes.length === 0 ? 0 : medianOf(whole.map((fits) => Math.min(...fits.map(({ residual }) => residual))))
  const begun = { known, target, noise, priors: priorsOf(shapes, whole, noise) }
  const changes = curves.map(({ change }) => change)
  const views = curves.map(({ start }) => viewsOf(begun, start))
  const skills = skillsOf(views, changes)
  const rows = views.map((view, row) => correctionRow(view, skills, curves[row]!.last))
  const residuals = Float64Array.from(changes, (change, row) => change - rows[row]![0]!)
  return { ...begun, skills, correction: fitRidge(matrixOf(rows), residuals) }
}

/** The expected loss at `target`. */
export function ensembleLoss(ensemble: Ensemble, start: readonly Sums[], last: number): number {
  const row = correctionRow(viewsOf(ensemble, start), ensemble.skills, last)
  return last + row[0] + valueAt(ensemble.correction, row)
}

/** Of a start that was not measured yet; `values` are filled. */
export function startSums({ known, target }: Pick<Ensemble, 'known' | 'target'>, values: readonly number[]): Sums[] {
  return shapesUpTo(target).map((shape) => sumsOf(values, shape.values, known))
}

/** Predicted change, and the last known loss. */
function correctionRow(views: readonly View[], skills: readonly number[], last: number): [number, number] {
  let weight = 0
  let change = 0
  for (const [family, view] of views.entries()) {
    const share = skills[family]! * view.fit
    weight += share
    change += share * view.change
  }
  return weight > 0 ? [change / weight, last] : [0, last]
}

function viewsOf(
  { known, target, noise, priors }: Pick<Ensemble, 'known' | 'target' | 'noise' | 'priors'>,
  start: readonly Sums[],
): View[] {
  const shapes = shapesUpTo(target)
  const observations = Math.min(known, observationsMax)
  const fits = shapes.map((shape, index) => ({
    shape,
    prior: priors[index]!,
    fit: fitShape(start[index]!, { noise, observations, prior: priors[index]! }),
  }))
  const least = fits.reduce((found, { fit }) => Math.min(found, fit.residual), Infinity)
  return families.map((family) => {
    let weight = 0
    let change = 0
    for (const { shape, prior, fit } of fits) {
      if (shape.family !== family) continue
      const share = prior.weight * likelihood(fit.residual, least, noise, observations)
      weight += share
      change += share * fit.drop * (shape.values[target - 1]! - shape.values[known - 1]!)
    }
    return { change: weight > 0 ? change / weight : 0, fit: weight }
  })
}

/** Of residuals whose variance is not known, in parts of that of the best fit: Student's t. */
function likelihood(residual: number, least: number, noise: number, observations: number): number {
  const best = least + noise
  return best > 0 ? ((residual + noise) / best) ** (-observations / 2) : residual > 0 ? 0 : 1
}

/** How often each shape of a family fitted whole curves, and the drops that it then found. */
function priorsOf(shapes: readonly Shape[], whole: readonly (readonly Fit[])[], noise: number): ShapePrior[] {
  const weights = shapes.map(() => 0)
  for (const family of families) {
    const members = [...shapes.keys()].filter((index) => shapes[index]!.family === family)
    for (const fits of whole) {
      const least = members.reduce((found, index) => Math.min(found, fits[index]!.residual), Infinity)
      const shares = members.map((index) => likelihood(fits[index]!.residual, least, noise, observationsMax))
      const sum = shares.reduce((all, share) => all + share, 0)
      for (const [place, index] of members.entries()) weights[index]! += shares[place]! / sum
    }
    // As if one more curve had been fitted equally well by all of them.
    for (const index of members) weights[index] = (weights[index]! + 1 / members.length) / (whole.length + 1)
  }
  return shapes.map((_, index) => {
    const drops = whole.map((fits) => fits[index]!.drop)
    const mean = drops.reduce((sum, drop) => sum + drop / drops.length, 0)
    const variance = drops.reduce((sum, drop) => sum + (drop - mean) ** 2 / drops.length, 0)
    return { mean, sd: Math.sqrt(variance), weight: weights[index]! }
  })
}

/** By the square of each family's errors on the training curves; a family that meets them all shares with its like. */
function skillsOf(views: readonly (readonly View[])[], changes: readonly number[]): number[] {
  const errors = families.map((_, family) =>
    changes.reduce((sum, change, row) => sum + (change - views[row]![family]!.change) ** 2 / changes.length, 0),
  )
  const least = Math.min(...errors)
  // The error of a family is known to about one part in the square root of the number of curves: the more curves, the sharper the choice.
  const sharpness = Math.sqrt(changes.length)
  const skills = errors.map((error) => (least > 0 ? (least / error) ** sharpness : error > 0 ? 0 : 1))
  const sum = skills.reduce((all, skill) => all + skill, 0)
  return skills.map((skill) => skill / sum)
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}
