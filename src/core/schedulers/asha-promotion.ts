/**
 * ASHA in its promotion form. The card is in asha.ts.
 *
 * States of a trial on its way from rung to rung:
 *   running -> ordered up to its rung. Arrives: waiting (or gone, where it needs no promotion). Arrives short (budget): owed
 *   owed    -> is ordered again up to the same rung. Ordered: running
 *   waiting -> recorded on its rung. Promoted: running, one rung up
 * A trial that fails or is stopped is gone; so is one that is complete.
 */
import { assert, type Json, type Reason } from '../trial.ts'
import type { StudyView } from '../study/study-view.ts'
import { leave, openRung, promotable, record, recordRanked, rungViews, wait, type Rung, type Share } from './rungs.ts'
import type { Notice, Order, Scheduler } from './scheduler.ts'
import { hasSeveralObjectives, lossAt, shownLoss, type Standing } from './standing.ts'

export interface PromotionMemory {
  closed: boolean
  readonly rungs: readonly Rung[]
  readonly places: Map<number, Place>
  /** Trials whose order the budget cut short, oldest first. */
  owed: number[]
  /** Trials under way to a rung below the top: whatever they bring may promote somebody. */
  climbing: number
}

interface Place {
  readonly rung: number
  readonly state: 'running' | 'waiting' | 'owed'
}

/** A resumption that could be ordered now, and whether the rule of the paper allows it. */
interface Promotion extends Standing {
  readonly rung: number
  readonly isLast: boolean
}

export function promotionScheduler(epochs: readonly number[], eta: number): Scheduler<PromotionMemory> {
  const share: Share = (recorded) => Math.floor(recorded / eta)
  return {
    start: () => ({ closed: false, rungs: epochs.map(openRung), places: new Map(), owed: [], climbing: 0 }),
    evolve: (memory, notice, study) => evolve({ memory, study, share }, notice),
    decide: () => null,
    next: (memory, study, limit) => orders(memory, study, limit, share),
    isDone: (memory, study) =>
      memory.closed &&
      memory.owed.length === 0 &&
      memory.climbing === 0 &&
      promotions(memory, study).next().done === true,
    rungs: (memory, study) => rungViews(memory.rungs, study),
  }
}

interface Scene {
  readonly memory: PromotionMemory
  readonly study: StudyView
  readonly share: Share
}

function evolve(scene: Scene, notice: Notice): void {
  const { memory } = scene
  switch (notice.type) {
    case 'ordered':
      return ordered(scene, notice.trial, notice.isNew)
    case 'arrived':
      return arrived(scene, notice.trial, notice.epoch, notice.complete)
    case 'failed':
    case 'stopped':
      return left(scene, notice.trial)
    case 'closed':
    case 'opened':
      memory.closed = notice.type === 'closed'
      return
    case 'reported':
    case 'concluded':
      return
  }
}

function ordered({ memory, study }: Scene, trial: number, isNew: boolean): void {
  if (isNew) return place(memory, trial, { rung: 0, state: 'running' })
  const before = memory.places.get(trial)
  if (before?.state === 'owed') {
    memory.owed = memory.owed.filter((owed) => owed !== trial)
    place(memory, trial, { rung: before.rung, state: 'running' })
  } else if (before?.state === 'waiting') {
    const rung = rungAt(memory, before.rung)
    leave(rung, trial)
    rung.promoted++
    place(memory, trial, { rung: nextRung(memory, study, trial, before.rung), state: 'running' })
  }
}

/** The rung above; or, for a program that trained beyond its order, the first one that it has not passed, at most the top. */
function nextRung(memory: PromotionMemory, study: StudyView, trial: number, rung: number): number {
  const trained = study.epoch(trial)
  const next = memory.rungs.findIndex(({ epoch }, above) => above > rung && epoch > trained)
  return next === -1 ? memory.rungs.length - 1 : next
}

function arrived(scene: Scene, trial: number, epoch: number, isComplete: boolean): void {
  const { memory, study } = scene
  const before = memory.places.get(trial)
  if (before?.state !== 'running') return
  const rung = rungAt(memory, before.rung)
  if (!isComplete && epoch < rung.epoch) {
    memory.owed.push(trial)
    return place(memory, trial, { rung: before.rung, state: 'owed' })
  }
  const standing = { key: lossAt(study, trial, rung.epoch), trial }
  if (hasSeveralObjectives(study)) recordRanked(rung, trial, study, scene.share)
  else record(rung, standing, scene.share)
  if (isComplete || before.rung === memory.rungs.length - 1) return place(memory, trial, null)
  wait(rung, standing)
  place(memory, trial, { rung: before.rung, state: 'waiting' })
}

function left({ memory, study, share }: Scene, trial: number): void {
  const before = memory.places.get(trial)
  if (before === undefined) return
  const rung = rungAt(memory, before.rung)
  if (before.state === 'waiting') leave(rung, trial)
  else if (hasSeveralObjectives(study)) recordRanked(rung, null, study, share)
  else record(rung, { key: Infinity, trial }, share)
  memory.owed = memory.owed.filter((owed) => owed !== trial)
  place(memory, trial, null)
}

/** Keeps `climbing` in step. */
function place(memory: PromotionMemory, trial: number, after: Place | null): void {
  const isClimbing = (at: Place | null | undefined): boolean =>
    at?.state === 'running' && at.rung < memory.rungs.length - 1
  memory.climbing += Number(isClimbing(after)) - Number(isClimbing(memory.places.get(trial)))
  if (after === null) memory.places.delete(trial)
  else memory.places.set(trial, after)
}

function orders(memory: PromotionMemory, study: StudyView, limit: number, share: Share): Order[] {
  const list: Order[] = memory.owed.slice(0, limit).map((trial) => {
    const rung = memory.places.get(trial)?.rung ?? 0
    return resume(memory, { trial, rung, why: { rule: 'cut-short', until: rungAt(memory, rung).epoch } })
  })
  for (const promotion of promotions(memory, study)) {
    if (list.length >= limit) break
    const { trial } = promotion
    const rung = nextRung(memory, study, trial, promotion.rung)
    const why = promotionReason(memory, study, promotion, { share, until: rungAt(memory, rung).epoch })
    list.push(resume(memory, { trial, rung, why }))
  }
  const until = rungAt(memory, 0).epoch
  const free = memory.closed || !study.canCreate ? 0 : limit - list.length
  const start: Order = { type: 'start', until, tag: { rung: 0 }, why: { rule: 'rung-start', until } }
  return [...list, ...Array.from({ length: Math.max(free, 0) }, () => start)]
}

/** From the top rung down; if the rule gives nothing and nothing can come any more, the one that keeps the study from ending early. */
function* promotions(memory: PromotionMemory, study: StudyView): Generator<Promotion, void> {
  let isAny = false
  for (let rung = memory.rungs.length - 2; rung >= 0; rung--) {
    for (const standing of promotable(rungAt(memory, rung), study)) {
      isAny = true
      yield { ...standing, rung, isLast: false }
    }
  }
  if (isAny || !memory.closed || memory.climbing > 0 || memory.owed.length > 0) return
  const last = memory.rungs.slice(0, -1).findLastIndex(({ waiting, promoted }) => waiting.length > 0 && promoted === 0)
  const rung = memory.rungs[last]
  if (rung === undefined) return
  const best = hasSeveralObjectives(study) ? bestRanked(rung, study) : rung.waiting[0]
  if (best !== undefined) yield { ...best, rung: last, isLast: true }
}

function bestRanked(rung: Rung, study: StudyView): Standing | undefined {
  const waiting = rung.waiting.map(({ trial }) => trial)
  const best = study.ranked(waiting, rung.epoch)[0]
  return rung.waiting.find(({ trial }) => trial === best)
}

function promotionReason(
  memory: PromotionMemory,
  study: StudyView,
  promotion: Promotion,
  { share, until }: { share: Share; until: number },
): Reason {
  const rung = rungAt(memory, promotion.rung)
  return {
    rule: promotion.isLast ? 'rung-best' : 'rung-promoted',
    rung: promotion.rung,
    epoch: rung.epoch,
    until,
    value: shownLoss(study, promotion.key),
    kept: share(rung.recorded),
    of: rung.recorded,
  }
}

function resume(memory: PromotionMemory, order: { trial: number; rung: number; why: Reason }): Order {
  const tag: Json = { rung: order.rung }
  return { type: 'resume', trial: order.trial, until: rungAt(memory, order.rung).epoch, tag, why: order.why }
}

function rungAt(memory: PromotionMemory, rung: number): Rung {
  const at = memory.rungs[rung]
  assert(at !== undefined, `rung ${rung} is one of ${memory.rungs.length}`)
  return at
}
