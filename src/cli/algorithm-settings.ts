/**
 * An algorithm named on the command line, with options given as `NAME=VALUE`: checked against what the algorithm says of itself. `prefix` is
 * what stands before the names where `--set` speaks of several algorithms.
 */
import type { OptionSpec, OptionSpecs } from '../core/options.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { ForetuneError } from '../errors.ts'
import { nearest } from '../wire/nearest.ts'
import { unknownAlgorithm } from '../wire/unknown-algorithm.ts'

interface Kind {
  readonly name: string
  readonly options: OptionSpecs
}

export function algorithmWithSettings(
  what: 'sampler' | 'scheduler',
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
    options[option] = optionValue(kind, prefix, option, text, spec)
  }
  return { type: name, ...options }
}

function optionValue(kind: Kind, prefix: string, option: string, text: string, spec: OptionSpec): unknown {
  const value = spec.type === 'text' ? text : parsed(text)
  const { atLeast = -Infinity, above = -Infinity, atMost = Infinity } = spec
  const isNumber = typeof value === 'number' && value >= atLeast && value > above && value <= atMost
  const isRight =
    spec.type === 'any' ||
    (spec.type === 'text' && (!spec.choices || spec.choices.includes(text))) ||
    (spec.type === 'boolean' && typeof value === 'boolean') ||
    (spec.type === 'number' && isNumber) ||
    (spec.type === 'integer' && isNumber && Number.isInteger(value))
  if (!isRight) throw optionInvalid(kind, prefix, option, expected(spec), text)
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function expected({ type, choices, atLeast, above, atMost }: OptionSpec): string {
  if (choices) return `one of ${choices.join(', ')}`
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
