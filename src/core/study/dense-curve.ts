import type { StudyView } from './study-view.ts'

/**
 * The losses by which a scheduler would judge the trial at each of the epochs 1 .. `length`: its last report no later than the epoch (with
 * `objective.value: best` the best one up to there), and before its first report that one. All NaN for a trial that has reported nothing.
 */
export function denseCurve(study: StudyView, trial: number, length: number): number[] {
  const { epochs, losses } = study.curve(trial)
  const isBest = study.definition.objectives[0]?.value === 'best'
  const dense: number[] = []
  let loss = NaN
  let next = 0
  for (let epoch = 1; epoch <= length; epoch++) {
    for (; (epochs[next] ?? Infinity) <= epoch; next++) {
      const value = losses[next] as number
      if (!Number.isNaN(value)) loss = isBest && loss < value ? loss : value
    }
    dense.push(loss)
  }
  const first = losses.find((value) => !Number.isNaN(value)) ?? NaN
  for (let index = 0; index < length && Number.isNaN(dense[index]); index++) dense[index] = first
  return dense
}
