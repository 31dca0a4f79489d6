/** How the memory of Fast-Hyperband follows the notices of the study; its brackets follow them by themselves. */
import { roundAt } from '../bracket-plan.ts'
import type { Notice, Verdict } from '../scheduler.ts'
import { EARLIER_TOPIC } from '../swift/earlier.ts'
import type { FitTag } from './memory.ts'
import { modelKey, spanOf } from './plan.ts'
import { judge, judgeAll, type Scene } from './stopping.ts'

/** Called before the brackets hear of it. */
export function evolve(scene: Scene, notice: Notice): void {
  const { memory } = scene
  switch (notice.type) {
    case 'reported':
      return judge(scene, notice.trial, notice.epoch)
    case 'arrived':
      return arrived(scene, notice.trial, notice.epoch, notice.complete)
    case 'stopped':
      countStop(scene, notice.trial)
      return removeFrom(memory.stops, ({ trial }) => trial === notice.trial)
    case 'failed':
      return removeFrom(memory.stops, ({ trial }) => trial === notice.trial)
    case 'concluded':
      if (notice.topic === EARLIER_TOPIC) memory.refusal = null
      return
    case 'fitting':
      return removeFrom(memory.wanted, (wanted) => isOf(wanted, notice.tag as FitTag))
    case 'fitted':
    case 'unfitted':
      return answered(scene, notice)
    case 'ordered':
    case 'closed':
    case 'opened':
      return
  }
}

/** What is to be said, or null where only the brackets may have something to say. */
export function verdictOf({ memory, plan }: Scene): Verdict | null {
  if (memory.refusal !== null) return { type: 'conclude', topic: EARLIER_TOPIC, data: memory.refusal }
  const stop = memory.stops[0]
  if (stop !== undefined) return { type: 'stop', ...stop }
  const wanted = memory.wanted[0]
  if (wanted === undefined) return null
  const { known, target, earlier, trials } = wanted
  const tag: FitTag = { known, target, earlier }
  return { type: 'fit', predictor: plan.predictor, known, target, earlier, trials, tag }
}

/** One that somebody else has stopped was not to be. */
function countStop({ memory, plan, study }: Scene, trial: number): void {
  const place = memory.brackets.places.get(trial)
  if (place === undefined || !memory.stops.some((stop) => stop.trial === trial)) return
  memory.dropped++
  memory.spared += Math.max(0, spanOf(plan, place).target - study.epoch(trial))
}

/** A curve that went beyond the target teaches for the later targets that it has reached, too. */
function arrived({ plan, memory }: Scene, trial: number, epoch: number, isComplete: boolean): void {
  const place = memory.brackets.places.get(trial)
  if (place?.state !== 'running') return
  const { target } = spanOf(plan, place)
  if (epoch >= target || isComplete) removeFrom(memory.stops, (stop) => stop.trial === trial)
  const rounds = memory.brackets.brackets[place.bracket]?.length ?? 0
  for (let round = place.round; round < rounds; round++) {
    const reached = roundAt(plan, place.bracket, round).epoch
    if (epoch < reached) return
    const there = memory.arrived.get(reached)
    if (there) there.push(trial)
    else memory.arrived.set(reached, [trial])
  }
}

function answered(scene: Scene, notice: Notice & { readonly type: 'fitted' | 'unfitted' }): void {
  const { memory } = scene
  const tag = notice.tag as FitTag
  const key = modelKey(tag.target, tag.known)
  memory.fitting.delete(key)
  if (notice.type === 'unfitted') {
    memory.unfitted.set(key, memory.brackets.brackets.length)
    return
  }
  memory.models.set(key, notice.model)
  judgeAll(scene, notice.model)
}

function isOf(one: FitTag, other: FitTag): boolean {
  return one.known === other.known && one.target === other.target
}

function removeFrom<T>(list: T[], isIt: (item: T) => boolean): void {
  const index = list.findIndex(isIt)
  if (index >= 0) list.splice(index, 1)
}
