/**
 * The training curves of a fit as problems for an annealer: scaled, and dealt out to as few chunks of at most `chunk` curves as will do.
 *
 * Curves stand in order of their losses and are dealt out like cards, so that each chunk covers the whole range. (The published study splits 80 random
 * curves into four.)
 */
import { columnOf, matrixOf, rowsOf, type Matrix } from '../../maths/matrix.ts'
import type { TrainingCurves } from '../curve.ts'
import { featureRow, featureSpec, type FeatureSpec } from '../features.ts'
import { fitScaler, scaledMatrix, type Scaler } from '../scaling.ts'
import { kernelMatrix } from '../svr/kernel.ts'
import type { Kernel } from '../svr/svr.ts'
import { buildQubo, digitWeights } from './build-qubo.ts'
import { combined } from './combine.ts'
import type { Qubo } from './qubo.ts'
import type { Regressor, Training } from './regressor.ts'
import type { QsvrSettings } from './settings.ts'

/** What turns a start into the numbers that the kernel sees, and back. JSON. */
export interface Lens {
  readonly features: FeatureSpec
  readonly x: Scaler
  readonly y: Scaler
}

export interface Chunk extends Training {
  /** Their places among the training curves. */
  readonly members: readonly number[]
  readonly rows: Matrix
}

export interface Prepared {
  readonly lens: Lens
  /** None where all losses are equal. */
  readonly chunks: readonly Chunk[]
}

export function prepared(data: TrainingCurves, known: number, settings: QsvrSettings): Prepared {
  const features = featureSpec(settings.features, data)
  const x = matrixOf(data.starts.map((start) => featureRow(start, known, features)))
  const y = columnOf(data.targets)
  const lens = { features, x: fitScaler(settings.scaling, x), y: fitScaler(settings.scaling, y) }
  const isConstant = data.targets.every((loss) => loss === data.targets[0])
  const count = isConstant ? 0 : Math.ceil(data.targets.length / settings.chunk)
  const chunks = Array.from({ length: count }, (_, chunk) => {
    const members = Array.from(data.targets.keys()).filter((row) => row % count === chunk)
    const rows = scaledMatrix(lens.x, rowsOf(x, members))
    return {
      members,
      rows,
      kernel: kernelMatrix(kernelOf(settings), rows),
      y: scaledMatrix(lens.y, rowsOf(y, members)).values,
    }
  })
  return { lens, chunks }
}

export function kernelOf({ gamma }: Pick<QsvrSettings, 'gamma'>): Kernel {
  return { type: 'rbf', gamma }
}

export function quboOf({ kernel, y }: Training, { encoding, terms }: QsvrSettings): Qubo {
  return buildQubo(kernel, y, encoding, terms)
}

/** Of the bits of the kept solutions. */
export function sevenOf(training: Training, solutions: readonly Uint8Array[], settings: QsvrSettings): Regressor[] {
  const tube = { epsilon: settings.terms.epsilon, limit: settings.limit }
  return combined(training, solutions, digitWeights(settings.encoding), tube)
}
