/** The option `predictor` of schedulers that predict: a name or a section, resolved once and recorded with its version. */
import { predictors } from '../predictors/index.ts'
import { defaultsOf } from '../options.ts'
import { nearestName } from '../space/nearest-name.ts'
import type { AlgorithmDefinition } from '../study/definition.ts'

/** A predictor learns from no more curves of its study than these, the first that came: a fit costs their cube, and more teach little. */
export const lessonsMax = 300

export function resolvedPredictor(given: unknown): {
  readonly definition: AlgorithmDefinition
  readonly problems: readonly string[]
} {
  const named = (typeof given === 'string' ? { type: given } : given) as AlgorithmDefinition
  const kind = Object.hasOwn(predictors, named.type) ? predictors[named.type] : undefined
  if (!kind) {
    const names = Object.keys(predictors)
    const near = nearestName(named.type, names)
    const meant = near === undefined ? '' : ` (did you mean ${near}?)`
    return {
      definition: named,
      problems: [`predictor: expected one of ${names.join(', ')}, got '${named.type}'${meant}`],
    }
  }
  return { definition: { ...defaultsOf(kind.options), ...named, type: kind.name, version: kind.version }, problems: [] }
}
