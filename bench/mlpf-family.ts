/**
 * A family of learning curves over the seven parameters of the MLPF table, everywhere in its space and not only at its rows: a forest a knot, fitted to the logarithm
 * of the table's losses at that epoch, and between the knots a straight line over the logarithm of the epoch. So samplers that go where no row is
 * can be simulated, and the truth is known.
 */
import { matrixOf } from '../src/core/maths/matrix.ts'
import { stream } from '../src/core/maths/stream.ts'
import { encode, randomConfiguration, space as createSpace } from '../src/core/space/space.ts'
import type { SpaceDefinition } from '../src/core/space/definition.ts'
import { askForest, fitForest } from '../src/core/surrogates/forest.ts'
import type { Configuration } from '../src/core/trial.ts'
import type { CurveTable } from '../src/simulation/curve-table.ts'
import type { Problem } from '../src/simulation/problem.ts'

/** The published ranges. */
const space: SpaceDefinition = {
  parameters: {
    lr: { type: 'float', low: 1e-6, high: 3e-2, log: true },
    weight_decay: { type: 'float', low: 1e-6, high: 1e-1, log: true },
    dropout: { type: 'float', low: 0, high: 0.5 },
    bin_size: { type: 'ordinal', values: [8, 16, 32, 64, 128] },
    output_dim: { type: 'ordinal', values: [8, 16, 32, 64, 128, 256] },
    n_glayers_id: { type: 'int', low: 0, high: 4 },
    n_glayers_reg: { type: 'int', low: 0, high: 4 },
  },
  forbidden: [],
}

const knots = [1, 2, 4, 8, 16, 32, 64, 100]

export interface Family {
  readonly problem: Problem
  /** The lowest final loss among many random configurations and the table's own. */
  readonly best: number
}

export function mlpfFamily(table: CurveTable, metric = 'METRIC'): Family {
  const itsSpace = createSpace(space)
  const curves = table.curves[metric]!
  const rows = table.rows.map((_, row) => row).filter((row) => table.lengths[row]! >= 100)
  const x = matrixOf(rows.map((row) => [...encode(itsSpace, table.rows[row] as Configuration)]))
  const forests = knots.map((epoch, knot) => {
    const y = Float64Array.from(rows, (row) => Math.log(curves[row * table.horizon + epoch - 1]!))
    return fitForest(x, y, { trees: 100, minLeaf: 2, columns: 4, splits: 'random', bootstrap: false }, 1000 + knot)
  })
  const known = new Map<string, Float64Array>()
  const knotsOf = (configuration: Configuration): Float64Array => {
    const key = JSON.stringify(configuration)
    let values = known.get(key)
    if (values === undefined) {
      const place = encode(itsSpace, configuration)
      values = Float64Array.from(forests, (forest) => askForest(forest.trees, place).mean)
      known.set(key, values)
    }
    return values
  }
  const lossAt = (configuration: Configuration, epoch: number): number => {
    const values = knotsOf(configuration)
    let next = knots.findIndex((knot) => knot >= epoch)
    if (next < 1) next = 1
    const [from, to] = [knots[next - 1]!, knots[next]!]
    const share = Math.log(epoch / from) / Math.log(to / from)
    return Math.exp(values[next - 1]! * (1 - share) + values[next]! * share)
  }
  const chance = stream(1, 'mlpf-family')
  let best = Infinity
  for (let draw = 0; draw < 20_000; draw++) best = Math.min(best, lossAt(randomConfiguration(itsSpace, chance)!, 100))
  known.clear()
  for (const row of rows) best = Math.min(best, lossAt(table.rows[row] as Configuration, 100))
  return {
    best,
    problem: {
      name: 'mlpf family',
      space,
      objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
      epochs: 100,
      length: () => 100,
      metrics: (configuration, _note, epoch) => ({ loss: lossAt(configuration, epoch) }),
      best,
    },
  }
}
