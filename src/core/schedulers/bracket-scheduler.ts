/**
 * Brackets of successive halving, driven by events: what Hyperband and plain successive halving share.
 *
 * Paper: as brackets.ts. The reference runs one bracket and one round after the other and waits at the end of each round for the slowest
 * trial. Here every (bracket, round) is a small machine of its own and all brackets are open from the start; a slot takes the first order
 * of the queue (bracket-plan.ts). The same trials train to the same epochs and the same ones survive, for any number of workers and any
 * timing; only the makespan differs.
 *
 * States of a trial inside its round:
 *   running   -> ordered up to the round's epoch. Arrives: standing. Arrives short (budget): ready, for the same round
 *   standing  -> arrived, waits for the cut. Certain to go on: ready in the next round (or finalist after the last one). Cut: dropped
 *   ready     -> may train on. Ordered: running
 *   dropped   -> below a concluded cut, its `stop` is about to be recorded. Stopped: forgotten
 *   finalist  -> survived the last round of its bracket
 * A trial that fails, or is stopped by the user, leaves from any state; its round counts it as arrived with infinite loss.
 * A trial that ended by itself below the epoch of a round arrives there with its last value, and goes through later rounds untrained.
 *
 * States of a round: filling -> cut (everybody arrived; survivors enter the next round) -> concluded (recorded, the others are stopped).
 *
 * Where we differ, and why:
 * - Survivors that are certain enter the next round before the cut (rounds.ts): no result depends on it, and no slot waits for it.
 * - A round counts as many trials as the schedule says, also if failures left fewer survivors: the vacancies count as failed.
 * - When no more trials will be created, the bracket that is being filled goes on with what it has, its later rounds shrunk to match.
 * - Several objectives: a round is ranked by the study (non-dominated rank, crowding) when all are there; nobody is certain before.
 *
 * Cost: O(log trials) an event. Memory: a few numbers for each trial that is still in the race and for each round.
 */
import { keepOf } from './brackets.ts'
import { bracketAt, isReadyBefore, roundAt, startAt, trialsOfPass } from './bracket-plan.ts'
import type { BracketPlan } from './bracket-plan.ts'
import { conclusionOf, dropsOf, roundViews, ROUND_TOPIC } from './bracket-verdicts.ts'
import { bracketOrders } from './bracket-orders.ts'
import { openMemory, roundOf, type BracketMemory, type RoundAddress } from './bracket-memory.ts'
import { push, remove } from './heap.ts'
import { arrive, isFull, miss, openRound, rankBy, shrinkRound, takeThrough, withdraw, type Round } from './rounds.ts'
import type { Notice, Scheduler } from './scheduler.ts'
import { hasSeveralObjectives, lossAt, type Standing } from './standing.ts'
import type { StudyView } from '../study/study-view.ts'

export function bracketScheduler(plan: BracketPlan): Scheduler<BracketMemory> {
  return {
    start: openMemory,
    evolve: (memory, notice, study) => evolve({ plan, memory, study }, notice),
    decide(memory, study) {
      const drop = memory.drops.at(-1)
      if (drop !== undefined) return { type: 'stop', trial: drop.trial, why: drop.why }
      const cut = memory.cuts[0]
      return cut === undefined ? null : conclusionOf(plan, memory, cut, study)
    },
    next: (memory, study, limit) => bracketOrders(plan, memory, study, limit),
    isDone(memory) {
      const areAllStarted = plan.passes !== null && memory.started >= plan.passes * trialsOfPass(plan)
      return (memory.closed || areAllStarted) && memory.undecided === 0 && memory.ready.length === 0
    },
    rungs: (memory, study) => roundViews(plan, memory, study),
  }
}

interface Scene {
  readonly plan: BracketPlan
  readonly memory: BracketMemory
  readonly study: StudyView
}

function evolve(scene: Scene, notice: Notice): void {
  switch (notice.type) {
    case 'ordered':
      return notice.isNew ? started(scene, notice.trial) : resumed(scene, notice.trial)
    case 'reported':
      return
    case 'arrived':
      return arrived(scene, notice.trial, notice.epoch, notice.complete)
    case 'failed':
    case 'stopped':
      return left(scene, notice.trial)
    case 'concluded':
      return notice.topic === ROUND_TOPIC ? concluded(scene) : undefined
    case 'closed':
      return closed(scene)
    case 'opened':
      return opened(scene)
  }
}

function started({ plan, memory }: Scene, trial: number): void {
  const { bracket } = startAt(plan, memory.started++)
  if (memory.brackets[bracket] === undefined) {
    const { rounds } = bracketAt(plan, bracket)
    memory.brackets[bracket] = rounds.map(({ trials }) => openRound(trials, plan.eta))
    if (rounds.length > 1) memory.undecided++
  }
  memory.places.set(trial, { bracket, round: 0, state: 'running', isComplete: false })
}

function resumed({ plan, memory }: Scene, trial: number): void {
  const place = memory.places.get(trial)
  if (place === undefined) return
  remove(memory.ready, (ready) => ready.trial === trial, isReadyBefore(plan))
  memory.places.set(trial, { ...place, state: 'running' })
}

function arrived(scene: Scene, trial: number, epoch: number, isComplete: boolean): void {
  const { plan, memory, study } = scene
  const place = memory.places.get(trial)
  if (place?.state !== 'running') return
  const { bracket, round } = place
  if (!isComplete && epoch < roundAt(plan, bracket, round).epoch) {
    memory.places.set(trial, { ...place, state: 'ready' })
    const key = hasSeveralObjectives(study) ? 0 : lossAt(study, trial, epoch)
    push(memory.ready, { bracket, round, trial, key, isShort: true }, isReadyBefore(plan))
    return
  }
  stand(scene, { bracket, round }, trial, isComplete)
  advance(scene, { bracket, round })
}

/** The trial has all that this round asks for. */
function stand(
  { plan, memory, study }: Scene,
  { bracket, round }: RoundAddress,
  trial: number,
  isComplete: boolean,
): void {
  memory.places.set(trial, { bracket, round, state: 'standing', isComplete })
  const key = hasSeveralObjectives(study) ? 0 : lossAt(study, trial, roundAt(plan, bracket, round).epoch)
  arrive(roundOf(memory, { bracket, round }), { key, trial })
}

/** Lets through who is certain; cuts the round when it is full. */
function advance(scene: Scene, { bracket, round }: RoundAddress): void {
  const { memory } = scene
  const here = roundOf(memory, { bracket, round })
  if (here.isCut) return
  const isCut = isFull(here)
  if (hasSeveralObjectives(scene.study)) {
    if (!isCut) return
    rank(scene, here, { bracket, round })
  }
  const through = takeThrough(here)
  if (isCut) {
    here.isCut = true
    memory.cuts.push({ bracket, round })
  }
  for (const standing of through) enter(scene, { bracket, round: round + 1 }, standing)
  if (isCut) handOver(scene, { bracket, round })
}

/** After a cut: the next round hears how many trials it will not get. */
function handOver(scene: Scene, { bracket, round }: RoundAddress): void {
  const { memory } = scene
  const rounds = memory.brackets[bracket] ?? []
  const survivors = roundOf(memory, { bracket, round }).through.length
  const next = rounds[round + 1]
  if (next === undefined) return
  if (survivors === 0 || round === rounds.length - 2) memory.undecided--
  if (survivors === 0) return
  miss(next, next.size - survivors)
  advance(scene, { bracket, round: round + 1 })
}

function enter(scene: Scene, { bracket, round }: RoundAddress, { key, trial }: Standing): void {
  const { plan, memory, study } = scene
  const isComplete = memory.places.get(trial)?.isComplete ?? false
  if (round === bracketAt(plan, bracket).rounds.length) {
    memory.places.set(trial, { bracket, round: round - 1, state: 'finalist', isComplete })
    return
  }
  if (isComplete || study.epoch(trial) >= roundAt(plan, bracket, round).epoch) {
    stand(scene, { bracket, round }, trial, isComplete)
    advance(scene, { bracket, round })
    return
  }
  memory.places.set(trial, { bracket, round, state: 'ready', isComplete })
  push(memory.ready, { bracket, round, trial, key, isShort: false }, isReadyBefore(plan))
}

function rank({ plan, study }: Scene, here: Round, { bracket, round }: RoundAddress): void {
  const { epoch } = roundAt(plan, bracket, round)
  const ranked = study.ranked(
    here.standing.map(({ trial }) => trial),
    epoch,
  )
  rankBy(here, ranked, (trial) => Number.isFinite(lossAt(study, trial, epoch)))
}

function concluded({ plan, memory, study }: Scene): void {
  const cut = memory.cuts.shift()
  if (cut === undefined) return
  const here = roundOf(memory, cut)
  for (const { trial } of here.standing) {
    const place = memory.places.get(trial)
    if (place !== undefined) memory.places.set(trial, { ...place, state: 'dropped' })
  }
  const drops = dropsOf(plan, memory, cut, study).filter(({ trial }) => memory.places.get(trial)?.isComplete === false)
  memory.drops = drops.reverse()
  here.standing.forEach(({ trial }) => memory.places.get(trial)?.isComplete && memory.places.delete(trial))
  here.standing = []
}

/** The trial failed, or was stopped: by a verdict of ours, or by the user. */
function left(scene: Scene, trial: number): void {
  const { plan, memory } = scene
  const place = memory.places.get(trial)
  if (place === undefined) return
  memory.places.delete(trial)
  switch (place.state) {
    case 'ready':
      remove(memory.ready, (ready) => ready.trial === trial, isReadyBefore(plan))
      return missing(scene, place)
    case 'running':
      return missing(scene, place)
    case 'standing':
      return withdraw(roundOf(memory, place), trial)
    case 'dropped':
      if (memory.drops.at(-1)?.trial === trial) memory.drops.pop()
      else memory.drops = memory.drops.filter((drop) => drop.trial !== trial)
      return
    case 'finalist':
      return
  }
}

function missing(scene: Scene, address: RoundAddress): void {
  miss(roundOf(scene.memory, address), 1)
  advance(scene, address)
}

/** The bracket that was being filled went on with what it had: new trials begin with the next one. */
function opened({ plan, memory }: Scene): void {
  if (!memory.closed) return
  memory.closed = false
  while (startAt(plan, memory.started).place > 0) memory.started++
}

function closed(scene: Scene): void {
  const { plan, memory } = scene
  if (memory.closed) return
  memory.closed = true
  const { bracket, place } = startAt(plan, memory.started)
  const rounds = memory.brackets[bracket]
  if (rounds === undefined) return
  let size = place
  for (const round of rounds) {
    shrinkRound(round, size, plan.eta)
    size = keepOf(size, plan.eta)
  }
  rounds.forEach((_, round) => advance(scene, { bracket, round }))
}
