import type { BenchOptions } from './bench.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'
import { storeBench } from './store.ts'

/** Durable reports, and reading them again, against SQLite alone. */
export async function writing({ quick }: BenchOptions): Promise<readonly Row[]> {
  const sizes = quick ? { reports: 10_000, rounds: 2, read: 20_000 } : { rounds: 5 }
  const rows = await storeBench(sizes)
  const rates = (start: string): number[] => rows.filter(({ name }) => name.startsWith(start)).map((r) => r.perSecond)
  return [
    row('durable reports from 64 producers, 64 unacknowledged each', 'reports/s', rates('append'), {
      against: { name: 'the same rows raw, 1,000 a transaction', values: rates('insert raw') },
      reach: { type: 'ratio at least', value: 0.5 },
    }),
    row('reading events, decoded', 'events/s', rates('read'), {
      against: { name: 'bare scan', values: rates('scan') },
    }),
  ]
}
