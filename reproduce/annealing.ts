/**
 * The published studies of the QSVR: 20 training curves, or four times 20 that are combined, tested on half of the 295 MLPF rows.
 *
 * The QUBO, its decoding and the seven combinations are those of the predictor `qsvr`; only the scaling by all rows and the random chunks of the published notebooks are
 * put together here.
 */
import { matrixOf } from '../src/core/maths/matrix.ts'
import { r2 } from '../src/core/maths/scores.ts'
import { stream } from '../src/core/maths/stream.ts'
import { predictors } from '../src/core/predictors/index.ts'
import { randomSplits } from '../src/core/predictors/evaluate.ts'
import { anneal } from '../src/core/predictors/qsvr/anneal.ts'
import { buildQubo, digitWeights } from '../src/core/predictors/qsvr/build-qubo.ts'
import { combined, meanOf } from '../src/core/predictors/qsvr/combine.ts'
import { decoded, regressorOf, type Regressor } from '../src/core/predictors/qsvr/regressor.ts'
import { qsvrSettings } from '../src/core/predictors/qsvr/settings.ts'
import { scaled } from '../src/core/predictors/scaling.ts'
import { kernelMatrix, squaredDistance } from '../src/core/predictors/svr/kernel.ts'
import { defaultsOf } from '../src/core/options.ts'
import { assert } from '../src/core/trial.ts'
import type { AnnealingOutcome, AnnealingSpec, EnergySpec } from './measurement.ts'
import { column, lensOf, rowsOf, rowsWith, scoresOf, type Lens, type Rows } from './regression.ts'
import { loadTable } from './tables.ts'

const kind = predictors['qsvr']
assert(kind, 'there is a predictor qsvr')
const settings = qsvrSettings(defaultsOf(kind.options), 'mean')
const chunkSize = 20
const question = { features: 'c', known: 25, target: 100 } as const

interface Annealed {
  readonly rows: readonly Float64Array[]
  /** Combinations 0 .. 6, their mean, the solution of lowest energy. */
  readonly regressors: readonly Regressor[]
  readonly lowest: number
}

export async function annealDivision(folder: string, spec: AnnealingSpec): Promise<AnnealingOutcome> {
  const table = await loadTable(folder, 'mlpf')
  const rows = rowsOf(table, 'without row 52', 0)
  const size = { train: chunkSize * spec.chunks, test: 148, count: 1, seed: spec.split }
  const [split] = randomSplits({ ...table.set, groups: null }, rows, size)
  assert(split, 'there is a division')
  const train = rowsWith(table, split.train, question)
  const lens = lensOf(spec.scaling, train, spec.scaling.by === 'all' ? rowsWith(table, rows, question) : train)
  const parts = Array.from({ length: spec.chunks }, (_, chunk) => part(train, chunk * chunkSize, chunkSize))
  const annealed = parts.map((chunk, number) => annealChunk(chunk, lens, settings.anneal.reads, spec.split, number))
  const test = rowsWith(table, split.test, question)
  const told = (at: Rows, { rows: support }: Annealed, regressor: Regressor): number[] =>
    at.x.map((row) => valueAt(support, regressor, scaled(lens.x, row)))
  const lowestEnergies = annealed.map(({ lowest }) => lowest)
  const [first] = annealed
  assert(first, 'there is a chunk')
  if (spec.chunks === 1)
    return {
      scores: first.regressors.map((regressor) => scoresOf(lens, test.y, told(test, first, regressor))),
      lowestEnergies,
    }
  const kept = annealed.map((one, number) => {
    const others = parts.filter((_, other) => other !== number)
    const judged = { x: others.flatMap(({ x }) => x), y: others.flatMap(({ y }) => y) }
    const truth = judged.y.map((loss) => scaled(lens.y, [loss])[0] as number)
    const options = one.regressors.slice(0, 7).map((regressor) => ({
      values: told(test, one, regressor),
      weight: Math.max(0, r2(truth, told(judged, one, regressor))),
    }))
    return options.reduce((best, option) => (option.weight > best.weight ? option : best))
  })
  const sum = kept.reduce((total, { weight }) => total + weight, 0)
  const together = test.y.map((_, row) =>
    kept.reduce((total, { values, weight }) => total + ((values[row] as number) * weight) / sum, 0),
  )
  return { scores: [scoresOf(lens, test.y, together)], lowestEnergies }
}

export async function lowestEnergy(folder: string, { reads }: EnergySpec): Promise<{ readonly lowest: number }> {
  const table = await loadTable(folder, 'mlpf')
  const rows = rowsWith(
    table,
    Array.from({ length: chunkSize }, (_, row) => row),
    question,
  )
  const lens = lensOf({ x: 'min-max', y: 'min-max', by: 'train' }, rows, rows)
  return { lowest: annealChunk(rows, lens, reads, 0, 0).lowest }
}

function annealChunk(chunk: Rows, lens: Lens, reads: number, seed: number, number: number): Annealed {
  const rows = chunk.x.map((row) => scaled(lens.x, row))
  const kernel = kernelMatrix({ type: 'rbf', gamma: settings.gamma }, matrixOf(rows.map((row) => [...row])))
  const y = column(chunk.y.map((loss) => scaled(lens.y, [loss])[0] as number)).values
  const samples = anneal(
    buildQubo(kernel, y, settings.encoding, settings.terms),
    { ...settings.anneal, reads },
    stream(seed, 'annealing', number),
  )
  const solutions = samples.slice(0, settings.kept).map(({ bits }) => bits)
  const [best] = samples
  assert(best, 'an annealer gives at least one answer')
  const tube = { epsilon: settings.terms.epsilon, limit: settings.limit }
  const weights = digitWeights(settings.encoding)
  const seven = combined({ kernel, y }, solutions, weights, tube)
  const alone = regressorOf({ kernel, y }, decoded(best.bits, weights), tube)
  return { rows, regressors: [...seven, meanOf(seven), alone], lowest: best.energy }
}

function valueAt(rows: readonly Float64Array[], { delta, b }: Regressor, x: Float64Array): number {
  return rows.reduce(
    (sum, row, j) => sum + (delta[j] as number) * Math.exp(-settings.gamma * squaredDistance(x, 0, row, 0, x.length)),
    b,
  )
}

function part({ x, y }: Rows, from: number, count: number): Rows {
  return { x: x.slice(from, from + count), y: y.slice(from, from + count) }
}
