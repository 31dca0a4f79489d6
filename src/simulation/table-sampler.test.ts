import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../core/maths/stream.ts'
import { random } from '../core/samplers/random.ts'
import type { Proposal, Sampler, SamplerKind } from '../core/samplers/sampler.ts'
import { encode, space } from '../core/space/space.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import type { StudyView } from '../core/study/study-view.ts'
import type { Json } from '../core/trial.ts'
import { curveTableFromCsv } from './curve-table.ts'
import type { CurveTable } from './curve-table.ts'
import { encodeRows, nearestRow } from './table-rows.ts'
import { snapToTable, tableSampler } from './table-sampler.ts'

function aTable(rows: readonly string[] = ['a,1,5', 'b,2,4', 'a,3,3', 'b,4,2', 'c,5,1']): CurveTable {
  return curveTableFromCsv(['kind,x,l_1', ...rows].join('\n'))
}

/** Drives a sampler as a study does. */
function aSampler(kind: SamplerKind, table: CurveTable, { seed = 1, order = 'shuffled' } = {}) {
  const itsSpace = space(table.space)
  const definition = { seed, initial: [] } as unknown as StudyDefinition
  const setup = { space: itsSpace, definition, options: { order } }
  const sampler: Sampler<unknown> = kind.create(setup)
  const memory = sampler.start()
  let trial = 0
  const view = { space: itsSpace, definition, isSeen: () => false } as unknown as StudyView
  const propose = (tag?: Json): Proposal =>
    sampler.propose(memory, view, trial, stream(seed, 'sampler', trial), tag) ?? assert.fail('it has no model')
  const take = (tag?: Json): number | null => {
    const proposal = propose(tag)
    if ('exhausted' in proposal) return null
    const { configuration, note } = proposal
    sampler.evolve?.(memory, { trial: trial++, configuration, note })
    const { row } = note as { row: number }
    assert.deepEqual(configuration, table.rows[row])
    return row
  }
  const give = (row: number) =>
    sampler.evolve?.(memory, { trial: trial++, configuration: table.rows[row] ?? {}, note: undefined })
  return { propose, take, give }
}

function all(take: () => number | null): number[] {
  const rows: number[] = []
  for (let row = take(); row !== null; row = take()) rows.push(row)
  return rows
}

test('rows come as they stand, or in an order that the seed gives, each once', () => {
  const table = aTable()
  const kind = tableSampler(table)
  assert.deepEqual(all(aSampler(kind, table, { order: 'rows' }).take), [0, 1, 2, 3, 4])
  const orders = [1, 1, 2, 3, 4, 5].map((seed) => all(aSampler(kind, table, { seed }).take))
  assert.deepEqual(orders[0], orders[1])
  assert.ok(new Set(orders.map(String)).size > 3)
  for (const order of orders) assert.deepEqual([...order].sort(), [0, 1, 2, 3, 4])
})

test("an order's place in the published schedule names its row, whenever it is asked for", () => {
  const table = aTable()
  const kind = tableSampler(table)
  const sequence = all(aSampler(kind, table).take)
  const { take } = aSampler(kind, table)
  assert.deepEqual(
    [3, 0, 4].map((index) => take({ index })),
    [sequence[3], sequence[0], sequence[4]],
  )
  assert.deepEqual([take(), take(), take()], [sequence[1], sequence[2], null])
  assert.equal(aSampler(kind, table).take({ index: 5 }), null, 'the schedule is longer than the table')
})

test('asking changes nothing, and a row that the user gave is not proposed again', () => {
  const table = aTable()
  const { propose, give, take } = aSampler(tableSampler(table), table, { order: 'rows' })
  assert.deepEqual(propose(), propose())
  give(1)
  assert.deepEqual(all(take), [0, 2, 3, 4])
})

test('another sampler over a table proposes the nearest rows, each once, until none is left', () => {
  const table = aTable()
  const rows = all(aSampler(snapToTable(random, table), table).take)
  assert.deepEqual([...rows].sort(), [0, 1, 2, 3, 4])
})

test('the nearest row is no further than any other one', () => {
  const cell = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 30 }))
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 20 }), fc.nat(), fc.nat(), (cells, which, taken) => {
      const table = aTable(cells.map(([kind, x]) => `${kind},${x / 4},1`))
      const itsSpace = space(table.space)
      const encoded = encodeRows(itsSpace, table.rows)
      const wanted = table.rows[which % cells.length] ?? {}
      const isTaken = (row: number) => row === taken % cells.length
      const nearest = nearestRow(encoded, wanted, isTaken)
      assert.ok(nearest !== null && !isTaken(nearest))
      const point = encode(itsSpace, wanted)
      const distances = table.rows.map((row) => {
        const other = encode(itsSpace, row)
        return (row['kind'] === wanted['kind'] ? 0 : 1) + ((other[1] as number) - (point[1] as number)) ** 2
      })
      const least = Math.min(...distances.filter((_, row) => !isTaken(row)))
      assert.ok(Math.abs((distances[nearest] as number) - least) < 1e-12)
    }),
  )
})
