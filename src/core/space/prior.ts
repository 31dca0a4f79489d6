/**
 * What a user expects of a parameter's best value: a normal around it on the parameter's own axis, or weights of the choices. Samplers draw their first
 * trials from it; a tenth of the draws stays even, so that a wrong guess costs time and never the answer.
 */
import { truncatedPpf } from '../maths/truncated-normal.ts'
import type { ParameterDefinition } from './definition.ts'
import type { AxisPrior, DefinitionProblem, Parameter } from './parameter.ts'

/** Where a prior names none: an eighth of the axis, as DeepHyper takes it around the best value of an earlier search. */
export const usualSd = 0.125

const evenShare = 0.1

/** For a definition without problems. */
export function priorOf({ prior, ...definition }: ParameterDefinition, parameter: Parameter): AxisPrior {
  if (prior && 'best' in prior) return { mu: parameter.encode(prior.best), sigma: prior.sd ?? usualSd }
  const choices = definition.type === 'categorical' ? definition.choices : []
  const weights = choices.map((choice) => prior?.weights[String(choice)] ?? 1)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return { probabilities: weights.map((weight) => weight / sum) }
}

/** Paths start at the parameter. */
export function priorProblems(definition: ParameterDefinition, parameter: Parameter): DefinitionProblem[] {
  const { prior, type } = definition
  const wrong = (path: readonly string[], problem: string): DefinitionProblem[] => [
    { path: ['prior', ...path], code: 'PRIOR_INVALID', problem },
  ]
  if (prior === undefined) return []
  if ('best' in prior) {
    if (type === 'categorical') return wrong(['best'], 'expected `weights` of the choices, got `best`')
    if (!parameter.contains(prior.best))
      return wrong(['best'], `expected ${parameter.expected}, got ${JSON.stringify(prior.best)}`)
    const { sd = usualSd } = prior
    return sd > 0 && sd <= 1 ? [] : wrong(['sd'], `expected a share of the axis above 0 and up to 1, got ${sd}`)
  }
  if (type !== 'categorical') return wrong(['weights'], 'expected `best`, got `weights`, which only choices have')
  const names = definition.choices.map(String)
  const unknown = Object.keys(prior.weights).find((name) => !names.includes(name))
  if (unknown !== undefined) return wrong(['weights', unknown], `expected one of ${names.join(', ')}, got ${unknown}`)
  const { probabilities } = priorOf(definition, parameter) as { readonly probabilities: readonly number[] }
  const isSound = Object.values(prior.weights).every((weight) => weight >= 0 && weight < Infinity)
  return isSound && probabilities.every(Number.isFinite)
    ? []
    : wrong(['weights'], 'expected numbers from 0 on, not all of them 0, got others')
}

/** From an even place of the axis to one as likely as the prior says: even draws become draws from it, even coverage stays so by probability. */
export function bent(unit: number, { prior, size }: Parameter): number {
  if (prior === undefined) return unit
  if (unit < evenShare) return unit / evenShare
  const p = (unit - evenShare) / (1 - evenShare)
  if ('mu' in prior) return truncatedPpf(p, { ...prior, low: 0, high: 1 })
  let choice = 0
  for (let sum = prior.probabilities[0]!; p >= sum && choice < size - 1; sum += prior.probabilities[choice]!) choice++
  return (choice + 0.5) / size
}
