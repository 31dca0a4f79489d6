/** The cells of one line of comma-separated values (RFC 4180, a quoted cell stays within its line); null where a quote is never closed. */
export function parseCsvRow(line: string): string[] | null {
  const text = line.replace(/\r?\n$/, '')
  const cells: string[] = []
  let at = 0
  while (true) {
    if (text[at] === '"') {
      let cell = ''
      for (at++; ; at++) {
        if (at >= text.length) return null
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') cell += text[++at]
        else break
      }
      // What follows the closing quote before the next comma belongs to no cell by the standard; it is kept.
      const comma = text.indexOf(',', at + 1)
      const end = comma === -1 ? text.length : comma
      cells.push(cell + text.slice(at + 1, end))
      at = end
    } else {
      const comma = text.indexOf(',', at)
      const end = comma === -1 ? text.length : comma
      cells.push(text.slice(at, end))
      at = end
    }
    if (at >= text.length) return cells
    at++
  }
}
