/**
 * nu-SVR beside scikit-learn's: fit and prediction of 100 rows, of the first curves of mlpf as the peers' svr.py takes them, at its tolerance of 1e-3. CPU
 * time, not wall time. The 1e-8 of our predictors is shown beside the same figures, without a verdict.
 */
import { matrixOf } from '../src/core/maths/matrix.ts'
import { fitScaler, scaledMatrix } from '../src/core/predictors/scaling.ts'
import { predictSvrRows } from '../src/core/predictors/svr/predict-svr.ts'
import { fitSvr } from '../src/core/predictors/svr/settings.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import type { PeerFigure, PeerSheet } from './peers.ts'
import { missingRows } from './peers.ts'
import type { Reach, Reference, Row } from './row.ts'
import { row } from './row.ts'

const sizes = [15, 20, 100, 296].flatMap((curves) => [25, 75].map((epochs) => ({ curves, epochs })))
const tolerances = [1e-3, 1e-8] as const
const unit = 'CPU ms'

interface Measured {
  readonly curves: number
  readonly epochs: number
  readonly tolerance: number
  readonly ms: readonly number[]
}

type SizedFigure = PeerFigure & { readonly n?: number; readonly features?: number }

export async function svrBesidePeers({ quick, peers }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const repeats = quick ? 11 : 41
  const ours = JSON.parse((await runNode([import.meta.filename, String(repeats)])).stdout) as readonly Measured[]
  const sheet = await peers.run('svr.py', ['--repeats', String(repeats)])
  const rows = ours.map(({ curves, epochs, tolerance, ms }) => {
    const against = theirs(sheet, curves, epochs)
    const reach: Reach = { type: 'ratio at most', value: curves <= 20 ? 0.5 : 1 }
    const what = `nu-SVR fit + 100 predictions, ${curves} curves x ${epochs} epochs`
    if (against === null) return row(what, unit, ms)
    return tolerance === tolerances[0]
      ? row(what, unit, ms, { against, reach })
      : row('  solved to 1e-8', unit, ms, { against })
  })
  return [...rows, ...missingRows('nu-SVR', unit, ours[0]!.ms, sheet)]
}

/** Fit and prediction together; the extremes as if they came together. */
function theirs(sheet: PeerSheet, curves: number, epochs: number): Reference | null {
  const of = (figure: string): SizedFigure | undefined =>
    sheet.figures.find(
      (found: SizedFigure) => found.figure === figure && found.n === curves && found.features === epochs,
    )
  const fit = of('NuSVR fit')
  const prediction = of('NuSVR predict 100 rows')
  if (!fit || !prediction) return null
  const together = (member: 'min' | 'median' | 'max'): number => fit[member] + prediction[member]
  return {
    name: `scikit-learn ${fit.version ?? ''}`.trim(),
    values: [together('min'), together('median'), together('max')],
  }
}

async function measure(repeats: number): Promise<readonly Measured[]> {
  const table = await readCurveTable(shared.path('data/curves/mlpf.csv'))
  const losses = table.curves[table.metrics[0]!]!
  return sizes.flatMap(({ curves, epochs }) => {
    const starts = Array.from({ length: curves }, (_, at) => at * table.horizon)
    const inputs = matrixOf(starts.map((start) => [...losses.subarray(start, start + epochs)]))
    const targets = matrixOf(starts.map((start) => [losses[start + table.horizon - 1]!]))
    const x = scaledMatrix(fitScaler('min-max', inputs), inputs)
    const y = scaledMatrix(fitScaler('min-max', targets), targets).values
    const hundred = Array.from({ length: 100 }, (_, at) => at % curves)
    const asked = matrixOf(hundred.map((at) => [...x.values.subarray(at * epochs, (at + 1) * epochs)]))
    return tolerances.map((tolerance) => {
      const once = (): number => {
        const svr = fitSvr(x, y, { type: 'nu-svr', C: 1, nu: 0.5, kernel: 'rbf', gamma: 'scale', tolerance })
        return predictSvrRows(svr, asked)[0]!
      }
      return { curves, epochs, tolerance, ms: timed(once, repeats, curves <= 20 ? 20 : 5) }
    })
  })
}

/** CPU milliseconds a call, of so many calls together; two turns before, in which Node still compiles, are not counted. */
function timed(once: () => number, repeats: number, calls: number): number[] {
  return Array.from({ length: repeats + 2 }, () => {
    const before = process.cpuUsage()
    for (let call = 0; call < calls; call++) if (!Number.isFinite(once())) throw new Error('a prediction is not finite')
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / calls
  }).slice(2)
}

if (import.meta.main) process.stdout.write(JSON.stringify(await measure(Number(process.argv[2]))))
