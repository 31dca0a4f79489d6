/**
 * Who gets the free slots, once the whole batch of facts is known, and how the study ends: first trials that are owed training, then the
 * scheduler's orders. A lingering trial goes on without a restart if an order names it; it is released as soon as an order needs its slot.
 */
import type { Json, Reason } from '../trial.ts'
import { assert, isSettled } from '../trial.ts'
import type { Order } from '../schedulers/scheduler.ts'
import type { Decision } from './events.ts'
import { askModel, nextConfiguration } from './proposing.ts'
import { epochsLeft, trialsLeft } from './state.ts'
import type { StudyState, TrialRecord } from './state.ts'
import { compareLosses } from './study.ts'
import type { Study } from './study.ts'
import { trialAt } from './trial-moves.ts'

export function dispatch(study: Study): Decision | null {
  const { state } = study
  if (state.finished) return null
  if (!state.session) return state.asks > 0 ? (serveAsk(study) ?? askAhead(study)) : null
  const ending = endingReason(state)
  if (ending)
    return (
      stopEverything(state, ending) ??
      (state.live.size === 0 ? { type: 'FinishStudy', at: state.now, why: ending } : null)
    )
  if (state.stopRequested) return stopEverything(state, { rule: 'study-stopped', by: state.stopRequested })
  if (state.paused) return releaseOne(study)
  const asked = state.asks > 0 ? serveAsk(study) : null
  if (asked) return asked
  return startOwed(study) ?? serveOrders(study) ?? askAhead(study) ?? finishIfDone(study)
}

/** What ends the study before everything is settled. */
function endingReason(state: StudyState): Reason | null {
  if (state.targetMet) return state.targetMet
  const { timeMs } = state.budget
  if (timeMs !== undefined && state.elapsedMs >= timeMs) return { rule: 'time-budget', timeMs }
  const limit = state.failures.stopStudyAfter
  if (state.failedInARow >= limit) return { rule: 'failures-in-a-row', failures: state.failedInARow }
  return null
}

function stopEverything(state: StudyState, why: Reason): Decision | null {
  for (const number of state.live) {
    const { live } = trialAt(state, number)
    if (live && !live.stopping && !live.asked)
      return { type: 'StopAttempt', at: state.now, trial: number, attempt: live.attempt, why }
  }
  return null
}

function freeSlots(state: StudyState): number {
  return state.slots - (state.live.size - state.askedCount)
}

function startOwed(study: Study): Decision | null {
  const { state } = study
  if (state.owed.size === 0) return null
  const isFree = freeSlots(state) > 0
  let due = 0
  for (const number of state.owed) {
    const trial = trialAt(state, number)
    if (trial.notBefore > state.now) continue
    // Nobody lingers for more while another one has no slot for what it was ordered already.
    if (!isFree && ++due <= state.leaving.size) continue
    if (!isFree) return releaseOne(study)
    return startTrial(
      study,
      trial,
      trial.until,
      trial.failing ? { rule: 'retry', after: trial.failing.rule } : trial.order,
      false,
    )
  }
  return null
}

function startTrial(
  study: Study,
  trial: TrialRecord,
  until: number,
  why: Reason,
  asked: boolean,
  { tag, speculative }: { readonly tag?: Json; readonly speculative?: boolean } = {},
): Decision {
  const { state } = study
  const from = state.definition.resumable === true ? trial.epoch : 0
  const affordable = from + trial.reserved + epochsLeft(state)
  const limit = Math.min(until, affordable)
  if (limit <= trial.epoch) {
    return { type: 'StopTrial', at: state.now, trial: trial.number, why: { rule: 'epoch-budget', epoch: trial.epoch } }
  }
  return {
    type: 'StartAttempt',
    at: state.now,
    trial: trial.number,
    attempt: trial.attemptCount + 1,
    from,
    until: limit,
    why,
    ...(asked ? { asked } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(speculative ? { speculative } : {}),
  }
}

/** One order of the scheduler, or a slot made free for one. */
function serveOrders(study: Study): Decision | null {
  const { state, scheduler, view } = study
  if (epochsLeft(state) <= 0) return null
  const free = freeSlots(state)
  if (free <= 0 && state.lingering.size === 0) return null
  const [first] = scheduler.next(state.schedulerMemory, view, 1)
  if (!first) return null
  if (needsNoSlot(state, first)) return serve(study, first, false)
  if (free > 0) {
    if (first.type === 'start') return createTrial(study, first) ?? serveAnother(study, free)
    // A trial that is about to leave trains on when it has left; meanwhile the slot is for whoever comes after it.
    const isReady = (order: Order): boolean => !isForLeaving(state, order)
    const ready = isReady(first)
      ? first
      : scheduler.next(state.schedulerMemory, view, 1 + state.leaving.size).find(isReady)
    return ready ? serve(study, ready, false) : null
  }
  const orders = scheduler.next(state.schedulerMemory, view, state.lingering.size + state.leaving.size)
  const inPlace = orders.find((order) => needsNoSlot(state, order))
  if (inPlace) return serve(study, inPlace, false)
  return orders.length > state.leaving.size ? releaseOne(study) : null
}

/** While new trials wait for the model, slots are for those that train on. */
function serveAnother(study: Study, free: number): Decision | null {
  const { state, scheduler, view } = study
  const orders = scheduler.next(state.schedulerMemory, view, free + state.leaving.size)
  const ready = orders.find((order) => order.type === 'resume' && !isForLeaving(state, order))
  return ready ? serve(study, ready, false) : null
}

/** The last decision of a batch: what the model learns from is all that has been decided. */
function askAhead(study: Study): Decision | null {
  const { state, scheduler, view } = study
  if (!study.sampler.model || state.proposing !== null || epochsLeft(state) <= 0) return null
  // Somebody else's loop that asks needs no slot; a slot is no use before a controller has it.
  const free = (state.session ? Math.max(0, freeSlots(state)) : 0) + state.asks
  const orders =
    free > 0 ? scheduler.next(state.schedulerMemory, view, free + state.leaving.size + state.askedCount) : []
  return askModel(study, Math.min(free, orders.filter(({ type }) => type === 'start').length))
}

/** Its trial lingers, or trained that far already, beyond its last order. */
function needsNoSlot(state: StudyState, order: Order): boolean {
  if (order.type === 'start') return false
  const trial = trialAt(state, order.trial)
  return state.lingering.has(order.trial) || (!trial.live && trial.epoch >= order.until)
}

function isForLeaving(state: StudyState, order: Order): boolean {
  return order.type === 'resume' && state.leaving.has(order.trial)
}

function serve(study: Study, order: Order, asked: boolean): Decision | null {
  const { state } = study
  if (order.type === 'start') return createTrial(study, order)
  const trial = trialAt(state, order.trial)
  assert(!isSettled(trial.state), `the scheduler orders only unsettled trials, not ${order.trial}`)
  if (trial.live && !state.lingering.has(order.trial)) return null // it leaves; its turn comes when its slot is free
  if (trial.live || trial.epoch >= order.until) {
    // What it trained beyond its limit unasked costs nothing more.
    const trained = trial.live ? Math.max(trial.live.epoch, trial.live.until) : order.until
    const until = Math.min(order.until, trained + epochsLeft(state))
    const tag = order.tag === undefined ? {} : { tag: order.tag }
    return {
      type: 'RaiseUntil',
      at: state.now,
      trial: order.trial,
      attempt: trial.attemptCount,
      until,
      why: order.why,
      ...tag,
      ...(order.speculative ? { speculative: true } : {}),
    }
  }
  return startTrial(study, trial, order.until, order.why, asked, order)
}

/** null = its configuration is still to be proposed. */
function createTrial(study: Study, order: Order & { readonly type: 'start' }): Decision | null {
  const { state } = study
  const at = state.now
  if (trialsLeft(state) <= 0) {
    return { type: 'CloseSampling', at, why: { rule: 'trial-budget', trials: state.budget.trials ?? 0 } }
  }
  const trial = state.trials.length
  const proposal = nextConfiguration(study, order.tag)
  if (!proposal) return null
  if ('exhausted' in proposal) return { type: 'CloseSampling', at, why: proposal.exhausted }
  const until = Math.min(order.until, epochsLeft(state))
  return {
    type: 'CreateTrial',
    at,
    trial,
    configuration: proposal.configuration,
    by: proposal.by,
    ...(proposal.note === undefined ? {} : { note: proposal.note }),
    ...(order.tag === undefined ? {} : { tag: order.tag }),
    until,
    why: order.why,
  }
}

/** Lets go the lingering trial that is least likely to be wanted again. */
function releaseOne(study: Study): Decision | null {
  const { state, view } = study
  let worst: number | undefined
  for (const number of state.lingering) {
    if (worst === undefined || (compareLosses(view.loss(number), view.loss(worst)) || number - worst) > 0)
      worst = number
  }
  if (worst === undefined) return null
  const { live } = trialAt(state, worst)
  assert(live, `the lingering trial ${worst} has a live attempt`)
  return { type: 'ReleaseTrial', at: state.now, trial: worst, attempt: live.attempt }
}

/** Somebody else's loop asked for work: the next order, whatever the slots. */
function serveAsk(study: Study): Decision | null {
  const { state, scheduler, view } = study
  const [owed] = state.owed
  if (owed !== undefined) {
    const trial = trialAt(state, owed)
    return startTrial(study, trial, trial.until, trial.order, true)
  }
  const orders = epochsLeft(state) > 0 ? scheduler.next(state.schedulerMemory, view, 1 + state.askedCount) : []
  // A trial that another loop was given stays that loop's until it is told.
  const order = orders.find((one) => one.type === 'start' || !trialAt(state, one.trial).live)
  return order ? serve(study, order, true) : null
}

function finishIfDone(study: Study): Decision | null {
  const { state, scheduler, view } = study
  // What is being fitted may want more training, and what is being proposed is to be trained.
  if (state.owed.size > 0 || state.fits.size > 0 || state.proposing !== null) return null
  const isDone = scheduler.isDone(state.schedulerMemory, view)
  const isSpent = epochsLeft(state) <= 0
  if (!isDone && !isSpent && state.live.size > 0) return null
  if (isDone || isSpent) {
    const release = releaseOne(study)
    if (release) return release
  }
  // Without a slot nothing can be said of a scheduler that waits: it may only wait for one, or for somebody else's loop.
  if (state.live.size > 0 || (!isDone && !isSpent && state.slots === 0)) return null
  const why: Reason = isSpent
    ? { rule: 'epoch-budget', epochs: state.budget.epochs ?? 0 }
    : isDone
      ? (state.closed ?? { rule: 'all-settled', trials: state.trials.length })
      : { rule: 'stalled' }
  return { type: 'FinishStudy', at: state.now, why }
}
