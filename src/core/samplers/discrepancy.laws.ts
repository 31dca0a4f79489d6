/** How unevenly places fill the unit cube, for the tests of samplers. */
import { readFileSync } from 'node:fs'

/** The squared centred L2 discrepancy (F. J. Hickernell 1998), SciPy's `discrepancy(method="CD")`. */
export function centredDiscrepancy(places: readonly (readonly number[])[]): number {
  const n = places.length
  const dimension = places[0]!.length
  const centred = places.map((place) => place.map((x) => Math.abs(x - 0.5)))
  let single = 0
  let pairs = 0
  for (let i = 0; i < n; i++) {
    single += centred[i]!.reduce((product, c) => product * (1 + c / 2 - (c * c) / 2), 1)
    for (let j = 0; j < n; j++) {
      let product = 1
      for (let axis = 0; axis < dimension; axis++) {
        const distance = Math.abs(places[i]![axis]! - places[j]![axis]!)
        product *= 1 + (centred[i]![axis]! + centred[j]![axis]! - distance) / 2
      }
      pairs += product
    }
  }
  return (13 / 12) ** dimension - (2 / n) * single + pairs / n ** 2
}

interface SamplerNumbers {
  readonly sobolTimes64: { readonly [dimension: string]: readonly (readonly number[])[] }
  readonly sobol20From1000: readonly (readonly number[])[]
  readonly centredDiscrepancy: {
    readonly [dimension: string]: {
      readonly sobol64: number
      readonly random64MeanOf100: number
      readonly latinHypercube64MeanOf100: number
    }
  }
}

/** SciPy's numbers. */
export function samplerNumbers(): SamplerNumbers {
  const file = new URL('../../../test/golden/reference/samplers.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as SamplerNumbers
}

/** The mean over so many seeds. */
export function meanOver(seeds: number, measure: (seed: number) => number): number {
  let sum = 0
  for (let seed = 0; seed < seeds; seed++) sum += measure(seed)
  return sum / seeds
}
