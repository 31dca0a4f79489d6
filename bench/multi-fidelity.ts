/**
 * Schedulers with samplers that learn, on a family of curves whose truth is known (`mlpf-family.ts`): how many epochs until a loss is met that random search meets in all of its
 * budget. Nothing is measured here but decisions: the figures are the same on every machine.
 */
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { mlpfFamily } from './mlpf-family.ts'
import type { Row } from './row.ts'
import { quantile, row } from './row.ts'

const budget = 6000
const workers = 4

const schedulers = {
  'full length': { type: 'none' },
  Hyperband: { type: 'hyperband', eta: 3 },
  'Swift-Hyperband': { type: 'swift-hyperband', eta: 3 },
  ASHA: { type: 'asha', eta: 3 },
} as const

type Scheduler = keyof typeof schedulers

const pairs: readonly (readonly [Scheduler, string])[] = [
  ['full length', 'random'],
  ['Hyperband', 'random'],
  ['ASHA', 'random'],
  ['ASHA', 'forest'],
  ['ASHA', 'tpe'],
  ['ASHA', 'gp'],
  ['ASHA', 'bohb'],
  ['ASHA', 'auto'],
  ['Hyperband', 'bohb'],
  ['Hyperband', 'tpe'],
  ['Swift-Hyperband', 'random'],
  ['Swift-Hyperband', 'tpe'],
  ['full length', 'tpe'],
  ['full length', 'gp'],
]

interface Course {
  readonly epochs: readonly number[]
  readonly values: readonly number[]
}

export async function multiFidelity({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const family = mlpfFamily(await readCurveTable(shared.path('data/curves/mlpf.csv')))
  const seeds = quick ? 2 : 20
  const courses = new Map<string, readonly Course[]>()
  for (const [scheduler, sampler] of pairs) {
    say(`${scheduler} with ${sampler}`)
    const its: Course[] = []
    for (let seed = 0; seed < seeds; seed++) {
      const { trajectory } = await simulate({
        problem: family.problem,
        scheduler: schedulers[scheduler],
        sampler: { type: sampler },
        workers,
        seed,
        budget: { epochs: budget },
      })
      its.push(trajectory)
    }
    courses.set(`${scheduler} with ${sampler}`, its)
  }
  const endOf = (name: string): number => quantile((courses.get(name) ?? []).map(lastOf), 0.5)
  const rows: Row[] = []
  for (const reference of ['full length with random', 'ASHA with random']) {
    const target = endOf(reference)
    const theirs = (courses.get(reference) ?? []).map((course) => epochsTo(course, target))
    for (const [name, its] of courses) {
      const ours = its.map((course) => epochsTo(course, target))
      const missed = ours.filter((epochs) => epochs > budget).length
      const note = `ends ${(quantile(its.map(lastOf), 0.5) - family.best).toFixed(2)} above the best${missed > 0 ? `; ${missed} of ${seeds} never` : ''}`
      rows.push(
        row(`${name}: to ${target.toFixed(1)}`, 'epochs', ours, { against: { name: reference, values: theirs }, note }),
      )
    }
  }
  return rows
}

function lastOf({ values }: Course): number {
  return values.at(-1) ?? Infinity
}

/** One more than the budget where it was never met. */
function epochsTo({ epochs, values }: Course, target: number): number {
  const first = values.findIndex((value) => value <= target)
  return first < 0 ? budget + 1 : (epochs[first] as number)
}
