/** Tables of curves as files: CSV read in pieces, Parquet through a library that is loaded only then; and the CSV that `export` writes. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Configuration } from '../core/trial.ts'
import { csvTable, tableBuilder } from './curve-table.ts'
import type { Cell, CurveTable } from './curve-table.ts'
import { curvesInvalid, curvesNotFound } from './errors.ts'
import type { ColumnChoice } from './table-columns.ts'

/** Parquet is known by its first four bytes, whatever the file is called; everything else is CSV. */
export async function readCurveTable(path: string, choice: ColumnChoice = {}): Promise<CurveTable> {
  return (await isParquet(path)) ? readParquet(path, choice) : readCsv(path, choice)
}

async function isParquet(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1'
  } catch (cause) {
    throw curvesNotFound(path, cause)
  }
}

async function readCsv(path: string, choice: ColumnChoice): Promise<CurveTable> {
  const table = csvTable(path, choice)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch {
      throw curvesInvalid(path, null, 'text in UTF-8', 'other bytes')
    }
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) table.push(decode(chunk as Buffer))
  table.push(decode())
  return table.finish()
}

async function readParquet(path: string, choice: ColumnChoice): Promise<CurveTable> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet')
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    const header = parquetSchema(metadata).children.map((child) => child.element.name)
    const builder = tableBuilder(path, header, choice)
    const compressors = {
      GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
      BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
      ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
    }
    let start = 0
    // One row group after another, so that only one is in memory as objects.
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows)
      const rows = await parquetReadObjects({ file, metadata, compressors, rowStart: start, rowEnd: end })
      for (const [index, row] of rows.entries()) {
        builder.add(
          header.map((name) => row[name] as Cell),
          `row ${start + index}`,
        )
      }
      start = end
    }
    return builder.finish()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.name === 'ForetuneError') throw error
    throw curvesInvalid(path, null, 'a readable Parquet file', error instanceof Error ? error.message : String(error))
  }
}

/** What `toCurveCsv` needs of a trial: the values of each metric by epoch (index 0 is epoch 1); undefined = nothing was reported then. */
export interface CurveRow {
  readonly configuration: Configuration
  readonly curves: { readonly [metric: string]: readonly (number | undefined)[] }
}

/**
 * The table that `simulate` reads. A curve that was reported every few epochs is written as a step function (an epoch without a report
 * has the value of the report before it, the first ones that of the first report), since a table has no holes.
 */
export function toCurveCsv(
  parameters: readonly string[],
  metrics: readonly string[],
  rows: readonly CurveRow[],
): string {
  const horizon = rows.reduce((most, row) => Math.max(most, ...metrics.map((name) => row.curves[name]?.length ?? 0)), 0)
  const epochs = Array.from({ length: horizon }, (_, index) => index + 1)
  const lines = [[...parameters, ...metrics.flatMap((name) => epochs.map((epoch) => `${name}_${epoch}`))].map(quoted)]
  for (const row of rows) {
    const length = Math.max(0, ...metrics.map((name) => row.curves[name]?.length ?? 0))
    const cells = parameters.map((name) => quoted(String(row.configuration[name] ?? '')))
    for (const name of metrics) cells.push(...curveCells(row.curves[name] ?? [], length, horizon))
    lines.push(cells)
  }
  return lines.map((cells) => cells.join(',') + '\n').join('')
}

function curveCells(values: readonly (number | undefined)[], length: number, horizon: number): string[] {
  let last = values.find((value) => value !== undefined)
  const cells: string[] = []
  for (let index = 0; index < horizon; index++) {
    last = values[index] ?? last
    cells.push(index < length && last !== undefined ? numberText(last) : '')
  }
  return cells
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) || cell.trim() !== cell ? `"${cell.replaceAll('"', '""')}"` : cell
}
