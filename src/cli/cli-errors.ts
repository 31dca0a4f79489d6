/** The mistakes that are made on a command line, sorted by code. */
import { ForetuneError } from '../errors.ts'
import { nearest } from '../wire/nearest.ts'
import type { Command, Flag } from './command.ts'

export function columnUnknown(what: string, name: string, known: readonly string[]): ForetuneError {
  return new ForetuneError(
    'COLUMN_UNKNOWN',
    `${what}: there is no column \`${name}\`${meant(nearest(name, known))}. Columns: ${known.join(', ')}.`,
    { details: { what, name, known } },
  )
}

export function commandUnknown(name: string, known: readonly string[]): ForetuneError {
  return new ForetuneError(
    'COMMAND_UNKNOWN',
    `There is no command \`${name}\`${meant(nearest(name, known))}. \`foretune --help\` lists all commands.`,
    { details: { name, known } },
  )
}

export function filterInvalid(text: string): ForetuneError {
  return new ForetuneError(
    'FILTER_INVALID',
    `--where ${text}: expected NAME, an operator (=, !=, <, <=, >, >=) and a value, as in --where 'lr<0.01' or --where optimizer=sgd,adam.`,
    { details: { text } },
  )
}

export function flagUnknown(command: Command, flag: string): ForetuneError {
  const known = Object.keys(command.options)
  const name = nearest(flag.replace(/^-+/, ''), known)
  return new ForetuneError(
    'FLAG_UNKNOWN',
    `\`foretune ${command.name}\` has no option \`${flag}\`${meant(name === undefined ? undefined : `--${name}`)}. \`foretune ${command.name} --help\` lists its options.`,
    { details: { command: command.name, flag, known } },
  )
}

export function flagValueInvalid(flag: string, expected: string, got: string): ForetuneError {
  return new ForetuneError('FLAG_VALUE_INVALID', `${flag}: expected ${expected}, got \`${got}\`.`, {
    details: { flag, expected, got },
  })
}

export function flagWithoutValue(command: Command, flag: string, { value, type }: Flag): ForetuneError {
  const word = value ?? (type === 'number' ? 'N' : 'VALUE')
  return new ForetuneError('FLAG_WITHOUT_VALUE', `${flag} needs a value: ${flag} ${word}.`, {
    details: { command: command.name, flag },
  })
}

export function metricUnknown(name: string, known: readonly string[]): ForetuneError {
  return new ForetuneError(
    'METRIC_UNKNOWN',
    `There is no metric \`${name}\`${meant(nearest(name, known))}. The study's metrics are ${known.join(', ')}.`,
    { details: { name, known } },
  )
}

export function nothingPredicted(study: string, scheduler: string, predicting: readonly string[]): ForetuneError {
  return new ForetuneError(
    'NOTHING_PREDICTED',
    `The study ${study} has the scheduler ${scheduler}, which predicts nothing: there is nothing to audit. Schedulers that predict: ${predicting.join(', ')}.`,
    { details: { study, scheduler, predicting } },
  )
}

export function operandsWrong(command: Command, got: readonly string[]): ForetuneError {
  const [least] = command.operands
  const problem = got.length < least ? 'Something is missing' : `\`${got.at(-1) ?? ''}\` is one word too many`
  return new ForetuneError(
    'OPERANDS_WRONG',
    `${problem}: expected \`foretune ${command.name}${command.usage === '' ? '' : ` ${command.usage}`}\`. For example: ${command.examples[0] ?? ''}`,
    { details: { command: command.name, got } },
  )
}

export function stateUnknown(state: string, known: readonly string[]): ForetuneError {
  return new ForetuneError(
    'STATE_UNKNOWN',
    `No trial is ever \`${state}\`${meant(nearest(state, known))}. A trial is ${known.join(', ')}.`,
    { details: { state, known } },
  )
}

export function studyNotChosen(location: string, names: readonly string[]): ForetuneError {
  return new ForetuneError('STUDY_NOT_CHOSEN', `${location} holds several studies: name one of ${names.join(', ')}.`, {
    details: { location, names },
  })
}

export function trialNotFound(study: string, text: string, count: number): ForetuneError {
  const range = count === 0 ? 'it has no trials yet' : `its trials are 0 to ${count - 1}`
  return new ForetuneError('TRIAL_NOT_FOUND', `The study ${study} has no trial \`${text}\`: ${range}.`, {
    details: { study, text, count },
  })
}

function meant(name: string | undefined): string {
  return name === undefined ? '' : ` (did you mean \`${name}\`?)`
}
