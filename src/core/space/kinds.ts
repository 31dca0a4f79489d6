/** The kinds of parameter by the name that a definition's `type` gives them. A new kind is one file and one line here. */
import type { ParameterDefinition } from './definition.ts'
import type { DefinitionProblem, Kind, Parameter } from './parameter.ts'
import { categorical } from './categorical.ts'
import { float } from './float.ts'
import { int } from './int.ts'
import { ordinal } from './ordinal.ts'

const kinds: { readonly [Type in ParameterDefinition['type']]: Kind<Type> } = { float, int, ordinal, categorical }

export function createParameter<Type extends ParameterDefinition['type']>(
  definition: Extract<ParameterDefinition, { type: Type }>,
): Parameter {
  return kinds[definition.type as Type].create(definition)
}

export function parameterProblems<Type extends ParameterDefinition['type']>(
  definition: Extract<ParameterDefinition, { type: Type }>,
): readonly DefinitionProblem[] {
  return kinds[definition.type as Type].problems(definition)
}
