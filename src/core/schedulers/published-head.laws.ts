/** The published head of Hyperband and Swift-Hyperband over MPI, written from its description alone: what waves are compared with. */
import { sortedQuantile } from '../maths/quantile.ts'
import type { Model } from '../predictors/predictor.ts'
import { predictorOf } from '../study/fit-input.ts'
import { keepOf, type Bracket } from './brackets.ts'
import type { World } from './mini-world.laws.ts'

export interface HeadSettings {
  readonly brackets: readonly Bracket[]
  readonly eta: number
  /** null = plain Hyperband. */
  readonly predictor: string | null
  /** Curves that a predictor needs. */
  readonly d: number
}

export interface HeadCourse {
  readonly epochs: number
  readonly makespan: number
  readonly fits: number
  /** Survivors of every round, best first; only complete trials. */
  readonly survivors: readonly (readonly number[])[]
}

/** A worker in use, and when its answer comes. */
interface Busy {
  readonly trial: number
  readonly at: number
  readonly isFirst: boolean
  readonly hasFailed: boolean
}

interface Head {
  readonly world: World
  now: number
  epochs: number
}

/** With k = known curve = 0.5 and the threshold at the first quartile. Failures only without a predictor: nothing is published of them. */
export function publishedHead(world: World, { brackets, eta, predictor, d }: HeadSettings): HeadCourse {
  const head: Head = { world, now: 0, epochs: 0 }
  const lessons = new Map<number, number[]>()
  const models = new Map<string, Model>()
  const survivors: number[][] = []
  let given = 0
  for (const { rounds } of brackets) {
    let living = Array.from({ length: rounds[0]?.trials ?? 0 }, () => given++)
    let from = 0
    for (const [index, { trials, epoch: target }] of rounds.entries()) {
      if (living.length === 0) break
      const next = index === rounds.length - 1 ? 1 : Math.floor(trials / eta)
      const known = predictor === null ? target : from + Math.ceil((target - from) / 2)
      const its = lessons.get(target) ?? []
      lessons.set(target, its)
      const sent: number[] = []
      const parked: number[] = []
      let underway = 0
      inWaves(head, living, { from, to: known }, (answer) => {
        if (answer.hasFailed) return null
        if (!answer.isFirst) underway--
        const goesOn = answer.isFirst && (sent.length < next / 2 || underway + its.length < d)
        if (answer.isFirst) (goesOn ? sent : parked).push(answer.trial)
        if (!answer.isFirst || (goesOn && known === target)) its.push(answer.trial)
        if (!goesOn || known === target) return null
        underway++
        return target
      })
      const selected =
        predictor === null || parked.length === 0
          ? []
          : select(world, { predictor, models, lessons: its, sent, parked, next, known, target })
      // In order of rank, as all orders of a round.
      const chosen = living.filter((trial) => selected.includes(trial))
      if (known < target) inWaves(head, chosen, { from: known, to: target }, () => null)
      const complete = known === target ? [...sent, ...parked] : [...sent, ...chosen]
      living = sorted(complete, (trial) => world.value(trial, target, 0)).slice(0, keepOf(trials, eta))
      survivors.push(living)
      from = target
    }
  }
  return { epochs: head.epochs, makespan: head.now, fits: models.size, survivors }
}

/** `answer`: to which epoch the worker trains on, or null where it is idle from now on. */
function inWaves(
  head: Head,
  trials: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
  answer: (busy: Busy) => number | null,
): void {
  const queue = [...trials]
  let busy: Busy[] = []
  while (queue.length > 0 || busy.length > 0) {
    for (const trial of queue.splice(0, head.world.slots - busy.length)) busy.push(train(head, trial, from, to, true))
    const further: Busy[] = []
    for (const one of busy.toSorted((a, b) => a.at - b.at)) {
      head.now = Math.max(head.now, one.at)
      const target = answer(one)
      if (target !== null) further.push(train(head, one.trial, to, target, false))
    }
    busy = further
  }
}

function train(head: Head, trial: number, from: number, to: number, isFirst: boolean): Busy {
  const { world } = head
  let at = head.now
  for (let epoch = from + 1; epoch <= to; epoch++) {
    at += world.duration?.(trial, epoch) ?? 1
    head.epochs++
    if (world.failsAt?.(trial) === epoch) return { trial, at, isFirst, hasFailed: true }
  }
  return { trial, at, isFirst, hasFailed: false }
}

interface Choice {
  readonly predictor: string
  readonly models: Map<string, Model>
  readonly lessons: readonly number[]
  readonly sent: readonly number[]
  readonly parked: readonly number[]
  readonly next: number
  readonly known: number
  readonly target: number
}

function select(world: World, choice: Choice): number[] {
  const { models, lessons, sent, parked, next, known, target } = choice
  const predictor = predictorOf({ type: choice.predictor })
  const curve = (trial: number, length: number): number[] =>
    Array.from({ length }, (_, index) => world.value(trial, index + 1, 0))
  const key = `${target}:${known}`
  const curves = lessons.map((trial) => curve(trial, target))
  const model = models.get(key) ?? predictor.fit({ known, target, curves, hyperparameters: null, seed: 0 })
  models.set(key, model)
  const means = new Map(
    parked.map((trial) => [
      trial,
      predictor.predict(model, { values: curve(trial, known), hyperparameters: null }).mean,
    ]),
  )
  const mean = (trial: number): number => means.get(trial) ?? Infinity
  const losses = sent.map((trial) => world.value(trial, target, 0)).toSorted((a, b) => a - b)
  const below = parked.filter((trial) => mean(trial) < sortedQuantile(losses, 0.25))
  return below.length + sent.length >= next ? below : sorted(parked, mean).slice(0, next - sent.length)
}

function sorted(trials: readonly number[], key: (trial: number) => number): number[] {
  return trials.toSorted((a, b) => key(a) - key(b) || a - b)
}
