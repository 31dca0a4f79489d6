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
import { kernelBetween } from '../svr/kernel.ts'
import { predictSvr } from '../svr/predict-svr.ts'
import { supported, svrFromJson, svrToJson, type Svr } from '../svr/svr.ts'
import { kernelOf, prepared, quboOf, sevenOf, type Chunk, type Lens } from './chunks.ts'
import { answerOf } from './combine.ts'
import { leftOut } from './left-out.ts'
import { bitsText, distinctSamples, type Qubo, type Sample } from './qubo.ts'
import { functionOf, type Regressor, type Training } from './regressor.ts'
import type { QsvrSettings } from './settings.ts'

export interface LearntQsvr {
  readonly lens: Lens
  /** The loss of all training curves, if they have but one; then there is nothing to anneal. */
  readonly constant: number | null
  readonly chunks: readonly LearntChunk[]
}

export interface LearntChunk {
  /** From scaled features to the scaled loss. */
  readonly svr: Svr
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
      if (chunks.length === 0)
        return {
          learnt: { lens, constant: data.targets[0]!, chunks: [] },
          outOfSample: data.targets.length < 2 ? [] : data.targets,
        }
      const kept = chunks.map((chunk, index) => {
        const qubo = quboOf(chunk, settings)
        return keptOf(qubo, annealer(qubo, index, input), settings.kept)
      })
      const { learnt, outOfSample } =
        chunks.length === 1 ? alone(chunks[0]!, kept[0]!, settings) : together(chunks, kept, settings)
      return {
        learnt: { lens, constant: null, chunks: learnt },
        outOfSample: outOfSample.map((value) => unscaled(lens.y, 0, value)),
      }
    },
    predict({ lens, constant, chunks }, start) {
      if (constant !== null) return constant
      const x = scaled(lens.x, featureRow(start, start.values.length, lens.features))
      let value = 0
      for (const { svr, weight } of chunks) value += weight * predictSvr(svr, x)
      return unscaled(lens.y, 0, value)
    },
    toJson: ({ chunks, ...rest }) =>
      ({ ...rest, chunks: chunks.map(({ svr, ...chunk }) => ({ svr: svrToJson(svr), ...chunk })) }) as unknown as Json,
    fromJson(json) {
      const { chunks, ...rest } = json as unknown as LearntQsvr
      return { ...rest, chunks: chunks.map((chunk) => ({ ...chunk, svr: svrFromJson(chunk.svr as unknown as Json) })) }
    },
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
  const regressor = answerOf(sevenOf(chunk, bits, settings), settings.choice)
  return { learnt: [learntOf(chunk, regressor, { weight: 1, kept, settings })], outOfSample }
}

function together(chunks: readonly Chunk[], kept: readonly (readonly Sample[])[], settings: QsvrSettings): Team {
  const played = chunks.map((chunk, index) => {
    const others = chunks.filter((other) => other !== chunk)
    const foreign = others.map(({ rows, y }): Training => ({
      kernel: kernelBetween(kernelOf(settings), rows, chunk.rows),
      y,
    }))
    const truth = others.flatMap(({ y }) => Array.from(y))
    const seven = sevenOf(
      chunk,
      kept[index]!.map(({ bits }) => bits),
      settings,
    )
    const options = (settings.choice === 'best' ? seven : [answerOf(seven, settings.choice)]).map((regressor) => {
      const values = foreign.flatMap((training) => Array.from(functionOf(training, regressor)))
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
      learntOf(chunk, played[index]!.regressor, { weight: weights[index]! / sum, kept: kept[index]!, settings }),
    ),
    outOfSample,
  }
}

function learntOf(
  { rows }: Chunk,
  { delta, b }: Regressor,
  { weight, kept, settings }: { weight: number; kept: readonly Sample[]; settings: QsvrSettings },
): LearntChunk {
  return {
    svr: supported(kernelOf(settings), rows, { coefficients: delta, intercept: b }),
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
