/** Checks of the search space and of the configurations to try first. The core judges the space; here its problems get their place in the file. */
import { holds, valueOf } from '../core/space/conditions.ts'
import { type Space, space as createSpace } from '../core/space/space.ts'
import { spaceProblems } from '../core/space/space-problems.ts'
import type { Configuration } from '../core/trial.ts'
import { nearest } from './nearest.ts'
import { isWritten, namesOf, type RawFields, type ReadFields } from './study-file-fields.ts'
import { type Path, type Problem, shownValue } from './study-file-problem.ts'

export function checkSpace(read: ReadFields, raw: RawFields): Problem[] {
  const { fields, broken, numbers } = read
  if (!isWritten(raw, 'space')) {
    return [{ code: 'MISSING_FIELD', path: ['space'], expected: 'the parameters to search', got: 'nothing' }]
  }
  if (fields.space === undefined) return []
  const names = namesOf(raw['space'])
  const unreadable = names.filter((name) => !Object.hasOwn(fields.space!, name))
  const definition = { parameters: fields.space, forbidden: fields.forbidden ?? [] }
  const problems = spaceProblems(definition).flatMap((found): Problem[] => {
    const path = pathInFile(found.path, numbers['forbidden'])
    if (found.code === 'UNKNOWN_PARAMETER') return unknownParameter(path, names)
    // The parameters are there, only their own mistakes hide them.
    if (found.code === 'NO_PARAMETERS' && unreadable.length > 0) return []
    return [{ code: found.code, path, ...apart(found.problem), suggestion: found.suggestion }]
  })
  if (problems.length > 0 || broken.has('space') || broken.has('forbidden')) return problems
  const space = createSpace(definition)
  return (fields.initial ?? []).flatMap((configuration, index) =>
    checkInitial(space, configuration, ['initial', numbers['initial']?.[index] ?? index]),
  )
}

/** `names`: of all parameters, also of those that could not be read. */
function unknownParameter(path: Path, names: readonly string[]): Problem[] {
  const name = String(path.at(-1))
  if (names.includes(name)) return []
  const expected = `the name of a parameter (${names.join(', ')})`
  return [
    {
      code: 'UNKNOWN_PARAMETER',
      path,
      expected,
      got: `'${name}'`,
      suggestion: nearest(name, names),
      isAboutName: true,
    },
  ]
}

function pathInFile(path: Path, forbiddenNumbers: readonly number[] | undefined): Path {
  const [part, second, ...rest] = path
  if (part === 'parameters') return second === undefined ? ['space'] : ['space', second, ...rest]
  return typeof second === 'number' ? ['forbidden', forbiddenNumbers?.[second] ?? second, ...rest] : ['forbidden']
}

/** The core's problems are sentences `expected ..., got ...`. */
function apart(sentence: string): { expected: string; got: string } {
  const [, expected, got] = /^expected (.*?), (?:got|but) (.*)$/s.exec(sentence) ?? []
  return { expected: expected ?? 'a space that can be searched', got: got ?? sentence }
}

function checkInitial(space: Space, configuration: Configuration, path: Path): Problem[] {
  const problems: Problem[] = []
  const code = 'INITIAL_OUTSIDE_SPACE'
  for (const name of Object.keys(configuration)) {
    if (space.names.includes(name)) continue
    const suggestion = nearest(name, space.names)
    problems.push({
      code,
      path: [...path, name],
      expected: 'a parameter',
      got: `'${name}'`,
      suggestion,
      isAboutName: true,
    })
  }
  for (const { name, parameter, when } of space.axes) {
    const value = valueOf(configuration, name)
    const exists = when === undefined || holds(when, configuration)
    if (exists && value === undefined) {
      problems.push({ code, path, expected: `\`${name}\`: ${parameter.expected}`, got: 'a configuration without it' })
    } else if (!exists && value !== undefined) {
      const expected = `no \`${name}\` here, for its condition does not hold`
      problems.push({ code, path: [...path, name], expected, got: shownValue(value), isAboutName: true })
    } else if (value !== undefined && !parameter.contains(value)) {
      problems.push({ code, path: [...path, name], expected: parameter.expected, got: shownValue(value) })
    }
  }
  const clause = space.definition.forbidden.find((forbidden) => holds(forbidden, configuration))
  if (clause !== undefined) {
    problems.push({
      code,
      path,
      expected: 'an allowed configuration',
      got: `the forbidden combination ${JSON.stringify(clause)}`,
    })
  }
  return problems
}
