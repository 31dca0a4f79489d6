/**
 * What the form alone does not tell: whether the fields fit each other. Every check looks only at fields that could be read, and says nothing
 * about names that are missing because the field that should define them is broken.
 */
import { commandProblems, placeholderProblems, reservedPlaceholders } from './placeholders.ts'
import { groupNames, metricsPattern, requiredMetrics } from './metrics-source.ts'
import { nearest } from './nearest.ts'
import { isWritten, namesOf, type RawFields, type ReadFields } from './study-file-fields.ts'
import { checkSpace } from './study-file-space.ts'
import { type Problem, shownValue } from './study-file-problem.ts'

/** `raw`: the fields as written, readable or not. */
export function checkFields(read: ReadFields, raw: RawFields): Problem[] {
  return [
    ...checkName(raw),
    ...checkObjectives(read, raw),
    ...checkEpochs(read),
    ...checkConstraints(read),
    ...checkSpace(read, raw),
    ...checkCommand(read, raw),
    ...checkMetrics(read, raw),
  ]
}

function checkName(raw: RawFields): Problem[] {
  if (isWritten(raw, 'name')) return []
  return [{ code: 'MISSING_FIELD', path: ['name'], expected: 'a name for the study', got: 'nothing' }]
}

function checkObjectives({ fields }: ReadFields, raw: RawFields): Problem[] {
  const expected = '`objective` or `objectives`'
  if (isWritten(raw, 'objective') && isWritten(raw, 'objectives')) {
    return [
      {
        code: 'CONFLICTING_FIELDS',
        path: ['objectives'],
        expected: `either ${expected}`,
        got: 'both',
        isAboutName: true,
      },
    ]
  }
  if (!isWritten(raw, 'objective') && !isWritten(raw, 'objectives')) {
    return [
      {
        code: 'MISSING_FIELD',
        path: ['objective'],
        expected: 'a metric to optimise',
        got: 'nothing',
        hint: 'write `objective: { metric: ... }`',
      },
    ]
  }
  return (fields.objectives ?? []).flatMap(({ metric }, index, all): Problem[] => {
    if (all.findIndex((other) => other.metric === metric) === index) return []
    return [
      {
        code: 'DUPLICATE_METRIC',
        path: ['objectives', index],
        expected: 'every metric once',
        got: `'${metric}' again`,
      },
    ]
  })
}

function checkEpochs({ fields }: ReadFields): Problem[] {
  if (fields.epochs === undefined || fields.epochs.min <= fields.epochs.max) return []
  const { min, max } = fields.epochs
  return [
    {
      code: 'EPOCHS_REVERSED',
      path: ['epochs', 'min'],
      expected: `at most \`max\`, which is ${max}`,
      got: String(min),
    },
  ]
}

function checkConstraints({ fields, numbers }: ReadFields): Problem[] {
  return (fields.constraints ?? []).flatMap(({ metric, atLeast, atMost }, index): Problem[] => {
    const path = ['constraints', numbers['constraints']?.[index] ?? index]
    if (atLeast === undefined && atMost === undefined) {
      return [
        {
          code: 'CONSTRAINT_WITHOUT_BOUND',
          path,
          expected: `\`atMost\` or \`atLeast\` for '${metric}'`,
          got: 'neither',
        },
      ]
    }
    if (atLeast === undefined || atMost === undefined || atLeast <= atMost) return []
    return [
      {
        code: 'EMPTY_RANGE',
        path: [...path, 'atLeast'],
        expected: `at most \`atMost\`, which is ${atMost}`,
        got: String(atLeast),
      },
    ]
  })
}

function checkCommand({ fields }: ReadFields, raw: RawFields): Problem[] {
  const { command, shell } = fields
  if (command === undefined) {
    if (shell !== true || isWritten(raw, 'command')) return []
    return [{ code: 'MISSING_FIELD', path: ['command'], expected: 'a command for the shell', got: 'nothing' }]
  }
  if (shell === true && typeof command !== 'string') {
    const expected = 'one line of text, which `shell: true` needs'
    return [{ code: 'WRONG_TYPE', path: ['command'], expected, got: shownValue(command) }]
  }
  if (typeof command === 'string' ? command.trim() === '' : command[0]!.trim() === '') {
    return [{ code: 'EMPTY_COMMAND', path: ['command'], expected: 'a program', got: 'nothing' }]
  }
  return commandProblems({ command, shell: shell === true }, namesOf(raw['space'])).map(({ index, ...problem }) => ({
    ...problem,
    path: index === undefined ? ['command'] : ['command', index],
    suggestion: problem.code === 'UNKNOWN_PLACEHOLDER' ? nearestPlaceholder(problem.within ?? '', raw) : undefined,
  }))
}

function nearestPlaceholder(placeholder: string, raw: RawFields): string | undefined {
  return nearest(placeholder.slice(1, -1), [...namesOf(raw['space']), ...reservedPlaceholders])
}

function checkMetrics({ fields }: ReadFields, raw: RawFields): Problem[] {
  const source = fields.metrics as
    (typeof fields.metrics & { readonly pattern?: string; readonly format?: string }) | undefined
  if (source === undefined) return []
  if (source.from === 'file') return checkMetricsPath(source.path, raw)
  if ((source.pattern === undefined) === (source.format === undefined)) {
    const got = source.pattern === undefined ? 'neither' : 'both'
    return [
      {
        code: got === 'both' ? 'CONFLICTING_FIELDS' : 'MISSING_FIELD',
        path: ['metrics'],
        expected: 'either `pattern` or `format: jsonl`',
        got,
      },
    ]
  }
  return source.pattern === undefined ? [] : checkPattern(source.pattern, fields)
}

function checkPattern(pattern: string, fields: ReadFields['fields']): Problem[] {
  const path = ['metrics', 'pattern']
  let groups: string[]
  try {
    groups = groupNames(metricsPattern(pattern))
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error)
    return [{ code: 'BAD_PATTERN', path, expected: 'a regular expression', got }]
  }
  return requiredMetrics(fields).flatMap((metric): Problem[] => {
    if (groups.includes(metric)) return []
    const got = groups.length === 0 ? 'no named group' : `only ${groups.join(', ')}`
    return [
      {
        code: 'METRIC_NOT_IN_PATTERN',
        path,
        expected: `a group (?<${metric}>...) for the metric`,
        got,
        suggestion: nearest(metric, groups),
      },
    ]
  })
}

function checkMetricsPath(file: string, raw: RawFields): Problem[] {
  const path = ['metrics', 'path']
  const problems = placeholderProblems(file, namesOf(raw['space'])).map((problem): Problem => ({
    ...problem,
    path,
    suggestion: problem.code === 'UNKNOWN_PLACEHOLDER' ? nearestPlaceholder(problem.within ?? '', raw) : undefined,
  }))
  if (problems.length > 0 || !file.startsWith('/') || /\{(?:trial|attempt|checkpoint)\}/.test(file)) return problems
  const expected = 'a path with {attempt} or {trial}, for trials that run at the same time each need their own file'
  return [{ code: 'METRICS_FILE_SHARED', path, expected, got: `'${file}'` }]
}
