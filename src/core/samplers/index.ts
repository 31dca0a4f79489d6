/** The samplers by the name that a study file gives them. A new one is one file and one line here. */
import type { SamplerKind } from './sampler.ts'
import { grid } from './grid.ts'
import { latinHypercube } from './latin-hypercube.ts'
import { random } from './random.ts'
import { sobol } from './sobol.ts'

export const samplers: { readonly [name: string]: SamplerKind } = byName([random, grid, latinHypercube, sobol])

function byName(kinds: readonly SamplerKind[]): { readonly [name: string]: SamplerKind } {
  return Object.fromEntries(kinds.map((kind) => [kind.name, kind]))
}
