/** The kinds of parameter by the name that a definition's `type` gives them. A new kind is one file and one line here. */
import type { ParameterDefinition } from './definition.ts'
import type { DefinitionProblem, Kind, Parameter } from './parameter.ts'
import { categorical } from './categorical.ts'
import { float } from './float.ts'
import { int } from './int.ts'
import { ordinal } from './ordinal.ts'
import { priorOf, priorProblems } from './prior.ts'

const kinds: { readonly [Type in ParameterDefinition['type']]: Kind<Type> } = { float, int, ordinal, categorical }

export function createParameter<Type extends ParameterDefinition['type']>(
  definition: Extract<ParameterDefinition, { type: Type }>,
): Parameter {
  const parameter = kinds[definition.type as Type].create(definition)
  return definition.prior === undefined ? parameter : { ...parameter, prior: priorOf(definition, parameter) }
}

export function parameterProblems<Type extends ParameterDefinition['type']>(
  definition: Extract<ParameterDefinition, { type: Type }>,
): readonly DefinitionProblem[] {
  const kind = kinds[definition.type as Type]
  const found = kind.problems(definition)
  if (found.length > 0 || definition.prior === undefined) return found
  return priorProblems(definition, kind.create(definition))
}
