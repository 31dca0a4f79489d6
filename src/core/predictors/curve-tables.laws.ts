/** The recorded curve tables as data for tests of predictors: losses (accuracies negated), encoded configurations, groups of equal ones. */
import { readFileSync } from 'node:fs'
import { shared } from '../../../test/shared.ts'
import { curveTableFromCsv } from '../../simulation/curve-table.ts'
import { curveSet, curvesOfTable } from '../../simulation/recorded-curves.ts'
import type { Direction } from '../trial.ts'
import type { CurveSet } from './evaluate.ts'

/** By name of the file. */
const directions = {
  mlpf: 'minimize',
  deepobs_fmnist_2c2d: 'maximize',
  mnist_6hp: 'maximize',
  mnist_6hp_loss: 'minimize',
  taskset_imdb_lstm128: 'minimize',
} as const satisfies { readonly [table: string]: Direction }

export type TableName = keyof typeof directions

export function recordedCurves(name: TableName): CurveSet & { readonly horizon: number } {
  const table = curveTableFromCsv(readFileSync(shared.path(`data/curves/${name}.csv`), 'utf8'))
  const recorded = curvesOfTable(table, { metric: table.metrics[0]!, direction: directions[name] })
  return { ...curveSet(recorded, true), horizon: table.horizon }
}
