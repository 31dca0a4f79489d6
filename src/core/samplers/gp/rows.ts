/** Which observations a Gaussian process of bounded cost learns from, and as of when its hyperparameters are fitted. */

/**
 * Of n observations the first so many decide the hyperparameters: all of a few, then ever larger steps, so that a fit serves for a twentieth more. It
 * depends on n alone, and so does the fit: what was computed before only saves time.
 */
export function fittedRows(n: number): number {
  let rows = 20
  if (n <= rows) return n
  for (;;) {
    const next = rows + Math.max(1, Math.floor(rows / 20))
    if (next > n) return rows
    rows = next
  }
}

/** Places in `y`, ascending, at most `most`: a third the best, a third the latest, the others spread evenly over the rest. */
export function representativeRows(y: Float64Array, most: number): number[] {
  const all = Array.from(y, (_, row) => row)
  if (all.length <= most) return all
  const third = Math.floor(most / 3)
  const best = all.toSorted((a, b) => y[a]! - y[b]! || a - b).slice(0, third)
  const chosen = new Set([...best, ...all.slice(-third)])
  const rest = all.filter((row) => !chosen.has(row))
  const left = most - chosen.size
  for (let index = 0; index < left; index++) chosen.add(rest[Math.floor(((index + 0.5) * rest.length) / left)]!)
  return [...chosen].sort((a, b) => a - b)
}
