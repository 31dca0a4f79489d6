/** The mistakes that a range of numbers can hold, the same for int and float. */
import type { DefinitionProblem } from './parameter.ts'
import { valuesAtMost } from './stepped.ts'

export function rangeProblems(
  range: { readonly low: number; readonly high: number; readonly log?: boolean },
  step: number | undefined,
): DefinitionProblem[] {
  const { low, high, log = false } = range
  const found: DefinitionProblem[] = []
  const add = (field: string, code: string, problem: string) => found.push({ path: [field], code, problem })
  if (!Number.isFinite(low)) add('low', 'NOT_FINITE', `expected \`low\` to be a finite number, got ${low}`)
  if (!Number.isFinite(high)) add('high', 'NOT_FINITE', `expected \`high\` to be a finite number, got ${high}`)
  if (step !== undefined && !(step > 0 && Number.isFinite(step)))
    add('step', 'STEP_NOT_POSITIVE', `expected \`step\` to be above 0, got ${step}`)
  if (found.length > 0) return found
  if (low >= high) {
    const fixed = low === high ? '; for one fixed value write a categorical with one choice' : ''
    add('low', 'EMPTY_RANGE', `expected \`low\` below high ${high}, got ${low}${fixed}`)
  } else if (!Number.isFinite(high - low)) {
    add('high', 'RANGE_TOO_LARGE', `expected high - low to be a finite number, got low ${low} and high ${high}`)
  }
  if (log && low <= 0) add('low', 'LOG_NEEDS_POSITIVE', `expected \`low\` above 0 on a logarithmic scale, got ${low}`)
  if (found.length > 0 || step === undefined) return found
  if ((high - low) / step >= valuesAtMost)
    add('step', 'RANGE_TOO_LARGE', `expected at most 1e12 values, got ${low} to ${high} in steps of ${step}`)
  else if (log && low <= step / 2)
    add(
      'low',
      'LOG_NEEDS_POSITIVE',
      `expected \`low\` above half a step (${step / 2}) on a logarithmic scale, got ${low}`,
    )
  return found
}
