/** The tables of recorded curves: what they hold, and how far a study with eta = 2 can go on them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hyperbandBrackets, trialsOf } from '../src/core/schedulers/brackets.ts'
import type { CurveSet } from '../src/core/predictors/evaluate.ts'
import { encode, key, space } from '../src/core/space/space.ts'
import type { Problem } from '../src/simulation/problem.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'

export const eta = 2

export type TableName = 'mlpf' | 'image' | 'language' | 'mnist accuracy' | 'mnist loss'

interface TableFacts {
  readonly file: string
  readonly title: string
  readonly direction: 'minimize' | 'maximize'
  readonly horizon: number
  readonly rows: number
  /** Diverged curves get the worst finite value of their table. */
  readonly nonFinite?: 'worst'
  readonly digits: number
}

export const tables: { readonly [name in TableName]: TableFacts } = {
  mlpf: { file: 'mlpf.csv', title: 'MLPF, loss', direction: 'minimize', horizon: 100, rows: 296, digits: 4 },
  image: {
    file: 'deepobs_fmnist_2c2d.csv',
    title: 'CNN on Fashion-MNIST, accuracy',
    direction: 'maximize',
    horizon: 100,
    rows: 108,
    digits: 4,
  },
  language: {
    file: 'taskset_imdb_lstm128.csv',
    title: 'LSTM on IMDB, loss',
    direction: 'minimize',
    horizon: 51,
    rows: 1000,
    nonFinite: 'worst',
    digits: 4,
  },
  'mnist accuracy': {
    file: 'mnist_6hp.csv',
    title: 'CNN on MNIST, accuracy',
    direction: 'maximize',
    horizon: 12,
    rows: 800,
    digits: 4,
  },
  'mnist loss': {
    file: 'mnist_6hp_loss.csv',
    title: 'CNN on MNIST, loss',
    direction: 'minimize',
    horizon: 12,
    rows: 800,
    digits: 4,
  },
}

export const tableNames: readonly TableName[] = Object.keys(tables) as TableName[]

/** Trials of one pass of Hyperband. */
export function trialsOfPass(maxEpochs: number): number {
  return hyperbandBrackets({ maxEpochs, minEpochs: 1, eta }).reduce((sum, bracket) => sum + trialsOf(bracket), 0)
}

/** The largest R of a table: a pass may need no more trials than it has rows. */
export function largestR(name: TableName): number {
  const { horizon, rows } = tables[name]
  let R = horizon
  while (trialsOfPass(R) > rows) R--
  return R
}

/** Which of the files are not in the folder. */
export function missingFiles(folder: string): string[] {
  return Object.values(tables)
    .map(({ file }) => file)
    .filter((file) => !existsSync(join(folder, file)))
}

export interface LoadedTable {
  readonly problem: Problem
  /** Losses, minimise-signed, of all epochs that the table has. */
  readonly set: CurveSet
  /** The numbers of each row's configuration as they stand in the file. */
  readonly raw: readonly (readonly number[])[]
}

const loaded = new Map<TableName, Promise<LoadedTable>>()

export function loadTable(folder: string, name: TableName): Promise<LoadedTable> {
  let table = loaded.get(name)
  if (table === undefined) loaded.set(name, (table = load(folder, name)))
  return table
}

async function load(folder: string, name: TableName): Promise<LoadedTable> {
  const { file, direction, nonFinite = 'failed' } = tables[name]
  const table = await readCurveTable(join(folder, file))
  const { rows, horizon } = tables[name]
  if (table.rows.length !== rows || table.horizon !== horizon)
    throw new Error(
      `${file}: expected ${rows} rows of ${horizon} epochs, got ${table.rows.length} of ${table.horizon}; take the table that this study is about`,
    )
  const all = tableProblem(table, { direction, nonFinite })
  const its = space(table.space)
  const [objective] = all.objectives
  const metric = objective?.metric ?? ''
  const sign = direction === 'maximize' ? -1 : 1
  const groups = new Map<string, number>()
  const set: CurveSet = {
    curves: table.rows.map((configuration, row) =>
      Array.from(
        { length: table.horizon },
        (_, epoch) => sign * (all.metrics(configuration, { row }, epoch + 1)[metric] ?? NaN),
      ),
    ),
    hyperparameters: table.rows.map((configuration) => [...encode(its, configuration)]),
    groups: table.rows.map((configuration) => {
      const text = key(its, configuration)
      if (!groups.has(text)) groups.set(text, groups.size)
      return groups.get(text) as number
    }),
  }
  return {
    problem: { ...tableProblem(table, { direction, nonFinite, maxEpochs: largestR(name) }), name: file },
    set,
    raw: table.rows.map((configuration) => table.parameters.map((parameter) => Number(configuration[parameter]))),
  }
}
