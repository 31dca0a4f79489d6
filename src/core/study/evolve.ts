/**
 * The fold: one event changes the state. It never fails on a valid log and asks no algorithm to decide anything; what was decided stands
 * in the log. Cost: O(1), or O(log trials) where the scheduler keeps an order.
 */
import type { Metrics, Outcome, Reason, TrialState } from '../trial.ts'
import { assert, isSettled } from '../trial.ts'
import type { Notice } from '../schedulers/scheduler.ts'
import { key } from '../space/space.ts'
import { doomCheckpoint } from './checkpoints.ts'
import type { Decision, Event, Fact } from './events.ts'
import { isDecision } from './events.ts'
import { epochsLeft } from './state.ts'
import type { LiveAttempt, StudyState, TrialRecord } from './state.ts'
import type { Study } from './study.ts'

export function evolve(study: Study, event: Event): void {
  const { state } = study
  if (event.type !== 'StudyCreated') state.seq++
  if (state.session && event.at > state.now) state.elapsedMs += event.at - state.now
  if (event.at > state.now) state.now = event.at
  if (isDecision(event)) {
    state.decisionCount++
    applyDecision(study, event)
  } else {
    // An ask is answered when its batch is whole, or not at all.
    if (!state.batchOpen) state.asks = 0
    state.batchOpen = event.more === true
    // The verdicts on earlier facts are in the log already: what was left to attend to is done.
    state.attention.length = 0
    if (event.request !== undefined) state.lastRequest = event.request
    applyFact(study, event)
  }
}

function applyFact(study: Study, fact: Fact): void {
  const { state } = study
  switch (fact.type) {
    case 'StudyCreated':
      return
    case 'StudyChanged':
      return changeStudy(study, fact)
    case 'ControllerStarted':
      state.session = { fence: fact.fence, host: fact.host, pid: fact.pid, since: fact.at }
      state.sessions++
      state.slots = fact.slots
      state.stopRequested = null
      state.failedInARow = 0
      if (state.finished?.rule === 'failures-in-a-row') state.finished = null
      return
    case 'ControllerLeft':
      state.session = null
      return
    case 'SlotsChanged':
      state.slots = fact.slots
      return
    case 'AttemptStarted': {
      const live = liveAttempt(state, fact.trial, fact.attempt)
      if (!live) return
      live.process = fact.process
      live.lastSignAt = fact.at
      return
    }
    case 'TrialReported':
      return reported(study, fact.trial, fact.attempt, fact.line, fact.epoch, fact.metrics)
    case 'ReportRejected':
    case 'TrialHandedOver': {
      const live = liveAttempt(state, fact.trial, fact.attempt)
      if (fact.type === 'ReportRejected') trialAt(state, fact.trial).rejected++
      if (!live) return
      live.lines = fact.line
      if (fact.type === 'TrialHandedOver') live.handedOver = true
      return
    }
    case 'AttemptOverdue': {
      const live = liveAttempt(state, fact.trial, fact.attempt)
      if (!live) return
      live.overdue = fact.cause
      state.attention.push(fact.trial)
      return
    }
    case 'AttemptEnded':
      return ended(study, fact.trial, fact.attempt, fact.outcome)
    case 'TimePassed':
      return
    case 'StopRequested':
      state.stopRequested = fact.by
      return
    case 'PauseRequested':
      state.paused = fact.by
      return
    case 'ResumeRequested':
      state.paused = null
      return
    case 'TrialImported':
      return imported(study, fact)
    case 'TrialAsked':
      state.asks = 1
      return
    case 'TrialStopRequested': {
      const trial = trialAt(state, fact.trial)
      if (!isSettled(trial.state)) {
        trial.failing = { rule: 'asked-to-stop', by: fact.by }
        state.attention.push(fact.trial)
      }
      return
    }
  }
}

function applyDecision(study: Study, decision: Decision): void {
  const { state } = study
  switch (decision.type) {
    case 'CreateTrial':
      return created(study, decision)
    case 'StartAttempt':
      return started(study, decision)
    case 'RaiseUntil': {
      const trial = trialAt(state, decision.trial)
      const live = trial.live
      assert(live, `trial ${decision.trial} has a live attempt to raise`)
      live.until = decision.until
      live.lastSignAt = decision.at
      trial.order = decision.why
      setUntil(study, trial, decision.until, decision.tag)
      reserve(state, trial, decision.until - Math.max(live.epoch, live.from))
      state.lingering.delete(trial.number)
      return
    }
    case 'ReleaseTrial': {
      const live = trialAt(state, decision.trial).live
      if (live) live.released = true
      state.lingering.delete(decision.trial)
      state.leaving.add(decision.trial)
      return
    }
    case 'StopAttempt': {
      const live = trialAt(state, decision.trial).live
      if (live) live.stopping = decision.why
      state.lingering.delete(decision.trial)
      state.leaving.add(decision.trial)
      return
    }
    case 'StopTrial':
    case 'FailTrial': {
      const trial = trialAt(state, decision.trial)
      trial.why = decision.why
      trial.failing = null
      settle(study, trial, decision.type === 'StopTrial' ? 'stopped' : 'failed')
      if (decision.type === 'FailTrial') state.failedInARow++
      notify(study, { type: decision.type === 'StopTrial' ? 'stopped' : 'failed', trial: decision.trial })
      return
    }
    case 'Conclude':
      if (decision.by === 'scheduler') notify(study, { type: 'concluded', topic: decision.topic, data: decision.data })
      return
    case 'CloseSampling':
      state.closed = decision.why
      notify(study, { type: 'closed' })
      return
    case 'DeleteCheckpoint': {
      const doomed = state.doomedCheckpoints.indexOf(decision.trial)
      if (doomed >= 0) state.doomedCheckpoints.splice(doomed, 1)
      return
    }
    case 'FinishStudy':
      state.finished = decision.why
      return
  }
}

export function trialAt(state: StudyState, number: number): TrialRecord {
  const trial = state.trials[number]
  assert(trial, `trial ${number} exists`)
  return trial
}

/** The attempt if it is the live one; null for words from a forgotten attempt. */
export function liveAttempt(state: StudyState, trial: number, attempt: number): LiveAttempt | null {
  const live = trialAt(state, trial).live
  return live && live.attempt === attempt ? live : null
}

function notify(study: Study, notice: Notice): void {
  study.scheduler.evolve(study.state.schedulerMemory, notice, study.view)
}

function changeStudy(study: Study, fact: Fact & { readonly type: 'StudyChanged' }): void {
  const { state } = study
  if (fact.budget) state.budget = fact.budget
  if (fact.failures) state.failures = fact.failures
  if (fact.program !== undefined) state.program = fact.program
  // A larger budget opens an ended study again.
  state.finished = null
  state.targetMet = null
  if (state.closed?.rule !== 'trial-budget') return
  state.closed = null
  notify(study, { type: 'opened' })
}

function moveTo(state: StudyState, trial: TrialRecord, to: TrialState): void {
  state.counts[trial.state]--
  state.counts[to]++
  trial.state = to
}

function reserve(state: StudyState, trial: TrialRecord, epochs: number): void {
  state.epochsReserved += epochs - trial.reserved
  trial.reserved = epochs
}

function settle(study: Study, trial: TrialRecord, to: 'complete' | 'stopped' | 'failed'): void {
  const { state } = study
  moveTo(state, trial, to)
  trial.settledAt = state.now
  reserve(state, trial, 0)
  state.owed.delete(trial.number)
  state.lingering.delete(trial.number)
  if (trial.live) state.leaving.add(trial.number)
  else doomCheckpoint(study, trial)
  if (to === 'complete') state.failedInARow = 0
}

function blankTrial(
  state: StudyState,
  given: Pick<TrialRecord, 'number' | 'configuration' | 'by' | 'note' | 'tag' | 'imported'>,
): TrialRecord {
  return {
    ...given,
    createdAt: state.now,
    state: 'waiting',
    settledAt: null,
    until: 0,
    order: { rule: 'new' },
    epoch: 0,
    epochs: [],
    values: state.metrics.map(() => []),
    live: null,
    attempts: [],
    attemptCount: 0,
    failures: 0,
    losses: 0,
    notBefore: 0,
    failing: null,
    why: null,
    arrivedUntil: 0,
    reserved: 0,
    rejected: 0,
  }
}

function addTrial(study: Study, trial: TrialRecord): void {
  const { state } = study
  assert(trial.number === state.trials.length, `trial ${trial.number} is the next one`)
  state.trials.push(trial)
  state.seen.add(key(study.space, trial.configuration))
  state.counts.waiting++
}

function created(study: Study, decision: Decision & { readonly type: 'CreateTrial' }): void {
  const { state } = study
  const { trial: number, configuration, by, note, tag } = decision
  const trial = blankTrial(state, { number, configuration, by, note, tag, imported: false })
  addTrial(study, trial)
  if (by === 'initial') state.initialUsed++
  study.sampler.evolve?.(state.samplerMemory, { trial: number, configuration, note })
  trial.order = decision.why
  setUntil(study, trial, decision.until, tag)
  reserve(state, trial, decision.until)
  state.owed.add(number)
}

function setUntil(study: Study, trial: TrialRecord, until: number, tag: TrialRecord['tag']): void {
  const isNew = trial.until === 0
  trial.until = until
  notify(study, { type: 'ordered', trial: trial.number, until, isNew, tag })
}

function started(study: Study, decision: Decision & { readonly type: 'StartAttempt' }): void {
  const { state } = study
  const trial = trialAt(state, decision.trial)
  assert(!trial.live, `trial ${trial.number} has no other live attempt`)
  const { attempt, from, until } = decision
  trial.attemptCount = attempt
  trial.live = {
    attempt,
    from,
    orderedUntil: until,
    until,
    epoch: from,
    lines: 0,
    startedAt: decision.at,
    lastSignAt: decision.at,
    process: undefined,
    released: false,
    stopping: null,
    overdue: null,
    handedOver: false,
    asked: decision.asked === true,
  }
  state.live.add(trial.number)
  if (decision.asked) {
    state.askedCount++
    state.asks = 0
  }
  state.owed.delete(trial.number)
  trial.order = decision.why
  trial.failing = null
  moveTo(state, trial, 'running')
  reserve(state, trial, until - from)
  if (until !== trial.until) setUntil(study, trial, until, decision.tag)
}

function reported(study: Study, number: number, attempt: number, line: number, epoch: number, metrics: Metrics): void {
  const { state } = study
  const trial = trialAt(state, number)
  const live = trial.live && trial.live.attempt === attempt ? trial.live : null
  state.reportCount++
  if (live) {
    live.lines = line
    live.lastSignAt = state.now
    countEpochs(state, trial, live, epoch)
  }
  if (!record(state, trial, epoch, metrics)) return
  if (isSettled(trial.state)) return
  for (const objective of state.definition.objectives) {
    const value = metrics[objective.metric]
    if (value !== undefined && !Number.isFinite(value)) {
      trial.failing = { rule: 'non-finite', metric: objective.metric, value: String(value), epoch }
      state.attention.push(number)
      return
    }
  }
  notify(study, { type: 'reported', trial: number, epoch })
  checkTarget(state, trial, epoch, metrics)
  if (epoch >= trial.until) arrive(study, trial)
}

/** The budget counts what an attempt trains, also what an earlier one trained already. */
function countEpochs(state: StudyState, trial: TrialRecord, live: LiveAttempt, epoch: number): void {
  if (epoch <= live.epoch) {
    state.epochsRepeated++
    return
  }
  const within = Math.max(0, Math.min(epoch, live.until) - live.epoch)
  const settled = isSettled(trial.state)
  state.epochsTrained += settled ? 0 : within
  state.epochsOverrun += epoch - live.epoch - (settled ? 0 : within)
  live.epoch = epoch
  if (!settled) reserve(state, trial, Math.max(0, live.until - epoch))
}

/** Adds the report to the curve; false if it says nothing new (a repeated epoch). */
function record(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): boolean {
  const last = trial.epochs.length - 1
  const isSame = last >= 0 && trial.epochs[last] === epoch
  if (!isSame && epoch <= trial.epoch) return false
  for (const name in metrics) if (!state.metrics.includes(name)) state.metrics.push(name)
  if (!isSame) trial.epochs.push(epoch)
  const index = trial.epochs.length - 1
  let isNew = !isSame
  for (let column = 0; column < state.metrics.length; column++) {
    const values = (trial.values[column] ??= [])
    while (values.length < index) values.push(NaN)
    const value = metrics[state.metrics[column] as string]
    if (values.length === index) values.push(NaN)
    if (value === undefined) continue
    // The first word on an epoch stands; a second line may only add metrics that the first one lacked.
    if (Number.isNaN(values[index])) {
      values[index] = value
      isNew = true
    }
  }
  trial.epoch = epoch
  return isNew
}

function checkTarget(state: StudyState, trial: TrialRecord, epoch: number, metrics: Metrics): void {
  const { target } = state.budget
  const objective = state.definition.objectives[0]
  if (target === undefined || !objective || state.definition.objectives.length > 1) return
  const value = metrics[objective.metric]
  if (value === undefined) return
  if (objective.direction === 'minimize' ? value <= target : value >= target)
    state.targetMet ??= { rule: 'target', trial: trial.number, epoch, value, target }
}

function arrive(study: Study, trial: TrialRecord): void {
  const { state } = study
  if (trial.arrivedUntil >= trial.until) return
  trial.arrivedUntil = trial.until
  state.failedInARow = 0
  const isComplete = trial.epoch >= state.definition.epochs.max
  if (isComplete) settle(study, trial, 'complete')
  else if (trial.live && !trial.live.released && !trial.live.stopping) state.lingering.add(trial.number)
  notify(study, { type: 'arrived', trial: trial.number, epoch: trial.epoch, complete: isComplete })
}

function ended(study: Study, number: number, attempt: number, outcome: Outcome): void {
  const { state } = study
  const trial = trialAt(state, number)
  const live = trial.live
  if (!live || live.attempt !== attempt) return
  trial.live = null
  trial.attempts.push({
    attempt,
    from: live.from,
    epoch: live.epoch,
    startedAt: live.startedAt,
    endedAt: state.now,
    outcome,
  })
  state.live.delete(number)
  state.lingering.delete(number)
  state.leaving.delete(number)
  if (live.asked) state.askedCount--
  if (isSettled(trial.state)) {
    doomCheckpoint(study, trial)
    return
  }
  const failure = trial.failing ?? failureOf(state, trial, live, outcome)
  if (failure) {
    trial.failing = failure
    if (failure.rule !== 'lost' && failure.rule !== 'refused') trial.failures++
    owe(state, trial, 'waiting')
    state.attention.push(number)
  } else if (trial.epoch >= trial.until) {
    reserve(state, trial, 0)
    moveTo(state, trial, 'paused')
  } else if (live.stopping || live.handedOver || trial.epoch >= live.orderedUntil) {
    owe(state, trial, live.stopping ? 'paused' : 'waiting')
  } else {
    completeEarly(study, trial)
  }
}

/** The program ended by itself: that is all there will be of this curve. */
function completeEarly(study: Study, trial: TrialRecord): void {
  trial.arrivedUntil = trial.until
  settle(study, trial, 'complete')
  notify(study, { type: 'arrived', trial: trial.number, epoch: trial.epoch, complete: true })
}

function owe(state: StudyState, trial: TrialRecord, as: 'waiting' | 'paused'): void {
  moveTo(state, trial, as)
  state.owed.add(trial.number)
  const needed = trial.until - (state.definition.resumable === true ? trial.epoch : 0)
  reserve(state, trial, Math.max(0, Math.min(needed, trial.reserved + epochsLeft(state))))
}

/** Why the end of an attempt is a failure, or null. */
function failureOf(state: StudyState, trial: TrialRecord, live: LiveAttempt, outcome: Outcome): Reason | null {
  if (live.overdue) return { rule: live.overdue, epoch: live.epoch }
  if (live.stopping) return null
  const place = { attempt: live.attempt, epoch: live.epoch }
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail }
  switch (outcome.type) {
    case 'exited':
      if (outcome.code === 0)
        return trial.epochs.length === 0 && !live.handedOver ? { rule: 'no-report', ...place } : null
      if (trial.epoch >= trial.until) return null // it did what it was ordered to; how it then ended is no matter
      return { rule: outcome.outOfMemory ? 'out-of-memory' : 'exit', code: outcome.code, ...place, ...detail }
    case 'killed':
      if (trial.epoch >= trial.until) return null
      return { rule: outcome.outOfMemory ? 'out-of-memory' : 'killed', signal: outcome.signal, ...place, ...detail }
    case 'lost':
    case 'refused':
      if (trial.epoch >= trial.until && outcome.type === 'lost') return null
      trial.losses++
      trial.notBefore = state.now + backoffMs(outcome.type, trial.losses)
      return { rule: outcome.type, ...place, ...detail }
  }
}

/** The world gets a pause before the next try: 1, 2, 4, 8, 16 s; a first loss is tried again at once. */
function backoffMs(type: 'lost' | 'refused', count: number): number {
  const exponent = type === 'refused' ? count - 1 : count - 2
  return exponent < 0 ? 0 : 1000 * 2 ** Math.min(exponent, 6)
}

function imported(study: Study, fact: Fact & { readonly type: 'TrialImported' }): void {
  const { state } = study
  const number = state.trials.length
  const trial = blankTrial(state, {
    number,
    configuration: fact.configuration,
    by: 'import',
    note: { source: fact.source },
    tag: undefined,
    imported: true,
  })
  addTrial(study, trial)
  state.importedCount++
  for (const report of fact.reports) record(state, trial, report.epoch, report.metrics)
  moveTo(state, trial, isSettled(fact.state) ? fact.state : 'stopped')
  trial.settledAt = state.now
}
