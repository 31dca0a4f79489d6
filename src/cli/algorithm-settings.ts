/**
 * An algorithm named on the command line, with options given as `NAME=VALUE`: checked against what the algorithm says of itself. `prefix` is
 * what stands before the names where `--set` speaks of several algorithms.
 */
import { predictors } from '../core/predictors/index.ts'
import { isOptionValue } from '../core/options.ts'
import type { OptionSpec, OptionSpecs } from '../core/options.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { ForetuneError } from '../errors.ts'
import { nearest } from '../wire/nearest.ts'
import { lessonOptions } from '../wire/lesson-options.ts'
import { withoutJoined } from '../wire/study-file-problem.ts'
import { unknownAlgorithm } from '../wire/unknown-algorithm.ts'

interface Kind {
  readonly name: string
  readonly options: OptionSpecs
}

export function algorithmWithSettings(
  what: 'sampler' | 'scheduler' | 'predictor',
  name: string,
  known: { readonly [name: string]: Kind },
  settings: readonly string[],
  prefix: string = '',
): AlgorithmDefinition {
  const kind = Object.hasOwn(known, name) ? known[name] : undefined
  if (!kind) throw unknownAlgorithm(what, name, Object.keys(known))
  const options: { [option: string]: unknown } = {}
  for (const setting of settings) {
    const [, option = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? []
    const spec = Object.hasOwn(kind.options, option) ? kind.options[option] : undefined
    if (!spec) throw optionUnknown(kind, prefix, setting, option)
    const value = spec.type === 'text' ? text : parsed(text)
    // Without quotes nobody can write null, so that it is text.
    if (value === null || !isOptionValue(spec, value)) throw optionInvalid(kind, prefix, option, expected(spec), text)
    options[option] = spec.type === 'predictor' ? predictorValue(kind, prefix, option, spec, value) : value
  }
  return { type: name, ...options }
}

/** Of a predictor given by name or as a section: its own options, too, and where it has learnt. */
function predictorValue(kind: Kind, prefix: string, option: string, spec: OptionSpec, value: unknown): unknown {
  const type = typeOf(value)
  const predictor = Object.hasOwn(predictors, type) ? predictors[type] : undefined
  if (!predictor) throw optionInvalid(kind, prefix, option, expected(spec), type)
  if (typeof value === 'string') return value
  const specs = { ...predictor.options, ...lessonOptions }
  const inner = `${prefix}${option}.`
  for (const [name, given] of Object.entries(value as AlgorithmDefinition)) {
    if (name === 'type') continue
    const its = Object.hasOwn(specs, name) ? specs[name] : undefined
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    if (!its) throw optionUnknown({ name: type, options: specs }, inner, `${name}=${text}`, name)
    if (!isOptionValue(its, given)) throw optionInvalid(predictor, inner, name, expected(its), text)
  }
  return value
}

function typeOf(value: unknown): string {
  const type = typeof value === 'object' && value !== null ? (value as { readonly type?: unknown }).type : value
  return typeof type === 'string' ? type : ''
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function expected({ type, choices, atLeast, above, atMost }: OptionSpec): string {
  if (choices) {
    const { singles, others } = withoutJoined(choices)
    return `one of ${singles.join(', ')}${others}`
  }
  const bounds = [
    atLeast === undefined ? '' : ` of at least ${atLeast}`,
    above === undefined ? '' : ` above ${above}`,
    atMost === undefined ? '' : ` up to ${atMost}`,
  ]
  const nouns = {
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    text: 'text',
    any: 'a value',
    predictor: `a predictor's name (${Object.keys(predictors).join(', ')}) or {"type": NAME, ...}`,
  }
  return nouns[type] + bounds.join('')
}

function optionUnknown(kind: Kind, prefix: string, setting: string, option: string): ForetuneError {
  const known = Object.keys(kind.options)
  const guess = nearest(option, known)
  const meant = guess === undefined ? '' : ` (did you mean \`${guess}\`?)`
  const has = known.length === 0 ? 'it has none' : `its options are ${known.join(', ')}`
  return new ForetuneError(
    'INVALID_OPTION',
    `--set ${prefix}${setting}: expected ${prefix}NAME=VALUE with an option of ${kind.name}${meant}; ${has}.`,
    {
      details: { algorithm: kind.name, option, known },
    },
  )
}

function optionInvalid(kind: Kind, prefix: string, option: string, wanted: string, got: string): ForetuneError {
  return new ForetuneError(
    'INVALID_OPTION',
    `--set ${prefix}${option}=${got}: expected ${wanted} for ${option} of ${kind.name}.`,
    {
      details: { algorithm: kind.name, option, expected: wanted, got },
    },
  )
}
