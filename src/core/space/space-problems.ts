/** Everything that is wrong with a space that a user wrote, all of it in one go. The wire layer adds file, line and column to the paths. */
import type { Value } from '../trial.ts'
import type { Bound, Condition, SpaceDefinition } from './definition.ts'
import { allowedOf } from './allowed.ts'
import { axesOf } from './axes.ts'
import { conditionCycles, excluded, isListOfValues, isOptions } from './conditions.ts'
import { createParameter, parameterProblems } from './kinds.ts'
import { nearestName } from './nearest-name.ts'
import type { DefinitionProblem, Parameter } from './parameter.ts'
import { regions } from './regions.ts'

export type { DefinitionProblem } from './parameter.ts'

/** Paths lead into the definition: ['parameters', 'lr', 'low'] or ['forbidden', 0, 'batch']. Empty if there is nothing wrong. */
export function spaceProblems(definition: SpaceDefinition): DefinitionProblem[] {
  const found: DefinitionProblem[] = []
  /** Those that are sound in themselves. */
  const sound = new Map<string, Parameter>()
  const names = Object.keys(definition.parameters)
  if (names.length === 0)
    found.push({ path: ['parameters'], code: 'NO_PARAMETERS', problem: 'expected at least one parameter, got none' })
  for (const [name, parameter] of Object.entries(definition.parameters)) {
    const own = name === '' || name === '__proto__' ? [unusableName(name)] : parameterProblems(parameter)
    if (own.length === 0) sound.set(name, createParameter(parameter))
    found.push(...own.map((problem) => ({ ...problem, path: ['parameters', name, ...problem.path] })))
  }
  for (const [name, { when }] of Object.entries(definition.parameters))
    if (when) found.push(...conditionProblems(when, ['parameters', name, 'when'], names, sound))
  for (const cycle of conditionCycles(definition.parameters))
    found.push({
      path: ['parameters', cycle[0]!, 'when'],
      code: 'CONDITION_CYCLE',
      problem: `expected conditions that lead back to an unconditional parameter, got a circle: ${[...cycle, cycle[0]].join(' depends on ')}`,
    })
  for (const [index, clause] of definition.forbidden.entries())
    found.push(...conditionProblems(clause, ['forbidden', index], names, sound))
  if (found.length === 0 && allowedOf(axesOf(definition), definition.forbidden)?.count === 0)
    found.push({
      path: ['forbidden'],
      code: 'EVERYTHING_FORBIDDEN',
      problem: 'expected at least one allowed configuration, but the forbidden combinations leave none',
    })
  return found
}

function unusableName(name: string): DefinitionProblem {
  return { path: [], code: 'UNUSABLE_NAME', problem: `expected a name for the parameter, got ${JSON.stringify(name)}` }
}

function conditionProblems(
  condition: Condition,
  path: readonly (string | number)[],
  names: readonly string[],
  sound: ReadonlyMap<string, Parameter>,
): DefinitionProblem[] {
  const entries = Object.entries(condition)
  if (entries.length === 0)
    return [{ path, code: 'EMPTY_CONDITION', problem: 'expected at least one parameter with its value, got none' }]
  return entries.flatMap(([name, bound]): DefinitionProblem[] => {
    if (!names.includes(name)) {
      const near = nearestName(name, names)
      const problem = `expected the name of a parameter (${names.join(', ')}), got ${name}`
      return [
        {
          path: [...path, name],
          code: 'UNKNOWN_PARAMETER',
          problem,
          ...(near === undefined ? {} : { suggestion: near }),
        },
      ]
    }
    const parameter = sound.get(name)
    if (!parameter) return []
    return boundProblems(bound, name, parameter).map((problem) => ({
      ...problem,
      path: [...path, name, ...problem.path],
    }))
  })
}

function boundProblems(bound: Bound, name: string, parameter: Parameter): DefinitionProblem[] {
  const never = (path: DefinitionProblem['path'], got: string): DefinitionProblem => ({
    path,
    code: 'BOUND_NEVER_MET',
    problem: `expected a value that ${name} can take (${parameter.expected}), got ${got}`,
  })
  const listed = (values: readonly Value[], path: readonly string[]) =>
    values.flatMap((value, index) =>
      parameter.contains(value) ? [] : [never([...path, index], JSON.stringify(value) ?? String(value))],
    )
  if (isListOfValues(bound)) return bound.length === 0 ? [never([], 'an empty list')] : listed(bound, [])
  if (!isOptions(bound)) return parameter.contains(bound) ? [] : [never([], JSON.stringify(bound) ?? String(bound))]
  if (Object.values(bound).every((limit) => limit === undefined))
    return [{ path: [], code: 'EMPTY_BOUND', problem: `expected a bound on ${name} such as atLeast or not, got none` }]
  const { not } = bound
  const isList = typeof not === 'object'
  const excludedProblems = not === undefined ? [] : listed(excluded(not), ['not'])
  if (excludedProblems.length > 0) return isList ? excludedProblems : [{ ...excludedProblems[0]!, path: ['not'] }]
  const canBeMet = regions(parameter, [bound]).some(({ met }) => met[0])
  return canBeMet ? [] : [never([], JSON.stringify(bound))]
}
