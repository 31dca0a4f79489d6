/**
 * Evenly spread directions among objectives: all vectors of multiples of 1 / divisions that sum to 1 (I. Das, J. Dennis 1998). There are
 * (objectives + divisions - 1) over divisions of them.
 */
export function referenceDirections(objectives: number, divisions: number): number[][] {
  const directions: number[][] = []
  const extend = (start: readonly number[], left: number): void => {
    if (start.length === objectives - 1) {
      directions.push([...start, left].map((parts) => parts / divisions))
      return
    }
    for (let parts = 0; parts <= left; parts++) extend([...start, parts], left - parts)
  }
  if (objectives > 0) extend([], divisions)
  return directions
}
