/**
 * What the controller's own mathematics costs in virtual time. The controller works on one thing at a time: an order that follows from a
 * proposal or a fit reaches the world when all that was charged so far has been worked off.
 */
import type { Model, Proposal, Sampler, SamplerKind, SearchInput } from '../core/samplers/sampler.ts'
import type { Scheduler, SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { Clock } from '../ports.ts'

export interface WorkMeter {
  /** How long an order given now takes to reach the world. */
  delayMs(): number
  sampler(kind: SamplerKind): SamplerKind
  scheduler(kind: SchedulerKind): SchedulerKind
}

/** `seconds`: the stated cost of a proposal, or `measured`: the CPU time that a proposal or a scheduler's decision took. Fits are not the controller's own work. */
export function workMeter(clock: Clock, seconds: number | 'measured'): WorkMeter {
  let freeAt = 0
  const charge = (ms: number): void => {
    freeAt = Math.max(freeAt, clock.now()) + ms
  }
  function metered<T>(work: () => T, isCharged: (result: T) => boolean): T {
    if (seconds !== 'measured') {
      const result = work()
      if (isCharged(result)) charge(1000 * seconds)
      return result
    }
    const before = process.threadCpuUsage()
    const result = work()
    const { user, system } = process.threadCpuUsage(before)
    charge((user + system) / 1000)
    return result
  }
  // Slow searches are not the controller's own work: what they take passes until they are answered.
  const search = (model: Model, input: SearchInput): readonly Proposal[] =>
    model.isQuick(input.trial)
      ? metered(
          () => model.search(input),
          () => true,
        )
      : model.search(input)
  return {
    delayMs: () => Math.max(0, freeAt - clock.now()),
    sampler: (kind) => ({
      ...kind,
      create(setup): Sampler<any> {
        const sampler: Sampler<unknown> = kind.create(setup)
        const { model } = sampler
        return {
          ...sampler,
          ...(model ? { model: { ...model, search: (input) => search(model, input) } } : {}),
          propose: (memory, study, trial, chance, tag) =>
            metered(
              () => sampler.propose(memory, study, trial, chance, tag),
              (proposal) => proposal !== null && !('exhausted' in proposal),
            ),
        }
      },
    }),
    scheduler: (kind) => ({
      ...kind,
      create(setup): Scheduler<any> {
        const scheduler: Scheduler<unknown> = kind.create(setup)
        return {
          ...scheduler,
          decide: (memory, study) =>
            metered(
              () => scheduler.decide(memory, study),
              () => false,
            ),
        }
      },
    }),
  }
}
