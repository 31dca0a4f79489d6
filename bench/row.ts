/** One measured line of the benches' table: our figure, a reference measured in the same run, and what is to be reached. */

/** Repeated measurements. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly repeats: number
}

export interface Row {
  readonly what: string
  readonly unit: string
  readonly ours: Spread
  /** Null: there is none, or it is missing (`note` says why). */
  readonly reference: { readonly name: string; readonly spread: Spread } | null
  /** Ours / reference. */
  readonly ratio: number | null
  readonly reach: string
  /** Null: a figure that is shown without a verdict. */
  readonly ok: boolean | null
  readonly note?: string
}

export type Reach =
  | { readonly type: 'ratio at least' | 'ratio at most'; readonly value: number }
  | { readonly type: 'at least' | 'at most'; readonly value: number }

export interface Reference {
  readonly name: string
  /** As many as ours where the two sides took turns: then the ratio is the median of the turns' ratios. */
  readonly values: readonly number[]
}

export function row(
  what: string,
  unit: string,
  ours: readonly number[],
  options: { readonly against?: Reference; readonly reach?: Reach; readonly note?: string } = {},
): Row {
  const { against, reach, note } = options
  const ratio = against ? ratioOf(ours, against.values) : null
  return {
    what,
    unit,
    ours: spread(ours),
    reference: against ? { name: against.name, spread: spread(against.values) } : null,
    ratio,
    reach: reach ? wording(reach, unit) : '',
    ok: reach ? holds(reach, spread(ours).median, ratio) : null,
    ...(note === undefined ? {} : { note }),
  }
}

export function spread(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    repeats: values.length,
  }
}

/** Interpolated between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? NaN
  const above = sorted[Math.ceil(place)] ?? NaN
  return below + (above - below) * (place - Math.floor(place))
}

export function ratioOf(ours: readonly number[], reference: readonly number[]): number {
  if (ours.length !== reference.length) return quantile(ours, 0.5) / quantile(reference, 0.5)
  return quantile(
    ours.map((value, turn) => value / (reference[turn] as number)),
    0.5,
  )
}

function holds(reach: Reach, value: number, ratio: number | null): boolean {
  switch (reach.type) {
    case 'ratio at least':
      return ratio !== null && ratio >= reach.value
    case 'ratio at most':
      return ratio !== null && ratio <= reach.value
    case 'at least':
      return value >= reach.value
    case 'at most':
      return value <= reach.value
  }
}

function wording(reach: Reach, unit: string): string {
  const sign = reach.type.endsWith('least') ? '≥' : '≤'
  return reach.type.startsWith('ratio') ? `ratio ${sign} ${reach.value}` : `${sign} ${reach.value} ${unit}`
}
