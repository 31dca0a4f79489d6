/** The samplers by the name that a study file gives them. A new one is one file and one line here. */
import type { SamplerKind } from './sampler.ts'
import { auto } from './auto.ts'
import { bohb } from './bohb.ts'
import { cmaEs } from './cma-es.ts'
import { forest } from './forest.ts'
import { gp } from './gp.ts'
import { grid } from './grid.ts'
import { latinHypercube } from './latin-hypercube.ts'
import { nsga2 } from './nsga2.ts'
import { nsga3 } from './nsga3.ts'
import { random } from './random.ts'
import { sobol } from './sobol.ts'
import { tpe } from './tpe.ts'

export const samplers: { readonly [name: string]: SamplerKind } = byName([
  random,
  grid,
  latinHypercube,
  sobol,
  auto,
  gp,
  forest,
  tpe,
  bohb,
  cmaEs,
  nsga2,
  nsga3,
])

function byName(kinds: readonly SamplerKind[]): { readonly [name: string]: SamplerKind } {
  return Object.fromEntries(kinds.map((kind) => [kind.name, kind]))
}
