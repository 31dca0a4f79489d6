/**
 * Samplers over a table of recorded curves: they propose only rows that the table has, each once, and note the row for the executor.
 *
 * `tableSampler` takes the rows as they stand or in an order shuffled by the study's seed. Trial n gets the n-th row not yet used; where the
 * scheduler's tag has an `index` (the trial's place in the published order of all brackets) it gets exactly the row of that place, so that
 * a schedule run on many workers sees the same rows in the same places as one run on a single worker.
 *
 * `snapToTable` lets any other sampler speak: its proposal becomes the nearest row not yet used.
 */
import type { Configuration, Json } from '../core/trial.ts'
import { stream } from '../core/maths/stream.ts'
import { rowOf as matrixRow } from '../core/maths/matrix.ts'
import type { Model, Proposal, Sampler, SamplerKind } from '../core/samplers/sampler.ts'
import { decode, type Space } from '../core/space/space.ts'
import type { CurveTable } from './curve-table.ts'
import { rowOf } from './problem.ts'
import { encodeRows, nearestRow, rowFinder, type EncodedRows } from './table-rows.ts'

interface TableMemory {
  /** 1 = the row was used. */
  readonly used: Uint8Array
  usedCount: number
  /** Places in the order below this one are used. */
  next: number
}

export function tableSampler(table: Pick<CurveTable, 'rows'>): SamplerKind {
  return {
    name: 'table',
    version: 1,
    doc: 'Takes the rows of a table of recorded curves, each once.',
    options: {
      order: {
        type: 'text',
        default: 'shuffled',
        choices: ['rows', 'shuffled'],
        doc: 'As the rows stand, or shuffled by the study seed.',
      },
    },
    create({ space, definition, options }): Sampler<TableMemory> {
      const { rows } = table
      const isShuffled = options['order'] !== 'rows'
      const order = isShuffled ? stream(definition.seed, 'table').permutation(rows.length) : rows.map((_, row) => row)
      const findRow = rowFinder(space, rows)
      return {
        start: () => ({ used: new Uint8Array(rows.length), usedCount: 0, next: 0 }),
        propose(memory, _study, _trial, _stream, tag) {
          const row = order[placeOf(tag) ?? nextPlace(memory, order)]
          if (row === undefined || memory.usedCount >= rows.length) return exhausted(rows.length)
          return { configuration: rows[row] as Configuration, note: { row } }
        },
        evolve(memory, { configuration, note }) {
          use(memory, rowOf(note) ?? findRow(configuration))
          memory.next = nextPlace(memory, order)
        },
      }
    },
  }
}

function placeOf(tag: Json | undefined): number | null {
  const index = tag !== null && typeof tag === 'object' && 'index' in tag ? tag['index'] : undefined
  return typeof index === 'number' ? index : null
}

function nextPlace(memory: TableMemory, order: readonly number[]): number {
  let place = memory.next
  while (place < order.length && memory.used[order[place] as number] === 1) place++
  return place
}

function use(memory: { readonly used: Uint8Array; usedCount: number }, row: number): void {
  if (memory.used[row] === 1) return
  memory.used[row] = 1
  memory.usedCount++
}

function exhausted(rows: number): Proposal {
  return { exhausted: { rule: 'table-exhausted', rows } }
}

interface SnapMemory<Inner> {
  readonly inner: Inner
  readonly used: Uint8Array
  usedCount: number
}

/** The same kind of sampler, speaking only in rows of the table. */
export function snapToTable(kind: SamplerKind, table: Pick<CurveTable, 'rows'>): SamplerKind {
  return {
    ...kind,
    create(setup) {
      return snapped(kind.create(setup) as Sampler<unknown>, setup.space, table.rows)
    },
  }
}

function snapped<Inner>(
  sampler: Sampler<Inner>,
  space: Space,
  rows: readonly Configuration[],
): Sampler<SnapMemory<Inner>> {
  const encoded = encodeRows(space, rows)
  const findRow = rowFinder(space, rows)
  return {
    start: () => ({ inner: sampler.start(), used: new Uint8Array(rows.length), usedCount: 0 }),
    propose(memory, study, trial, chance, tag) {
      if (memory.usedCount >= rows.length) return exhausted(rows.length)
      const proposal = sampler.propose(memory.inner, study, trial, chance, tag)
      if (proposal === null || 'exhausted' in proposal) return proposal
      const row = nearestRow(encoded, proposal.configuration, (each) => memory.used[each] === 1)
      if (row === null) return exhausted(rows.length)
      const note = proposal.note === undefined ? { row } : { row, note: proposal.note }
      return { configuration: rows[row] as Configuration, note }
    },
    evolve(memory, { trial, configuration, note }) {
      use(memory, rowOf(note) ?? findRow(configuration))
      sampler.evolve?.(memory.inner, { trial, configuration, note: innerNote(note) })
    },
    ...(sampler.model ? { model: snappedModel(sampler.model, { space, rows, encoded, findRow }) } : {}),
  }
}

function snappedModel(
  model: Model,
  table: {
    readonly space: Space
    readonly rows: readonly Configuration[]
    readonly encoded: EncodedRows
    readonly findRow: (configuration: Configuration) => number
  },
): Model {
  const { space, rows, encoded, findRow } = table
  return {
    isQuick: (trials) => model.isQuick(trials),
    search({ history, trial, count }) {
      const used = new Set<number>()
      for (const [number, note] of history.notes.entries())
        used.add(rowOf(note) ?? findRow(decode(space, matrixRow(history.places, number))))
      const own = { ...history, notes: history.notes.map(innerNote) }
      const snapped: Proposal[] = []
      for (const proposal of model.search({ history: own, trial, count })) {
        if ('exhausted' in proposal) return [...snapped, proposal]
        const row = nearestRow(encoded, proposal.configuration, (each) => used.has(each))
        if (row === null) return [...snapped, exhausted(rows.length)]
        used.add(row)
        const note = proposal.note === undefined ? { row } : { row, note: proposal.note }
        snapped.push({ configuration: rows[row] as Configuration, note })
      }
      return snapped
    },
  }
}

function innerNote(note: Json | undefined): Json | undefined {
  return note !== null && typeof note === 'object' && 'note' in note ? note['note'] : undefined
}
