/**
 * Families of parametric learning curves, on a grid of their shape parameters.
 *
 * Once its exponents are fixed, every family is level + drop x shape(t): linear in what is left (variable projection: Golub, Pereyra 1973). The grid takes the place of
 * iterations that may end in different valleys on different machines. Families from Domhan, Springenberg, Hutter 2015; Mohr, van Rijn 2024.
 *
 * A shape falls from 0 at epoch 1 to -1 at `target`, so that `drop` is in units of the loss and comparable among shapes.
 */

export const families = ['pow3', 'exp3', 'ilog2', 'log-linear', 'janoschek', 'mmf'] as const
export type Family = (typeof families)[number]

export interface Shape {
  readonly family: Family
  /** After epoch t at [t - 1], up to `target`. */
  readonly values: Float64Array
}

/** For each family how it falls with t >= 1, for every grid value. Rates are given for the whole length: they are divided by `target`. */
function curvesOf(family: Family, target: number): ((t: number) => number)[] {
  const exponents = [0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1, 1.3, 1.7, 2.3, 3]
  const rates = [0.5, 0.8, 1.2, 1.8, 2.7, 4, 6, 9, 14, 22, 35, 60]
  switch (family) {
    case 'pow3':
      return exponents.map((c) => (t) => t ** -c)
    case 'exp3':
      return rates.map((rate) => (t) => Math.exp((-rate * t) / target))
    case 'ilog2':
      return [(t) => 1 / Math.log(t + 1)]
    case 'log-linear':
      return [(t) => -Math.log(t)]
    case 'janoschek':
      return [0.35, 0.6, 1.7].flatMap((d) =>
        rates.map((rate) => (t: number) => Math.exp(-(((rate * t) / target) ** d))),
      )
    case 'mmf':
      return [1, 2, 4].flatMap((d) => rates.map((rate) => (t: number) => 1 / (1 + ((rate * t) / target) ** d)))
  }
}

const known = new Map<number, readonly Shape[]>()

/** All shapes up to `target`; none for a curve of one epoch. The latest lengths asked for are kept, for they are asked for again and again. */
export function shapesUpTo(target: number): readonly Shape[] {
  let shapes = known.get(target)
  if (shapes === undefined) {
    shapes = newShapes(target)
    if (known.size >= 64) known.clear()
    known.set(target, shapes)
  }
  return shapes
}

function newShapes(target: number): Shape[] {
  return families.flatMap((family) =>
    curvesOf(family, target).flatMap((curve) => {
      const first = curve(1)
      const range = first - curve(target)
      if (!(range > 1e-12 * Math.abs(first))) return []
      return [
        { family, values: Float64Array.from({ length: target }, (_, epoch) => (curve(epoch + 1) - first) / range) },
      ]
    }),
  )
}
