/**
 * The kernel densities of BOHB: one width an axis for all kernels, by the normal reference rule 1.06 sd n^(-1/(4 + d)), at least `minBandwidth`; of a
 * category the kernel keeps the observed choice but for a probability of that size (Aitchison and Aitken 1976).
 */
import { ascendingOrder } from '../../maths/ascending-order.ts'
import type { Matrix } from '../../maths/matrix.ts'
import {
  type Factor,
  type Mixture,
  type MixtureAxis,
  continuousFactor,
  mixtureOf,
  steppedFactor,
} from '../../surrogates/mixture.ts'

export interface Density {
  readonly mixture: Mixture
  /** The same with all numerical kernels wider: to draw from. */
  readonly wide: Mixture
}

/** `observations`: rows of the unit cube; where a parameter is absent (NaN) the kernel is as wide as the axis. */
export function densityOf(
  axes: readonly MixtureAxis[],
  observations: Matrix,
  options: { readonly minBandwidth: number; readonly bandwidthFactor: number },
): Density {
  const { rows, columns, values } = observations
  const weights = new Float64Array(rows).fill(1)
  const units = axes.map((_, column) => Float64Array.from(weights, (_, row) => values[row * columns + column]!))
  const widths = axes.map((axis, column) => {
    const there = units[column]!.filter((unit) => !Number.isNaN(unit))
    const reference = 1.06 * spread(axis, there) * there.length ** (-1 / (4 + axes.length))
    return Math.max(options.minBandwidth, Number.isNaN(reference) ? 0 : reference)
  })
  const factors = (factor: number): Factor[] =>
    axes.map((axis, column) =>
      axis.kind === 'categorical'
        ? categorical(axis.choices, units[column]!, widths[column]!)
        : numerical(axis, units[column]!, factor * widths[column]!),
    )
  return { mixture: mixtureOf(weights, factors(1)), wide: mixtureOf(weights, factors(options.bandwidthFactor)) }
}

/** Of numbers their standard deviation; of choices the root of the probability that two differ. */
function spread(axis: MixtureAxis, units: Float64Array): number {
  if (axis.kind === 'categorical') {
    const shares = Map.groupBy(units, (unit) => unit)
    return Math.sqrt([...shares.values()].reduce((left, { length }) => left - (length / units.length) ** 2, 1))
  }
  const mean = units.reduce((sum, unit) => sum + unit, 0) / units.length
  return Math.sqrt(units.reduce((sum, unit) => sum + (unit - mean) ** 2, 0) / Math.max(1, units.length - 1))
}

function categorical(choices: number, units: Float64Array, width: number): Factor {
  const entry = Uint32Array.from(units, (unit) =>
    Number.isNaN(unit) ? choices : Math.min(Math.floor(unit * choices), choices - 1),
  )
  // Wider than even makes no sense: the observed choice is never less likely than another.
  const others = Math.min(width, (choices - 1) / choices)
  return { kind: 'categorical', choices, entry, hit: 1 - others, miss: choices > 1 ? others / (choices - 1) : 0 }
}

function numerical(
  axis: Extract<MixtureAxis, { kind: 'continuous' | 'stepped' }>,
  units: Float64Array,
  width: number,
): Factor {
  const mu = units.map((unit) => (Number.isNaN(unit) ? 0.5 : unit))
  const sigma = units.map((unit) => (Number.isNaN(unit) ? 1 : width))
  return axis.kind === 'continuous'
    ? continuousFactor(mu, sigma)
    : steppedFactor(axis.cell, mu, sigma, ascendingOrder(mu))
}
