/** A quadratic problem over bits, and an answer to it: what annealers speak. */

/** Minimise sum over i <= j of q[i, j] a_i a_j over bits a. */
export interface Qubo {
  readonly size: number
  /** Row-major size x size, upper triangle; zero below the diagonal. */
  readonly q: Float64Array
}

export interface Sample {
  /** One 0 or 1 a variable. */
  readonly bits: Uint8Array
  readonly energy: number
}

export function energyOf({ size, q }: Qubo, bits: Uint8Array): number {
  const ones: number[] = []
  for (let i = 0; i < size; i++) if (bits[i] !== 0) ones.push(i)
  let energy = 0
  for (let k = 0; k < ones.length; k++) {
    const row = ones[k]! * size
    for (let m = k; m < ones.length; m++) energy += q[row + ones[m]!]!
  }
  return energy
}

/** `size` x `size`, row-major, any matrix: what stands below the diagonal is added above it; the same function of bits. */
export function foldedUp(size: number, matrix: Float64Array): Qubo {
  const q = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    q[i * size + i] = matrix[i * size + i]!
    for (let j = i + 1; j < size; j++) q[i * size + j] = matrix[i * size + j]! + matrix[j * size + i]!
  }
  return { size, q }
}

/** Bit 0 first. */
export function bitsText(bits: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bits.length; i++) text += bits[i] === 0 ? '0' : '1'
  return text
}

export function bitsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (digit) => (digit === '1' ? 1 : 0))
}

/** The answers without repetitions, lowest energy first, equal energies in order of their bits. Energies are computed here. */
export function distinctSamples(qubo: Qubo, answers: Iterable<Uint8Array>): Sample[] {
  const found = new Map<string, Uint8Array>()
  for (const bits of answers) {
    const text = bitsText(bits)
    if (!found.has(text)) found.set(text, bits)
  }
  const samples = [...found].map(([text, bits]) => ({ text, bits, energy: energyOf(qubo, bits) }))
  samples.sort((a, b) => a.energy - b.energy || (a.text < b.text ? -1 : 1))
  return samples.map(({ bits, energy }) => ({ bits, energy }))
}
