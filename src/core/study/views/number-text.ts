/** Numbers, durations and configurations as people read them. Exact values are in the JSON of each view; these are for sentences and tables. */
import type { Configuration, Value } from '../../trial.ts'

/** At most so many significant digits, without trailing zeros. */
export function numberText(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinity' : '-infinity'
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value)
  return String(Number(value.toPrecision(digits)))
}

/** The two largest units: `3d 4h`, `1h 05m`, `2m 03s`, `12s`, `0.4s`. */
export function durationText(ms: number): string {
  if (ms < 9_950) return `${numberText(Math.round(ms / 100) / 10)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

export function valueText(value: Value, digits = 4): string {
  return typeof value === 'number' ? numberText(value, digits) : String(value)
}

/** `lr 0.001, width 64`, in the order of `names`; parameters that are absent are left out. */
export function configurationText(configuration: Configuration, names: readonly string[], digits = 4): string {
  const parts: string[] = []
  for (const name of names) {
    const value = configuration[name]
    if (value !== undefined) parts.push(`${name} ${valueText(value, digits)}`)
  }
  return parts.join(', ')
}

/** `1 trial`, `2 trials`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
