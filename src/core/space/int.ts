/** Whole numbers between two bounds; with `step` only low, low + step, ... high. */
import type { ParameterDefinition } from './definition.ts'
import type { DefinitionProblem, Kind, Parameter } from './parameter.ts'
import { rangeProblems } from './range.ts'
import { steppedParameter } from './stepped.ts'

type Int = Extract<ParameterDefinition, { type: 'int' }>

export const int: Kind<'int'> = { problems, create }

function problems(definition: Int): readonly DefinitionProblem[] {
  const { low, high, step = 1 } = definition
  const found = rangeProblems(definition, step)
  for (const [field, number] of Object.entries({ low, high, step })) {
    if (!Number.isFinite(number) || Number.isSafeInteger(number)) continue
    found.push({
      path: [field],
      code: 'NOT_AN_INTEGER',
      problem: `expected \`${field}\` to be a whole number, got ${number}`,
    })
  }
  if (found.length > 0 || (high - low) % step === 0) return found
  const last = high - ((high - low) % step)
  return [
    {
      path: ['step'],
      code: 'STEP_DOES_NOT_FIT',
      problem: `expected \`step\` to lead from low ${low} to high ${high}, got ${step} (the last value below high is ${last})`,
    },
  ]
}

function create({ low, high, log = false, step = 1 }: Int): Parameter {
  return steppedParameter({
    low,
    step,
    log,
    size: (high - low) / step + 1,
    at: (index) => low + index * step,
    expected: `a whole number from ${low} to ${high}${step === 1 ? '' : ` in steps of ${step}`}`,
  })
}
