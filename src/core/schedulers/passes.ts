/** How often schedulers of brackets run through all of them, and in which order their trials come. */
import { numberOrNull, type OptionSpecs } from '../options.ts'
import type { Budget } from '../study/definition.ts'
import type { SchedulerSetup } from './scheduler.ts'

export const passesOptions: OptionSpecs = {
  passes: {
    type: 'integer',
    default: null,
    atLeast: 1,
    doc: 'How often all brackets are gone through; by default once if no budget is named, else until the budget ends.',
  },
  order: {
    type: 'text',
    default: null,
    choices: ['published', 'path'],
    doc: 'Which order is first when several are ready: bracket by bracket, or the longest way to go; by default the former up to 8 slots.',
  },
}

/** Up to so many slots first results matter more than the last percent of the makespan. */
const publishedOrderSlotsMax = 8

export function usualOrder(slots: number): 'published' | 'path' {
  return slots <= publishedOrderSlotsMax ? 'published' : 'path'
}

/** Null = until the budget ends: what a user means who names a budget and no number of passes. */
export function passesOf({ definition, options }: Pick<SchedulerSetup, 'definition' | 'options'>): number | null {
  return numberOrNull(options, 'passes') ?? (isBudgetNamed(definition.budget) ? null : 1)
}

function isBudgetNamed(budget: Budget): boolean {
  return [budget.trials, budget.epochs, budget.timeMs, budget.target].some((limit) => limit !== undefined)
}
