/** What tests of bracket schedulers ask of a mini-study: its cut rounds, and what the sequential loop would have done. */
import type { RoundConclusion } from './bracket-verdicts.ts'
import { keepOf, type Bracket } from './brackets.ts'
import type { Course, World } from './mini-world.laws.ts'

export function roundsOf(course: Course): (RoundConclusion & { readonly epochsSoFar: number })[] {
  return course.conclusions.map(({ data, epochsSoFar }) => ({ ...(data as RoundConclusion), epochsSoFar }))
}

/** What the reference says of a run, in the order of the algorithm. */
/** The number of the configuration, as a start's tag tells it. */
export function indexOf(tag: unknown): unknown {
  return (tag as { readonly index?: number } | undefined)?.index
}

/** The published loop: one bracket and one round after the other; failed trials count with infinite loss and never go on. */
export function sequential(
  brackets: readonly Bracket[],
  eta: number,
  world: World,
): { survivors: number[][]; epochs: number } {
  const survivors: number[][] = []
  let epochs = 0
  let given = 0
  for (const { rounds } of brackets) {
    let living = Array.from({ length: rounds[0]?.trials ?? 0 }, () => given++)
    let before = 0
    for (const { trials, epoch } of rounds) {
      const failing = living.filter((trial) => (world.failsAt?.(trial) ?? Infinity) <= epoch)
      epochs += living.reduce((sum, trial) => sum + Math.min(world.failsAt?.(trial) ?? Infinity, epoch) - before, 0)
      living = living
        .filter((trial) => !failing.includes(trial))
        .sort((a, b) => world.value(a, epoch, 0) - world.value(b, epoch, 0) || a - b)
        .slice(0, keepOf(trials, eta))
      if (before === 0 || survivors.at(-1)?.length !== 0) survivors.push(living)
      before = epoch
    }
  }
  return { survivors, epochs }
}
