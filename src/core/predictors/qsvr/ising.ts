/** The same problem over spins s = 2a - 1, which is what the qubits of an annealer hold. */
import type { Qubo } from './qubo.ts'

/** Minimise offset + sum of h_i s_i + sum over i < j of J[i, j] s_i s_j over spins s of -1 and 1. */
export interface Ising {
  readonly size: number
  readonly h: Float64Array
  /** Row-major size x size; zero on and below the diagonal. */
  readonly J: Float64Array
  readonly offset: number
}

export function isingOf({ size, q }: Qubo): Ising {
  const h = new Float64Array(size)
  const J = new Float64Array(size * size)
  let offset = 0
  for (let i = 0; i < size; i++) {
    const linear = q[i * size + i]!
    h[i] = h[i]! + linear / 2
    offset += linear / 2
    for (let j = i + 1; j < size; j++) {
      const quarter = q[i * size + j]! / 4
      J[i * size + j] = quarter
      h[i] = h[i]! + quarter
      h[j] = h[j]! + quarter
      offset += quarter
    }
  }
  return { size, h, J, offset }
}
