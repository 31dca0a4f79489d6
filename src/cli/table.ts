/** Text in columns, as wide as the terminal: the last column is cut where a line would not fit. */

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Rows of cells without colours. `width` Infinity never cuts (a pipe). */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map(({ title }) => title.length)
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => {
      if (columns[index]?.align === 'right') return cell.padStart(widths[index] ?? 0)
      return index === cells.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)
    })
    return cut(padded.join('  ').trimEnd(), width)
  }
  return [line(columns.map(({ title }) => title)), ...rows.map(line)]
}

/** For tables whose last columns say the most: on a narrow terminal their lines are broken rather than cut. */
export function wholeWidth({
  isTerminal,
  columns,
}: {
  readonly isTerminal: boolean
  readonly columns: number
}): number {
  return isTerminal ? Math.max(columns, 100) : Infinity
}

/** The text, or its beginning and an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
