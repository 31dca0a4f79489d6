import type { Space } from '../../space/space.ts'
import type { Parameter } from '../../space/parameter.ts'

/** Which axes of the space are learnt as numbers, and which as choices. What has but one value is neither. */
export interface Shape {
  readonly dimension: number
  readonly ordered: readonly { readonly axis: number; readonly parameter: Parameter; readonly isStepped: boolean }[]
  readonly categories: readonly { readonly axis: number; readonly count: number }[]
}

export function shapeOf(space: Space): Shape {
  const axes = space.axes
    .map(({ parameter }, axis) => ({ axis, parameter }))
    .filter(({ parameter }) => parameter.size > 1)
  return {
    dimension: space.dimension,
    ordered: axes
      .filter(({ parameter }) => parameter.ordered)
      .map(({ axis, parameter }) => ({ axis, parameter, isStepped: parameter.size < Infinity })),
    categories: axes
      .filter(({ parameter }) => !parameter.ordered)
      .map(({ axis, parameter }) => ({ axis, count: parameter.size })),
  }
}
