/** Reads option values whose type the study file's schema has checked already. */
import type { Options } from '../options.ts'
import type { Budget } from '../study/definition.ts'
import { assert } from '../trial.ts'

export function numberOf(options: Options, name: string): number {
  const value = options[name]
  assert(typeof value === 'number', `option ${name} is a resolved number, got ${String(value)}`)
  return value
}

/** A number, or null where none was given. */
export function numberOrNull(options: Options, name: string): number | null {
  return options[name] === null || options[name] === undefined ? null : numberOf(options, name)
}

/** One of these words. */
export function choiceOf<T extends string>(options: Options, name: string, choices: readonly T[]): T {
  const value = choices.find((choice) => choice === options[name])
  assert(value !== undefined, `option ${name} is one of ${choices.join(', ')}, got ${String(options[name])}`)
  return value
}

export function isBudgetNamed(budget: Budget): boolean {
  return [budget.trials, budget.epochs, budget.timeMs, budget.target].some((limit) => limit !== undefined)
}
