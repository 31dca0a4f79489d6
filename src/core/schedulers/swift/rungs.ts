/** The rounds of Swift-Hyperband for the `rungs` view. */
import { bracketAt, passOf } from '../bracket-plan.ts'
import type { RungView } from '../scheduler.ts'
import { cutOf } from './rounds.ts'
import type { Scene } from './scene.ts'

export function swiftRungs(scene: Scene): RungView[] {
  const { plan, memory } = scene
  return memory.rounds.flatMap((rounds, bracket) => {
    const name = `bracket ${bracketAt(plan, bracket).s}`
    const group = plan.passes === 1 ? name : `pass ${passOf(plan, bracket)}, ${name}`
    return rounds.map((round) => ({
      group,
      epoch: round.plan.target,
      size: round.size,
      arrived: round.complete.length,
      promoted: round.through.length,
      cut: cutOf(scene, round),
    }))
  })
}
