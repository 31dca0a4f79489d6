/**
 * The margin of stepped axes: each keeps a chance of at least alpha to leave the value that its mean is in, so that it cannot get stuck there.
 *
 * R. Hamano, S. Saito, M. Nomura, S. Shirakawa, CMA-ES with Margin (GECCO 2022), section 4, alpha = 1 / (n lambda): the mean and the scale of the axis are
 * corrected, never the covariance. Values at an end of the axis have one neighbour, the others two.
 */
import { normalPpf, normalSurvival } from '../../maths/normal.ts'
import { deviation, type Distribution } from './distribution.ts'
import type { Shape } from './shape.ts'

export function withMargin(shape: Shape, distribution: Distribution, lambda: number): Distribution {
  if (!shape.ordered.some(({ isStepped }) => isStepped)) return distribution
  const alpha = 1 / ((shape.ordered.length + shape.categories.length) * lambda)
  const mean = Float64Array.from(distribution.mean)
  const scale = Float64Array.from(distribution.scale)
  for (const [index, { parameter, isStepped }] of shape.ordered.entries()) {
    if (!isStepped) continue
    const spread = deviation(distribution, index)
    const [from, to] = parameter.cell(parameter.decode(mean[index]!))
    if (from <= 0 || to >= 1) {
      // The mean may be no further from the only neighbour than the margin allows.
      const edge = from <= 0 ? to : from
      const farthest = spread * normalPpf(1 - alpha)
      if (from <= 0) mean[index] = Math.max(mean[index]!, edge - farthest)
      else mean[index] = Math.min(mean[index]!, edge + farthest)
      continue
    }
    const below = Math.max(alpha / 2, normalSurvival((mean[index]! - from) / spread))
    const above = Math.max(alpha / 2, normalSurvival((to - mean[index]!) / spread))
    const inside = 1 - normalSurvival((mean[index]! - from) / spread) - normalSurvival((to - mean[index]!) / spread)
    const excess =
      (1 - below - above - Math.max(inside, alpha / 2)) /
      (below + above + Math.max(inside, alpha / 2) - (3 * alpha) / 2)
    const lower = -normalPpf(below + excess * (below - alpha / 2))
    const upper = -normalPpf(above + excess * (above - alpha / 2))
    if (!(lower + upper > 0)) continue
    mean[index] = (from * upper + to * lower) / (lower + upper)
    scale[index]! *= (to - from) / (lower + upper) / spread
  }
  return { ...distribution, mean, scale }
}
