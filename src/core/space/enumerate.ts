/** All allowed configurations of a space in grid order: the first parameter changes slowest. */
import type { Configuration, Value } from '../trial.ts'
import type { Condition } from './definition.ts'
import type { Space } from './space.ts'
import { holds, valueOf } from './conditions.ts'

/**
 * Lazy. `levels` is how many values of each continuous parameter the grid has. With `from`, an earlier result or any configuration of
 * the space, it begins there: at the configuration itself, or at the one that would follow it.
 */
export function enumerate(space: Space, levels?: number, from?: Configuration): Generator<Configuration> {
  const { axes } = space
  const decidedAt = forbiddenByPosition(space)
  const configuration: { [parameter: string]: Value } = {}

  function* walk(position: number, start: Configuration | undefined): Generator<Configuration> {
    const axis = axes[position]
    if (!axis) {
      yield { ...configuration }
      return
    }
    const { name, parameter, when } = axis
    const isAllowed = () => !decidedAt[position]!.some((clause) => holds(clause, configuration))
    if (when && !holds(when, configuration)) {
      if (isAllowed()) yield* walk(position + 1, start)
      return
    }
    const startValue = start && valueOf(start, name)
    const first = startValue === undefined ? 0 : parameter.index(startValue, levels)
    const count = parameter.count(levels)
    for (let index = first; index < count; index++) {
      configuration[name] = parameter.at(index, levels)
      if (isAllowed()) yield* walk(position + 1, index === first ? start : undefined)
    }
    delete configuration[name]
  }

  return walk(0, from)
}

/** For each position the forbidden combinations whose last parameter stands there: a whole branch is cut as early as can be. */
function forbiddenByPosition(space: Space): readonly (readonly Condition[])[] {
  const byPosition = space.axes.map((): Condition[] => [])
  for (const clause of space.definition.forbidden) {
    const last = Math.max(...Object.keys(clause).map((name) => space.names.indexOf(name)), 0)
    byPosition[last]?.push(clause)
  }
  return byPosition
}
