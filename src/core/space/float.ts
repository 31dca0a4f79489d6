/** Numbers between two bounds, even on their scale or (`log`) on that of their logarithm; with `step` only low, low + step, ... high. */
import type { ParameterDefinition } from './definition.ts'
import type { DefinitionProblem, Kind, Parameter } from './parameter.ts'
import { decimals, magnitude, roundTo } from './decimals.ts'
import { rangeProblems } from './range.ts'
import { scale } from './scale.ts'
import { steppedParameter } from './stepped.ts'

type Float = Extract<ParameterDefinition, { type: 'float' }>

export const float: Kind<'float'> = { problems, create }

function problems(definition: Float): readonly DefinitionProblem[] {
  const { low, high, step } = definition
  const found = rangeProblems(definition, step)
  if (found.length > 0 || step === undefined) return found
  const nearest = gridValue(definition, step, stepCount(definition, step))
  // A bound that was computed (0.1 * 3) may carry binary dust.
  if (nearest > low && Math.abs(nearest - high) <= 1e-9 * step) return []
  const last = gridValue(definition, step, Math.floor((high - low) / step))
  return [
    {
      path: ['step'],
      code: 'STEP_DOES_NOT_FIT',
      problem: `expected \`step\` to lead from low ${low} to high ${high}, got ${step} (the last value below high is ${last})`,
    },
  ]
}

function create(definition: Float): Parameter {
  const { low, high, log = false, step } = definition
  const range = `a number from ${low} to ${high}`
  if (step === undefined) return continuous(low, high, log, range)
  return steppedParameter({
    low,
    step,
    log,
    size: stepCount(definition, step) + 1,
    at: (index) => gridValue(definition, step, index),
    expected: `${range} in steps of ${step}`,
  })
}

function stepCount({ low, high }: Float, step: number): number {
  return Math.round((high - low) / step)
}

function gridValue({ low }: Float, step: number, index: number): number {
  return roundTo(low + index * step, places(low, step))
}

function places(low: number, step: number): number {
  return Math.max(decimals(low), decimals(step))
}

/**
 * Values are rounded far above the noise of the arithmetic, to 15 digits of the larger bound or, on a logarithmic scale, 13 digits of their own:
 * so a value, a user's 0.001 too, survives the way through the unit cube unchanged, and prints without dust.
 */
function continuous(low: number, high: number, log: boolean, expected: string): Parameter {
  const axis = scale(low, high, log)
  // Over very wide ranges the exponential magnifies the noise.
  const digits = axis.length > 64 ? 12 : 13
  const decimalPlaces = 14 - magnitude(Math.max(Math.abs(low), Math.abs(high)))
  const rounded = log ? (x: number) => Number(x.toPrecision(digits)) : (x: number) => roundTo(x, decimalPlaces)
  const ends = [rounded(low), rounded(high)]
  const decode = (unit: number) => {
    if (unit <= 0) return low
    if (unit >= 1) return high
    const value = rounded(axis.fromUnit(unit))
    // A bound may have more digits than that: what cannot be told from it is the bound.
    return value <= low || value === ends[0] ? low : value >= high || value === ends[1] ? high : value
  }
  const encode = (value: unknown) => Math.min(Math.max(axis.toUnit(Number(value)), 0), 1)
  return {
    size: Infinity,
    ordered: true,
    numeric: true,
    expected,
    decode,
    encode,
    cell(value) {
      const unit = encode(value)
      return [unit, unit]
    },
    contains: (value) => typeof value === 'number' && value >= low && value <= high,
    count: (levels) => levels ?? Infinity,
    at: (index, levels = 1) => decode(levels === 1 ? 0.5 : index / (levels - 1)),
    index: (value, levels = 1) => Math.round(encode(value) * (levels - 1)),
  }
}
