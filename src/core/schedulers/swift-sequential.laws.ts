/** The published loop of Swift-Hyperband with one worker, written from the paper's rules alone: what the event-driven one is compared with. */
import { sortedQuantile } from '../maths/quantile.ts'
import { predictorOf } from '../study/fit-input.ts'
import type { Model } from '../predictors/predictor.ts'
import { keepOf, type Bracket } from './brackets.ts'

export interface SequentialWorld {
  readonly brackets: readonly Bracket[]
  readonly eta: number
  readonly predictor: string
  loss(trial: number, epoch: number): number
  /** Equals go in the order of these numbers. */
  tie(trial: number): number
}

export interface SequentialCourse {
  readonly epochs: number
  readonly fits: number
  /** Survivors of every round, best first; only complete trials. */
  readonly survivors: readonly (readonly number[])[]
}

/** With d = 15, k = known curve = 0.5 and the threshold at the first quartile. */
export function sequentialSwift(world: SequentialWorld): SequentialCourse {
  const { brackets, eta, loss, tie } = world
  const predictor = predictorOf({ type: world.predictor })
  const finished = new Map<number, number[]>()
  const models = new Map<string, Model>()
  const survivors: number[][] = []
  const curve = (trial: number, length: number): number[] => Array.from({ length }, (_, i) => loss(trial, i + 1))
  const sorted = (trials: readonly number[], key: (trial: number) => number): number[] =>
    trials.toSorted((a, b) => key(a) - key(b) || tie(a) - tie(b))
  let epochs = 0
  let given = 0
  for (const { rounds } of brackets) {
    let living = Array.from({ length: rounds[0]?.trials ?? 0 }, () => given++)
    let before = 0
    for (const [index, { trials, epoch }] of rounds.entries()) {
      const next = index === rounds.length - 1 ? 1 : Math.floor(trials / eta)
      const known = before + Math.ceil((epoch - before) / 2)
      const lessons = finished.get(epoch) ?? []
      finished.set(epoch, lessons)
      const full: number[] = []
      const parked: number[] = []
      for (const trial of living) {
        const isSent = full.length < next / 2 || lessons.length < 15
        epochs += (isSent ? epoch : known) - before
        if (isSent) lessons.push(trial)
        ;(isSent ? full : parked).push(trial)
      }
      let selected: number[] = []
      if (parked.length > 0) {
        const key = `${epoch}:${known}`
        const curves = lessons.map((trial) => curve(trial, epoch))
        const model = models.get(key) ?? predictor.fit({ known, target: epoch, curves, hyperparameters: null, seed: 0 })
        models.set(key, model)
        const mean = (trial: number): number =>
          predictor.predict(model, { values: curve(trial, known), hyperparameters: null }).mean
        const means = new Map(parked.map((trial) => [trial, mean(trial)]))
        const ordered = sorted(parked, (trial) => means.get(trial) ?? 0)
        const losses = full.map((trial) => loss(trial, epoch)).toSorted((a, b) => a - b)
        const bar = sortedQuantile(losses, 0.25)
        selected = ordered.filter((trial) => (means.get(trial) ?? 0) < bar)
        if (selected.length + full.length < next) selected = ordered.slice(0, next - full.length)
        epochs += selected.length * (epoch - known)
      }
      const complete = known === epoch ? living : [...full, ...selected]
      living = sorted(complete, (trial) => loss(trial, epoch)).slice(0, keepOf(trials, eta))
      survivors.push(living)
      before = epoch
    }
  }
  return { epochs, fits: models.size, survivors }
}
