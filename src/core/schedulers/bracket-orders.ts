/** The orders of a bracket scheduler: new trials by index, merged with the trials that may train on, in queue order. */
import type { Json, Reason } from '../trial.ts'
import type { StudyView } from '../study/study-view.ts'
import { bracketAt, isReadyBefore, isStartBefore, passOf, roundAt, startAt, trialsOfPass } from './bracket-plan.ts'
import type { BracketPlan, Ready, Start } from './bracket-plan.ts'
import { roundOf, type BracketMemory } from './bracket-memory.ts'
import { trialsOf } from './brackets.ts'
import { inOrder } from './heap.ts'
import type { Order } from './scheduler.ts'
import { lossAt, shownLoss } from './standing.ts'

/** Told by a start's tag. `index` is the trial's place in published order, over all passes: the number of its configuration. */
export interface StartTag {
  readonly [key: string]: Json
  readonly pass: number
  /** The paper's s. */
  readonly bracket: number
  readonly round: 0
  readonly index: number
}

/** Told by a resumption's tag. */
export interface ResumeTag {
  readonly [key: string]: Json
  readonly pass: number
  readonly bracket: number
  readonly round: number
}

export function bracketOrders(plan: BracketPlan, memory: BracketMemory, study: StudyView, limit: number): Order[] {
  const orders: Order[] = []
  const queue = inOrder(memory.ready, isReadyBefore(plan))
  let ready = queue.next()
  let index = memory.started
  while (orders.length < limit) {
    const start = mayStart(plan, memory, study, index) ? startAt(plan, index) : null
    if (start !== null && (ready.done || isStartBefore(plan, start, ready.value))) {
      orders.push(startOrder(plan, start))
      index++
    } else if (!ready.done) {
      orders.push(resumeOrder(plan, memory, study, ready.value))
      ready = queue.next()
    } else break
  }
  return orders
}

function mayStart(plan: BracketPlan, memory: BracketMemory, study: StudyView, index: number): boolean {
  const isPlanned = plan.passes === null || index < plan.passes * trialsOfPass(plan)
  return isPlanned && !memory.closed && study.canCreate
}

function startOrder(plan: BracketPlan, { index, pass, bracket, place }: Start): Order {
  const { s } = bracketAt(plan, bracket)
  const { epoch } = roundAt(plan, bracket, 0)
  const tag: StartTag = { pass, bracket: s, round: 0, index }
  const of = trialsOf(bracketAt(plan, bracket))
  return { type: 'start', until: epoch, tag, why: { rule: 'bracket-start', pass, bracket: s, epoch, place, of } }
}

function resumeOrder(plan: BracketPlan, memory: BracketMemory, study: StudyView, ready: Ready): Order {
  const { bracket, round, trial } = ready
  const pass = passOf(plan, bracket)
  const { s } = bracketAt(plan, bracket)
  const { epoch } = roundAt(plan, bracket, round)
  const tag: ResumeTag = { pass, bracket: s, round }
  const why = ready.isShort ? { rule: 'cut-short', until: epoch } : survivorReason(plan, memory, study, ready)
  return { type: 'resume', trial, until: epoch, tag, why }
}

/** Why it goes on, told with the numbers of the round that it comes from. */
function survivorReason(plan: BracketPlan, memory: BracketMemory, study: StudyView, ready: Ready): Reason {
  const { bracket, trial } = ready
  const from = ready.round - 1
  const { epoch } = roundAt(plan, bracket, from)
  const here = roundOf(memory, { bracket, round: from })
  return {
    rule: 'round-survivor',
    pass: passOf(plan, bracket),
    bracket: bracketAt(plan, bracket).s,
    round: from,
    epoch,
    until: roundAt(plan, bracket, ready.round).epoch,
    value: shownLoss(study, lossAt(study, trial, epoch)),
    kept: here.keep,
    of: here.size,
  }
}
