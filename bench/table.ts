import type { Row, Spread } from './row.ts'

/** The rows as text, the columns under each other. */
export function tableText(rows: readonly Row[]): string {
  const cells = [['what', 'ours', 'reference in the same run', 'ratio', 'reach', 'ok?'], ...rows.map(cellsOf)]
  const widths = (cells[0] as string[]).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellsOf(row: Row): string[] {
  const reference = row.reference ? `${row.reference.name}: ${spreadText(row.reference.spread)}` : ''
  return [
    row.what,
    `${spreadText(row.ours)} ${row.unit}`,
    [reference, row.note ?? ''].filter((part) => part !== '').join('; '),
    row.ratio === null || !Number.isFinite(row.ratio) ? '' : figure(row.ratio),
    row.reach,
    row.ok === null ? '' : row.ok ? 'yes' : 'NO',
  ]
}

function spreadText({ median, min, max, repeats }: Spread): string {
  return repeats === 1 ? figure(median) : `${figure(median)} [${figure(min)} – ${figure(max)}]`
}

/** Three digits are more than a shared machine allows. */
function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value)
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(value < 1 ? 2 : 3)))
}
