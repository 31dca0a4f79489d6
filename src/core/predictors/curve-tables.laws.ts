/** The recorded curve tables as data for tests of predictors: losses (accuracies negated), encoded configurations, groups of equal ones. */
import { readFileSync } from 'node:fs'
import { shared } from '../../../test/shared.ts'
import { curveTableFromCsv } from '../../simulation/curve-table.ts'
import { encode, space as spaceOf } from '../space/space.ts'
import type { CurveSet } from './evaluate.ts'

/** By name of the file: whether its metric is maximised. */
const isMaximised = {
  mlpf: false,
  deepobs_fmnist_2c2d: true,
  mnist_6hp: true,
  mnist_6hp_loss: false,
  taskset_imdb_lstm128: false,
} as const

export type TableName = keyof typeof isMaximised
export const tableNames = Object.keys(isMaximised) as TableName[]

export function recordedCurves(name: TableName): CurveSet & { readonly horizon: number } {
  const table = curveTableFromCsv(readFileSync(shared.path(`data/curves/${name}.csv`), 'utf8'))
  const values = table.curves[table.metrics[0]!]!
  const sign = isMaximised[name] ? -1 : 1
  const space = spaceOf(table.space)
  const numbers = new Map<string, number>()
  return {
    horizon: table.horizon,
    curves: table.rows.map((_, row) =>
      Array.from({ length: table.horizon }, (_value, epoch) => sign * values[row * table.horizon + epoch]!),
    ),
    hyperparameters: table.rows.map((row) => Array.from(encode(space, row))),
    groups: table.rows.map((row) => {
      const key = JSON.stringify(row)
      const number = numbers.get(key) ?? numbers.size
      numbers.set(key, number)
      return number
    }),
  }
}
