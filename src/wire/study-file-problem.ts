/** The mistakes of one study file, gathered and told all at once. */
import { ForetuneError } from '../errors.ts'

export type Path = readonly (string | number)[]

/** A mistake as the checks find it. */
export interface Problem {
  readonly code: string
  readonly path: Path
  /** Continues `expected ...`. */
  readonly expected: string
  /** Continues `got ...`. */
  readonly got: string
  /** The valid name that was probably meant. */
  readonly suggestion?: string | undefined
  /** What to do, where that does not follow from what was expected. */
  readonly hint?: string | undefined
  /** The field's name is wrong, not its value. */
  readonly isAboutName?: boolean
  /** The piece of the text that is wrong. */
  readonly within?: string | undefined
}

export interface Position {
  readonly line: number
  readonly column: number
}

/** A mistake as it stands in `details.problems` of `STUDY_FILE_INVALID`. Line and column count from 1; null where there is no file. */
export interface LocatedProblem {
  readonly code: string
  readonly path: string
  readonly line: number | null
  readonly column: number | null
  readonly expected: string
  readonly got: string
  readonly suggestion?: string
  readonly message: string
}

/** `space.lr.low`, `forbidden[0].batch`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

/** A value in a message: short, with its kind. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'nothing (null)'
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}' (text)`
  if (typeof value === 'number' || typeof value === 'boolean') return `${value} (${typeof value})`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  return typeof value === 'object' ? 'a section of fields' : `a ${typeof value}`
}

/** `'a', 'b' or 'c'`. */
export function oneOf(names: readonly unknown[]): string {
  const { singles, others } = withoutJoined(names)
  const quoted = singles.map((name) => (typeof name === 'string' ? `'${name}'` : String(name)))
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}${others}`
}

/** Of choices that may be joined, as the features of a predictor, the many combinations go without saying. */
export function withoutJoined<Name>(names: readonly Name[]): {
  readonly singles: readonly Name[]
  readonly others: string
} {
  const singles = names.filter((name) => typeof name !== 'string' || !name.includes('+'))
  return { singles, others: singles.length < names.length ? ', or several of them in this order, joined by +' : '' }
}

function sentence(problem: Problem): string {
  const suggestion = problem.suggestion === undefined ? '' : ` (did you mean '${problem.suggestion}'?)`
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`
  return `expected ${problem.expected}, got ${problem.got}${suggestion}${hint}`
}

/** `source`: the file's name as the user gave it, or what the options are called where there is no file. */
export function studyFileInvalid(
  source: string,
  problems: readonly Problem[],
  locate: (problem: Problem) => Position | null,
): ForetuneError {
  const located = problems.map((problem): LocatedProblem => {
    const position = locate(problem)
    const path = pathText(problem.path)
    const place = position === null ? source : `${source}:${position.line}:${position.column}`
    return {
      code: problem.code,
      path,
      line: position?.line ?? null,
      column: position?.column ?? null,
      expected: problem.expected,
      got: problem.got,
      ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
      message: `${path === '' ? place : `${place} ${path}`}: ${sentence(problem)}`,
    }
  })
  // Sorting is stable: without positions the order of the checks stays.
  located.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
  const count = located.length === 1 ? 'one mistake' : `${located.length} mistakes`
  return new ForetuneError(
    'STUDY_FILE_INVALID',
    `${source}: ${count}\n${located.map((problem) => problem.message).join('\n')}`,
    { details: { source, problems: located } },
  )
}
