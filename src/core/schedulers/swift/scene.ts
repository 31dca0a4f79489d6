/** What every rule of Swift-Hyperband works on while one notice is folded. */
import type { StudyView } from '../../study/study-view.ts'
import type { SwiftMemory } from './memory.ts'
import type { RoundAddress, SwiftPlan, SwiftWalk } from './plan.ts'

export interface Scene {
  readonly plan: SwiftPlan
  readonly walk: SwiftWalk
  readonly memory: SwiftMemory
  readonly study: StudyView
  /** Rounds in which something has changed: what follows is drawn when the notice is folded, in order of bracket and round. */
  readonly touched: RoundAddress[]
}

export function touch({ touched }: Scene, { bracket, round }: RoundAddress): void {
  if (!touched.some((one) => one.bracket === bracket && one.round === round)) touched.push({ bracket, round })
}

/** The first of the touched rounds, which is then untouched. */
export function nextTouched({ touched }: Scene): RoundAddress | undefined {
  let first = 0
  touched.forEach((one, index) => {
    const other = touched[first] as RoundAddress
    if (one.bracket < other.bracket || (one.bracket === other.bracket && one.round < other.round)) first = index
  })
  return touched.splice(first, 1)[0]
}
