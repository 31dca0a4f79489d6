/** The published learning curves as a world of mini-studies. */
import { readFileSync } from 'node:fs'
import { shared } from '../../../test/shared.ts'

/** The loss of a row after an epoch, both as the reference counts them: rows from 0, epochs from 1. */
export function mlpfLoss(): (row: number, epoch: number) => number {
  const lines = readFileSync(shared.path('data/curves/mlpf.csv'), 'utf8').trim().split('\n')
  const first = (lines[0] ?? '').split(',').indexOf('METRIC_1')
  const rows = lines.slice(1).map((line) => line.split(',').slice(first).map(Number))
  return (row, epoch) => rows[row]?.[epoch - 1] ?? NaN
}
