/** The commented study file that `foretune init` writes: what is set stands first, what may be set is there to be uncommented. */
import type { ParameterDefinition } from '../core/space/definition.ts'
import type { Direction, Json } from '../core/trial.ts'

export interface StudyFileTemplate {
  readonly name?: string
  readonly command: string | readonly string[]
  readonly objective: { readonly metric: string; readonly direction: Direction }
  readonly space: { readonly [name: string]: ParameterDefinition }
  readonly epochs?: { readonly min?: number; readonly max: number }
  readonly sampler?: string | { readonly type: string; readonly [option: string]: Json | undefined }
  readonly scheduler?: string | { readonly type: string; readonly [option: string]: Json | undefined }
  readonly budget?: {
    readonly trials?: number
    readonly epochs?: number
    readonly time?: string
    readonly target?: number
  }
  readonly seed?: number
  readonly metrics?: { readonly [field: string]: Json | undefined }
  readonly resumable?: boolean | 'restart'
  readonly slots?: number
}

export function writeStudyFile(study: StudyFileTemplate): string {
  const { epochs = { max: 1 }, budget = {} } = study
  const paragraphs = [
    [
      '# A Foretune study. Check it with `foretune check`, look ahead with `foretune preview`, start it with `foretune run`.',
    ],
    optional('name', study.name, 'my-study', "The study's name in the store; the file's name unless said."),
    [
      '# What is trained. {name} stands for a parameter, and also for {trial} {seed} {from} {until} {checkpoint} {attempt}.',
      '# There is no shell unless `shell: true`. A program that uses the client needs no placeholders.',
      `command: ${commandText(study.command)}`,
    ],
    ['# The metric to optimise, as the program reports it.', `objective: ${flow(study.objective)}`],
    [
      '# What is searched. Kinds: float and int (low, high, log, step), ordinal (values), categorical (choices).',
      '# `when: { other: value }` makes a parameter exist only then.',
      'space:',
      ...aligned(study.space),
    ],
    [
      '# Combinations that are never tried.',
      '# forbidden:',
      '#   - { some_parameter: value, another: { atLeast: 64 } }',
    ],
    ['# The training resource of one trial. With `max: 1` only results count.', `epochs: ${flow(epochs)}`],
    optional('sampler', study.sampler, 'random', 'Who proposes configurations.'),
    optional(
      'scheduler',
      study.scheduler,
      epochs.max === 1 ? 'none' : 'asha',
      'Who decides which trial trains on and which is stopped.',
    ),
    [
      '# Where the study ends: trials, epochs over all trials, time (8h), target (a value of the metric). Any of them.',
      `${Object.keys(budget).length === 0 ? '# budget: { trials: 100 }' : `budget: ${flow(budget)}`}`,
    ],
    optional('seed', study.seed, 0, 'The same seed, the same choices.'),
    study.metrics === undefined
      ? [
          '# Where metrics come from if the program does not use the client: its output, or a file that it writes.',
          `# metrics: ${metricsExample(study.objective.metric)}`,
        ]
      : ['# Where metrics come from.', `metrics: ${flow(study.metrics)}`],
    optional(
      'resumable',
      study.resumable,
      true,
      'Whether a trial can go on from its checkpoint (`restart`: trains again from epoch 1).',
    ),
    optional(
      'failures',
      undefined,
      { retries: 1, timeout: '2h', grace: '30s', stopStudyAfter: 20 },
      'What becomes of attempts that fail.',
    ),
    optional(
      'executor',
      study.slots === undefined ? undefined : { type: 'local', slots: study.slots },
      { type: 'local', slots: 4, gpus: 'auto' },
      'Where attempts run, and how many at once.',
    ),
  ]
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** A field, or the example of one to uncomment. */
function optional(field: string, value: unknown, example: unknown, comment: string): string[] {
  return [`# ${comment}`, value === undefined ? `# ${field}: ${flow(example)}` : `${field}: ${flow(value)}`]
}

function aligned(space: StudyFileTemplate['space']): string[] {
  const names = Object.keys(space).map(scalarText)
  const width = Math.max(0, ...names.map((name) => name.length))
  return Object.values(space).map((parameter, index) => `  ${`${names[index]}:`.padEnd(width + 1)} ${flow(parameter)}`)
}

/** One line of YAML for any plain data. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return fields.length === 0
      ? '{}'
      : `{ ${fields.map(([name, field]) => `${scalarText(name)}: ${flow(field)}`).join(', ')} }`
  }
  return typeof value === 'string' ? scalarText(value) : String(value)
}

/** Bare where no reader of YAML, old or new, could take it for anything but text; else in double quotes, as in JSON. */
function scalarText(text: string): string {
  const isWord = /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text)
  return isWord ? text : JSON.stringify(text)
}

/** A command line reads best without quotes, braces and all. */
function commandText(command: string | readonly string[]): string {
  if (typeof command !== 'string') return flow(command)
  const isPlain = /^[A-Za-z_./][^\n\t]*$/.test(command) && !/: |:$| #|\s$/.test(command) && command.includes(' ')
  return isPlain ? command : flow(command)
}

/** With the study's own metric, so that it needs only to be uncommented; a name that no group may have is read from JSON. */
function metricsExample(metric: string): string {
  if (!/^[A-Za-z_]\w*$/.test(metric)) return '{ from: stdout, format: jsonl }'
  return `{ from: stdout, pattern: 'epoch (?<epoch>\\d+).*${metric}=(?<${metric}>\\S+)' }`
}
