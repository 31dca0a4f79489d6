import type { Condition, SpaceDefinition } from './definition.ts'
import { parentsFirst } from './conditions.ts'
import { createParameter } from './kinds.ts'
import type { Parameter } from './parameter.ts'

/** One axis of the unit cube. */
export interface Axis {
  readonly name: string
  readonly parameter: Parameter
  /** The parameter exists only where this holds. */
  readonly when: Condition | undefined
}

/** One a parameter, parents before the parameters that depend on them, otherwise in written order. */
export function axesOf(definition: SpaceDefinition): Axis[] {
  return parentsFirst(definition.parameters).map((name) => {
    const parameter = definition.parameters[name]!
    return { name, parameter: createParameter(parameter), when: parameter.when }
  })
}
