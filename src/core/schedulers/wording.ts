/** Numbers of a reason as words. */
import type { Json, Reason } from '../trial.ts'

/** At most four significant digits, no exponent where none is needed. */
export function shown(value: Json | undefined): string {
  if (typeof value !== 'number') return String(value ?? 'none')
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

/** `val_loss 0.71`, or what is said of a trial that never had a finite value. */
export function metricAt(metric: string, value: Json | undefined): string {
  return typeof value === 'number' ? `${metric} ${shown(value)}` : `${metric}, never finite,`
}

/** The reasons of orders that go to the last epoch at once, or are owed to a trial. */
export function explainFullLength(why: Reason): string {
  switch (why.rule) {
    case 'full-length':
      return `trains to epoch ${shown(why['until'])}, the last one`
    case 'cut-short':
      return `goes on to epoch ${shown(why['until'])}: the budget had cut its last order short`
    default:
      return why.rule
  }
}
