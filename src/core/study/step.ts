import type { Event, Fact } from './events.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import type { Study } from './study.ts'

/**
 * Folds a batch of facts and everything that follows from them: the events to append, in order. Between two facts of a batch only
 * verdicts are taken; free slots are given away after the last one.
 */
export function step(study: Study, facts: readonly Fact[]): Event[] {
  const events: Event[] = []
  for (let i = 0; i < facts.length; i++) {
    const given = facts[i] as Fact
    const fact: Fact = i < facts.length - 1 ? { ...given, more: true } : given
    evolve(study, fact)
    events.push(fact)
    for (let decision = decide(study); decision; decision = decide(study)) {
      evolve(study, decision)
      events.push(decision)
    }
  }
  return events
}
