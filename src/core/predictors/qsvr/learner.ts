/**
 * A QSVR as a predictor: curves become QUBOs, answers become regressors, and regressors one function of the start of a curve.
 *
 * Up to `chunk` curves make one QSVR. More are dealt out to several, each trained alone; a chunk's regressor counts with its R2 on the curves of the other chunks, cut at
 * 0 (the combination technique of the published predictor studies). With `best` it is the combination with the highest such R2.
 *
 * Out-of-sample errors need no further annealing: with several chunks a curve is asked of those that have not seen it, with one it is left out (left-out.ts).
 *
 * Invariant: everything but the solutions follows from the input and the solutions.
 */
import { r2 } from '../../maths/scores.ts'
import { assert, type Json } from '../../trial.ts'
import type { Learner } from '../calibrated.ts'
import { featureRow } from '../features.ts'
import type { FitInput } from '../predictor.ts'
import { scaled, unscaled } from '../scaling.ts'
import { squaredDistance } from '../svr/kernel.ts'
import { prepared, quboOf, sevenOf, type Chunk, type Lens } from './chunks.ts'
import { answerOf } from './combine.ts'
import { leftOut } from './left-out.ts'
import { bitsText, distinctSamples, type Qubo, type Sample } from './qubo.ts'
import type { Regressor } from './regressor.ts'
import type { QsvrSettings } from './settings.ts'

/** JSON. */
export interface LearntQsvr {
  readonly known: number
  readonly gamma: number
  readonly lens: Lens
  /** The loss of all training curves, if they have but one; then there is nothing to anneal. */
  readonly constant: number | null
  readonly chunks: readonly LearntChunk[]
}

export interface LearntChunk {
  /** Those rows of scaled features whose coefficient is not 0. */
  readonly rows: readonly (readonly number[])[]
  readonly delta: readonly number[]
  readonly b: number
  /** Sums to 1 over the chunks. */
  readonly weight: number
  /** The kept ones, lowest energy first. */
  readonly solutions: readonly { readonly bits: string; readonly energy: number }[]
}

/** Answers to the problem of one chunk. */
export type Annealer = (qubo: Qubo, chunk: number, input: FitInput) => readonly Uint8Array[]

export function qsvrLearner(settings: QsvrSettings, annealer: Annealer): Learner<LearntQsvr> {
  return {
    learn(data, input) {
      const { lens, chunks } = prepared(data, input.known, settings)
      const same = { known: input.known, gamma: settings.gamma, lens }
      if (chunks.length === 0)
        return {
          learnt: { ...same, constant: data.targets[0]!, chunks: [] },
          outOfSample: data.targets.length < 2 ? [] : data.targets,
        }
      const kept = chunks.map((chunk, index) => {
        const qubo = quboOf(chunk, settings)
        return keptOf(qubo, annealer(qubo, index, input), settings.kept)
      })
      const { learnt, outOfSample } =
        chunks.length === 1 ? alone(chunks[0]!, kept[0]!, settings) : together(chunks, kept, settings)
      return {
        learnt: { ...same, constant: null, chunks: learnt },
        outOfSample: outOfSample.map((value) => unscaled(lens.y, 0, value)),
      }
    },
    predict({ known, gamma, lens, constant, chunks }, start) {
      if (constant !== null) return constant
      const x = scaled(lens.x, featureRow(start, known, lens.features))
      let value = 0
      for (const { rows, delta, b, weight } of chunks) {
        let sum = b
        rows.forEach((row, j) => (sum += delta[j]! * Math.exp(-gamma * squaredDistance(x, 0, row, 0, x.length))))
        value += weight * sum
      }
      return unscaled(lens.y, 0, value)
    },
    toJson: (learnt) => learnt as unknown as Json,
    fromJson: (json) => json as unknown as LearntQsvr,
    fitMs: ({ curves }) => fitMs(curves.length, settings),
  }
}

interface Team {
  readonly learnt: LearntChunk[]
  /** By training curve, scaled. */
  readonly outOfSample: number[]
}

function alone(chunk: Chunk, kept: readonly Sample[], settings: QsvrSettings): Team {
  const bits = kept.map((sample) => sample.bits)
  const outOfSample: number[] = []
  const values = leftOut(chunk, bits, settings)
  chunk.members.forEach((row, place) => (outOfSample[row] = values[place]!))
  return { learnt: [learntOf(chunk, answerOf(sevenOf(chunk, bits, settings), settings.choice), 1, kept)], outOfSample }
}

function together(chunks: readonly Chunk[], kept: readonly (readonly Sample[])[], settings: QsvrSettings): Team {
  const played = chunks.map((chunk, index) => {
    const others = chunks.filter((other) => other !== chunk)
    const cross = crossKernel(chunk, others, settings.gamma)
    const truth = others.flatMap(({ y }) => Array.from(y))
    const seven = sevenOf(
      chunk,
      kept[index]!.map(({ bits }) => bits),
      settings,
    )
    const options = (settings.choice === 'best' ? seven : [answerOf(seven, settings.choice)]).map((regressor) => {
      const values = valuesOf(cross, regressor)
      return { regressor, values, score: r2(truth, values) }
    })
    const best = options.reduce((most, option) => (option.score > most.score ? option : most))
    const places = others.flatMap(({ members }) => members)
    return { ...best, said: new Map(places.map((row, place) => [row, best.values[place]!])) }
  })
  const positive = played.map(({ score }) => Math.max(0, score))
  const isAny = positive.some((score) => score > 0)
  const weights = positive.map((score) => (isAny ? score : 1))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const outOfSample = Array.from({ length: chunks.reduce((total, { y }) => total + y.length, 0) }, (_, row) => {
    const judges = played.flatMap(({ said }, index) =>
      said.has(row) ? [{ value: said.get(row)!, weight: weights[index]! }] : [],
    )
    const total = judges.reduce((whole, { weight }) => whole + weight, 0)
    // Where only the curve's own chunk has a weight, the others speak equally.
    return judges.reduce(
      (mean, { value, weight }) => mean + value * (total > 0 ? weight / total : 1 / judges.length),
      0,
    )
  })
  return {
    learnt: chunks.map((chunk, index) =>
      learntOf(chunk, played[index]!.regressor, weights[index]! / sum, kept[index]!),
    ),
    outOfSample,
  }
}

/** A row for each training curve of `others`, a column for each of `chunk`. */
function crossKernel({ rows }: Chunk, others: readonly Chunk[], gamma: number): Float64Array[] {
  const { columns, values } = rows
  return others.flatMap((other) =>
    Array.from({ length: other.rows.rows }, (_, i) =>
      Float64Array.from({ length: rows.rows }, (_value, j) =>
        Math.exp(-gamma * squaredDistance(other.rows.values, i * columns, values, j * columns, columns)),
      ),
    ),
  )
}

function valuesOf(kernel: readonly Float64Array[], { delta, b }: Regressor): Float64Array {
  return Float64Array.from(kernel, (row) => row.reduce((sum, value, j) => sum + delta[j]! * value, b))
}

function learntOf({ rows }: Chunk, { delta, b }: Regressor, weight: number, kept: readonly Sample[]): LearntChunk {
  const used = Array.from(delta.keys()).filter((row) => delta[row] !== 0)
  return {
    rows: used.map((row) => Array.from(rows.values.subarray(row * rows.columns, (row + 1) * rows.columns))),
    delta: used.map((row) => delta[row]!),
    b,
    weight,
    solutions: kept.map(({ bits, energy }) => ({ bits: bitsText(bits), energy })),
  }
}

function keptOf(qubo: Qubo, answers: readonly Uint8Array[], count: number): Sample[] {
  assert(answers.length > 0, 'an annealer gives at least one answer')
  for (const bits of answers) assert(bits.length === qubo.size, `an answer has ${qubo.size} bits, not ${bits.length}`)
  return distinctSamples(qubo, answers).slice(0, count)
}

/** Measured: 10 ns a proposal, 15 ns a pair of bits in all steps of a descent, and what leaving out takes. */
function fitMs(curves: number, { chunk, encoding, anneal }: QsvrSettings): number {
  const chunks = Math.max(1, Math.ceil(curves / chunk))
  const size = (2 * encoding.bits * curves) / chunks
  const sweeps = anneal.sweeps * size * (1 + anneal.exchanges) * 1e-5
  const descent = anneal.descent === 'exchanges' ? size * size * 1.5e-5 : size * 1e-4
  const leftOutMs = chunks === 1 ? (curves * size) / 100 : 0
  return chunks * (5 + anneal.reads * (sweeps + descent)) + leftOutMs
}
