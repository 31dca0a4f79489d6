/** Durations as people write them: `90s`, `20m`, `8h`, `2d`, `1h30m`, `250ms`. Inside, everything is milliseconds. */

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** Matches what `parseDuration` reads; also handed to editors as the pattern of the JSON Schema. */
export const durationPattern: RegExp = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/

/** Milliseconds, or null where the text is no duration. */
export function parseDuration(text: string): number | null {
  if (!durationPattern.test(text)) return null
  let total = 0
  for (const [, amount, unit] of text.matchAll(part)) total += Number(amount) * unitMs[unit as keyof typeof unitMs]
  const ms = Math.round(total)
  return Number.isSafeInteger(ms) ? ms : null
}

/** Exact to the millisecond, largest units first; `90s` comes back as `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const units = (['d', 'h', 'm', 's', 'ms'] as const).filter((unit) => unitMs[unit] <= ms)
  const written: string[] = []
  let rest = Math.round(ms)
  for (const unit of units) {
    const amount = Math.floor(rest / unitMs[unit])
    if (amount > 0) written.push(`${amount}${unit}`)
    rest -= amount * unitMs[unit]
  }
  return written.join('')
}
