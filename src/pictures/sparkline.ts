const blocks = '▁▂▃▄▅▆▇█'

/** Values as a line of blocks, at most `width` wide, from their least to their largest; non-finite ones are `×`. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return ''
  const count = Math.min(width, values.length)
  const picked = Array.from({ length: count }, (_, index) => {
    // The last value of each stretch, so that the newest report is always shown.
    return values[Math.floor(((index + 1) * values.length) / count) - 1] as number
  })
  let least = Infinity
  let most = -Infinity
  for (const value of picked) {
    if (!Number.isFinite(value)) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return picked.map((value) => blockOf(value, least, most)).join('')
}

function blockOf(value: number, least: number, most: number): string {
  if (!Number.isFinite(value)) return '×'
  const place = most > least ? (value - least) / (most - least) : 0.5
  return blocks[Math.min(blocks.length - 1, Math.floor(place * blocks.length))] as string
}
