/** How often schedulers of brackets run through all of them. */
import { numberOrNull } from '../options.ts'
import type { Budget } from '../study/definition.ts'
import type { SchedulerSetup } from './scheduler.ts'

/** Null = until the budget ends: what a user means who names a budget and no number of passes. */
export function passesOf({ definition, options }: Pick<SchedulerSetup, 'definition' | 'options'>): number | null {
  return numberOrNull(options, 'passes') ?? (isBudgetNamed(definition.budget) ? null : 1)
}

function isBudgetNamed(budget: Budget): boolean {
  return [budget.trials, budget.epochs, budget.timeMs, budget.target].some((limit) => limit !== undefined)
}
