/** The known name that a misspelt one most likely meant: at most a third of its letters changed, inserted, dropped or swapped with a neighbour. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(Math.max(name.length, 1) / 3)) + 1
  for (const other of known) {
    const distance = editDistance(name.toLowerCase(), other.toLowerCase())
    if (distance >= least) continue
    least = distance
    nearest = other
  }
  return nearest
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1
      let distance = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + changed)
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwapped) distance = Math.min(distance, before[column - 2]! + 1)
      current.push(distance)
    }
    before = above
    above = current
  }
  return above[b.length]!
}
