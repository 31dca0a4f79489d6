/**
 * From zod's issues to the problems of a study file. The schema's messages say `CODE: what was expected`; a union reports the mistakes of the
 * form that the value was meant to have, not those of every form.
 */
import { z } from 'zod'
import { nearest } from './nearest.ts'
import { oneOf, type Path, type Problem, shownValue } from './study-file-problem.ts'

type Issue = z.core.$ZodIssue

/** The message of an issue: a code and what was expected. */
export function says(code: string, expected: string): string {
  return `${code}: ${expected}`
}

/** A section that knows its fields: a wrong name is told beside the nearest right one. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? says('UNKNOWN_FIELD', Object.keys(shape).join(', ')) : undefined,
  })
}

const typeWords: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of fields',
  record: 'a section of fields',
}

/** What was expected, for issues whose schema does not say it itself. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return says('WRONG_TYPE', typeWords[isWhole(issue) ? 'int' : issue.expected] ?? issue.expected)
    case 'too_small':
      return says(
        'WRONG_VALUE',
        boundWords(issue.origin, issue.inclusive === false ? 'above' : 'of at least', issue.minimum),
      )
    case 'too_big':
      return says(
        'WRONG_VALUE',
        boundWords(issue.origin, issue.inclusive === false ? 'below' : 'of at most', issue.maximum),
      )
    case 'invalid_value':
      return says('WRONG_VALUE', oneOf(issue.values))
    case 'invalid_union':
      return says('WRONG_VALUE', Array.isArray(issue['options']) ? oneOf(issue['options']) : 'another kind of value')
    default:
      return undefined
  }
}

/** Text where a whole number belongs is an issue of the number, before its being whole is looked at. */
function isWhole({ inst }: z.core.$ZodRawIssue): boolean {
  return inst instanceof z.core.$ZodNumberFormat
}

function boundWords(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'array') return `a list ${relation} ${bound} ${bound === 1 ? 'entry' : 'entries'}`
  if (origin === 'string') return bound === 1 ? 'text that is not empty' : `text ${relation} ${bound} characters`
  if (origin === 'int') return `a whole number ${relation} ${bound}`
  return `a number ${relation} ${bound}`
}

/** `path` is where `value` stands in the file. */
export function problemsOf(issues: readonly Issue[], value: unknown, path: Path): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, value, path))
}

function problemsOfIssue(issue: Issue, root: unknown, above: Path): Problem[] {
  const inside = issue.path as Path
  const path = [...above, ...inside]
  const value = valueAt(root, inside)
  const said = /^([A-Z_]+): (.*)$/s.exec(issue.message)
  const code = said?.[1] ?? 'WRONG_VALUE'
  const expected = said?.[2] ?? issue.message
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, [...path, key], expected.split(', ')))
    case 'invalid_key':
      return [{ ...only(problemsOf(issue.issues, path.at(-1), [])), path, isAboutName: true }]
    case 'invalid_union': {
      const meant = issue.errors.find((branch) => branch.every((branchIssue) => hasRightForm(branchIssue, value)))
      if (meant !== undefined) return problemsOf(meant, value, path)
    }
  }
  if (value === undefined) return [{ code: 'MISSING_FIELD', path, expected, got: 'nothing' }]
  return [{ code, path, expected, got: shownValue(value), suggestion: suggestionFor(issue, value) }]
}

function only(problems: readonly Problem[]): Problem {
  const [problem] = problems
  if (problem === undefined) throw new Error('bug: a wrong key has an issue')
  return problem
}

/** `known`: what the section may hold. */
export function unknownField(key: string, path: Path, known: readonly string[]): Problem {
  const suggestion = nearest(key, known) ?? elsewhere[key]
  const expected = suggestion === undefined ? `one of ${known.join(', ')}` : 'a known field'
  return { code: 'UNKNOWN_FIELD', path, expected, got: `'${key}'`, suggestion, isAboutName: true }
}

/** Fields that live in a section, and names that other programs of this kind use. */
const elsewhere: { readonly [name: string]: string | undefined } = {
  metric: 'objective.metric',
  direction: 'objective.direction',
  goal: 'objective.direction',
  parameters: 'space',
  params: 'space',
  search_space: 'space',
  trials: 'budget.trials',
  nTrials: 'budget.trials',
  n_trials: 'budget.trials',
  target: 'budget.target',
  time: 'budget.time',
  maxEpochs: 'epochs.max',
  max_epochs: 'epochs.max',
  minEpochs: 'epochs.min',
  min_epochs: 'epochs.min',
  retries: 'failures.retries',
  timeout: 'failures.timeout',
  grace: 'failures.grace',
  slots: 'executor.slots',
  gpus: 'executor.gpus',
  workers: 'executor.slots',
  program: 'command',
  pruner: 'scheduler',
  choices: 'values',
}

/** Whether a value had the form that a branch of a union reads, so that the branch's issues are worth telling. */
function hasRightForm(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return true
  if (issue.code === 'invalid_value') return issue.values.some((known) => typeof known === typeof value)
  if (issue.code !== 'invalid_type') return true
  return typeof value === 'number' && (issue.expected === 'number' || issue.expected === 'int')
}

function suggestionFor(issue: Issue, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const known: unknown = issue.code === 'invalid_value' ? issue.values : (issue as { options?: unknown }).options
  if (!Array.isArray(known)) return undefined
  return nearest(
    value,
    known.filter((name) => typeof name === 'string'),
  )
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as { readonly [step: string]: unknown })[step]
  }
  return value
}
