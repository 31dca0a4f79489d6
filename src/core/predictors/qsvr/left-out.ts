/**
 * What a QSVR says for a training curve that it has not seen, without asking the annealer again.
 *
 * The problem without curve i is the same QUBO with the bits of its two coefficients held at 0. Each kept solution is a start from which the others are
 * brought down (exchange descent) to where nothing small improves; what is found is combined as before, and asked about i. For support vector machines such
 * a warm start after leaving one out is the decremental step of Cauwenberghs and Poggio (2001).
 *
 * Cost: curves x kept descents, about 10 ms with 20 curves.
 */
import { bitState, bitsInOrder, setBits } from './bit-state.ts'
import { exchangeDescent, leastGain } from './descent.ts'
import { grouped } from './digit-groups.ts'
import { distinctSamples } from './qubo.ts'
import { answerOf } from './combine.ts'
import { quboOf, sevenOf } from './chunks.ts'
import type { Training } from './regressor.ts'
import type { QsvrSettings } from './settings.ts'

/** The training set without one row. */
export function without({ kernel, y }: Training, row: number): Training {
  const rows = Array.from(y.keys()).filter((other) => other !== row)
  return {
    kernel: Float64Array.from(rows.flatMap((i) => rows.map((j) => kernel[i * y.length + j]!))),
    y: Float64Array.from(rows, (i) => y[i]!),
  }
}

/** For each row what is said of it (scaled) by what had not seen it. `solutions`: the bits of the kept answers to the whole problem. */
export function leftOut(training: Training, solutions: readonly Uint8Array[], settings: QsvrSettings): number[] {
  const count = training.y.length
  return Array.from({ length: count }, (_, row) => {
    const rest = without(training, row)
    const starts = solutions.map((bits) => withoutRow(bits, row, count))
    const regressor = answerOf(sevenOf(rest, descended(rest, starts, settings), settings), settings.choice)
    let value = regressor.b
    for (let j = 0; j < rest.y.length; j++)
      value += regressor.delta[j]! * training.kernel[row * count + (j < row ? j : j + 1)]!
    return value
  })
}

function descended(rest: Training, starts: readonly Uint8Array[], settings: QsvrSettings): Uint8Array[] {
  const qubo = quboOf(rest, settings)
  const problem = grouped(qubo)
  const state = bitState(problem)
  const least = leastGain(problem)
  const found = starts.map((bits) => {
    setBits(problem, state, bits)
    exchangeDescent(problem, state, least)
    return bitsInOrder(problem, state)
  })
  return distinctSamples(qubo, found).map(({ bits }) => bits)
}

/** The digits of both coefficients of the row are taken out. */
function withoutRow(bits: Uint8Array, row: number, count: number): Uint8Array {
  const digits = bits.length / 2 / count
  return bits.filter((_, bit) => Math.floor(bit / digits) % count !== row)
}
