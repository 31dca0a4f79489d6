/**
 * The search space that a table of configurations spans. Text becomes categorical, few distinct whole numbers become ordinal, other numbers a range
 * (logarithmic where they are positive and span three decades). A column with empty cells is a conditional parameter:
 * its condition is read from the first column without empty cells whose values tell exactly when it is there.
 */
import type { Configuration, Value } from '../core/trial.ts'
import type { ParameterDefinition, SpaceDefinition } from '../core/space/definition.ts'
import { curvesInvalid } from './errors.ts'

const ordinalMax = 16
const decadesForLog = 1000

export function tableSpace(
  source: string,
  parameters: readonly string[],
  rows: readonly Configuration[],
): SpaceDefinition {
  const definitions: { [name: string]: ParameterDefinition } = {}
  const conditional = parameters.filter((name) => rows.some((row) => row[name] === undefined))
  for (const name of parameters) {
    const definition = parameterOf(rows.map((row) => row[name]).filter((value) => value !== undefined))
    definitions[name] = conditional.includes(name)
      ? { ...definition, when: conditionOf(source, name, parameters, conditional, rows) }
      : definition
  }
  return { parameters: definitions, forbidden: [] }
}

function parameterOf(values: readonly Value[]): ParameterDefinition {
  const distinct = [...new Set(values)]
  const numbers = distinct.filter((value) => typeof value === 'number')
  if (numbers.length < distinct.length || numbers.length === 0) return { type: 'categorical', choices: distinct }
  numbers.sort((a, b) => a - b)
  const low = numbers[0] as number
  const high = numbers.at(-1) as number
  const areWhole = numbers.every((value) => Number.isSafeInteger(value))
  if (numbers.length === 1 || (areWhole && numbers.length <= ordinalMax)) return { type: 'ordinal', values: numbers }
  const isLog = low > 0 && high / low >= decadesForLog
  return { type: areWhole ? 'int' : 'float', low, high, ...(isLog ? { log: true } : {}) }
}

function conditionOf(
  source: string,
  name: string,
  parameters: readonly string[],
  conditional: readonly string[],
  rows: readonly Configuration[],
): { readonly [parameter: string]: readonly Value[] } {
  for (const parent of parameters) {
    if (conditional.includes(parent)) continue
    const present = new Set<Value>()
    const absent = new Set<Value>()
    for (const row of rows) (row[name] === undefined ? absent : present).add(row[parent] as Value)
    if (present.size > 0 && ![...present].some((value) => absent.has(value))) return { [parent]: [...present] }
  }
  const row = rows.findIndex((each) => each[name] === undefined)
  throw curvesInvalid(
    source,
    `row ${row}`,
    `a value of \`${name}\` (or cells that are empty exactly where another parameter has certain values)`,
    'an empty cell',
  )
}
