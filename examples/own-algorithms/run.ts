/**
 * A study with a sampler and a scheduler of one's own.
 *
 *   node examples/own-algorithms/run.ts
 */
import { float, study } from '../../src/index.ts'
import type { StudyResult } from '../../src/index.ts'
import { hillClimber } from './hill-climber.ts'
import { progressCheck } from './progress-check.ts'

export async function runExample(): Promise<StudyResult<{ readonly lr: number; readonly dropout: number }>> {
  const own = await study({
    name: 'own-algorithms',
    space: { lr: float(1e-5, 1, { log: true }), dropout: float(0, 0.5) },
    objective: 'loss',
    epochs: { max: 9 },
    sampler: hillClimber,
    scheduler: { type: 'progress-check', epoch: 4 },
    algorithms: { schedulers: [progressCheck] },
    budget: { trials: 40 },
    seed: 7,
  })
  const result = await own.run(async (trial) => {
    const { lr, dropout } = trial.configuration
    const final = (Math.log10(lr) + 3) ** 2 / 4 + 4 * (dropout - 0.2) ** 2
    for await (const epoch of trial.epochs()) await trial.report({ loss: final + (lr > 0.1 ? epoch : 1 / epoch) })
  })
  await own.close()
  return result
}

if (import.meta.main) {
  const { best, progress } = await runExample()
  console.log(`best loss ${best.value.toFixed(4)} with`, best.configuration)
  console.log(
    `${progress.counts.complete} trials trained to the end, ${progress.counts.stopped} were stopped without progress`,
  )
}
