/**
 * The fold: one event changes the state. It never fails on a valid log and asks no algorithm to decide anything; what was decided stands
 * in the log. Cost: O(1), or O(log trials) where the scheduler keeps an order.
 */
import type { Configuration, Json } from '../trial.ts'
import { isSettled } from '../trial.ts'
import { key } from '../space/space.ts'
import { ended, raised, started } from './attempts.ts'
import type { Decision, Event, Fact } from './events.ts'
import { isDecision } from './events.ts'
import { record, reported, targetReason } from './reports.ts'
import type { StudyState } from './state.ts'
import type { Study } from './study.ts'
import { addTrial, blankTrial, liveAttempt, moveTo, notify, reserve, setUntil, settle, trialAt } from './trial-moves.ts'

export function evolve(study: Study, event: Event): void {
  const { state } = study
  if (event.type !== 'StudyCreated') state.seq++
  // Between a controller's last word and the next one's first nobody was there: that time counts in no budget.
  const isAttended = state.session !== null && event.type !== 'ControllerStarted'
  if (isAttended && event.at > state.now) state.elapsedMs += event.at - state.now
  if (event.at > state.now) state.now = event.at
  if (isDecision(event)) {
    state.decisionCount++
    applyDecision(study, event)
  } else {
    // An ask is answered when its batch is whole, or not at all.
    if (!state.batchOpen) {
      state.asks = 0
      forgetDeletions(state)
    }
    state.batchOpen = event.more === true
    // The verdicts on earlier facts are in the log already: what was left to attend to is done.
    state.attention.length = 0
    if (event.request !== undefined) {
      state.lastRequest = event.request
      state.lastRequestSeq = state.seq
    }
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
      return controllerStarted(study, fact)
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
    case 'AttemptOverdue':
      return overdue(state, fact)
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
    case 'ConfigurationsProposed':
      return proposed(state, fact)
    case 'PredictorFitted':
    case 'PredictorFailed':
      return fitAnswered(study, fact)
    case 'TrialAsked':
      state.asks = 1
      return
    case 'TrialStopRequested': {
      const trial = trialAt(state, fact.trial)
      if (isSettled(trial.state)) return
      trial.failing = { rule: 'asked-to-stop', by: fact.by }
      state.attention.push(fact.trial)
      return
    }
  }
}

function overdue(state: StudyState, fact: Fact & { readonly type: 'AttemptOverdue' }): void {
  const live = liveAttempt(state, fact.trial, fact.attempt)
  if (!live) return
  live.overdue = fact.cause
  state.attention.push(fact.trial)
}

function applyDecision(study: Study, decision: Decision): void {
  const { state } = study
  switch (decision.type) {
    case 'CreateTrial':
      return created(study, decision)
    case 'StartAttempt':
      return started(study, decision)
    case 'RaiseUntil':
      return raised(study, decision)
    case 'ReleaseTrial': {
      const live = trialAt(state, decision.trial).live
      if (live) live.released = true
      startLeaving(state, decision.trial)
      return
    }
    case 'StopAttempt': {
      const live = trialAt(state, decision.trial).live
      if (live) live.stopping = decision.why
      startLeaving(state, decision.trial)
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
    case 'ProposeConfigurations':
      state.proposalCount = decision.proposal
      state.proposing = decision.proposal
      return
    case 'FitPredictor': {
      const { type: _, at: __, fit, ...request } = decision
      state.fitCount = fit
      state.fits.set(fit, request)
      return notify(study, { type: 'fitting', tag: request.tag })
    }
    case 'CloseSampling':
      state.closed = decision.why
      notify(study, { type: 'closed' })
      return
    case 'DeleteCheckpoint': {
      const doomed = state.doomedCheckpoints.indexOf(decision.trial)
      if (doomed >= 0) state.doomedCheckpoints.splice(doomed, 1)
      state.deletedCheckpoints.push(decision.trial)
      return
    }
    case 'FinishStudy':
      state.finished = decision.why
      return
  }
}

/** What an earlier batch decided away is gone, or soon will be. */
const deletionsKept = 64

function forgetDeletions({ deletedCheckpoints }: StudyState): void {
  if (deletedCheckpoints.length > deletionsKept) deletedCheckpoints.splice(0, deletedCheckpoints.length - deletionsKept)
}

function changeStudy(study: Study, fact: Fact & { readonly type: 'StudyChanged' }): void {
  const { state } = study
  if (fact.budget) state.budget = fact.budget
  if (fact.failures) state.failures = fact.failures
  if (fact.program !== undefined) state.program = fact.program
  // A larger budget opens an ended study again; a target that was met stays met.
  state.finished = null
  if (fact.budget) state.targetMet = targetReason(state)
  if (state.closed?.rule !== 'trial-budget') return
  state.closed = null
  notify(study, { type: 'opened' })
}

/** The answer to a fit that nobody waits for (any more) changes nothing. */
function fitAnswered(study: Study, fact: Fact & { readonly type: 'PredictorFitted' | 'PredictorFailed' }): void {
  const { state } = study
  const request = state.fits.get(fact.fit)
  if (!request) return
  state.fits.delete(fact.fit)
  const { tag } = request
  if (fact.type === 'PredictorFitted') {
    state.fitsDone++
    notify(study, { type: 'fitted', tag, model: fact.model })
  } else {
    state.fitsFailed++
    notify(study, { type: 'unfitted', tag })
  }
}

/** The answer to a request of an earlier controller changes nothing. */
function proposed(state: StudyState, fact: Fact & { readonly type: 'ConfigurationsProposed' }): void {
  if (state.proposing !== fact.proposal) return
  state.proposing = null
  state.proposed.push(...fact.configurations)
  state.exhausted = fact.exhausted ?? null
  const ms = (fact.note as { readonly ms?: Json } | undefined)?.ms
  if (typeof ms === 'number') state.proposalMs = ms
}

function created(study: Study, decision: Decision & { readonly type: 'CreateTrial' }): void {
  const { state } = study
  const { trial: number, configuration, by, note, tag } = decision
  const trial = blankTrial(state, { number, configuration, by, note, tag, imported: false })
  addTrial(study, trial)
  if (by === 'initial') state.initialUsed++
  else takeProposed(study, configuration)
  study.sampler.evolve?.(state.samplerMemory, { trial: number, configuration, note })
  trial.order = decision.why
  setUntil(study, trial, decision)
  reserve(state, trial, decision.until)
  state.owed.add(number)
}

/** Those before it were skipped: somebody has given or imported them meanwhile. */
function takeProposed({ state, space }: Study, configuration: Configuration): void {
  if (state.proposed.length === 0) return
  const taken = key(space, configuration)
  const place = state.proposed.findIndex((one) => key(space, one.configuration) === taken)
  if (place >= 0) state.proposed.splice(0, place + 1)
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

function controllerStarted({ state }: Study, fact: Fact & { readonly type: 'ControllerStarted' }): void {
  state.session = { fence: fact.fence, host: fact.host, pid: fact.pid, since: fact.at }
  state.sessions++
  state.slots = fact.slots
  // Whoever was asked for configurations has gone with the controller before.
  state.proposing = null
  state.stopRequested = null
  state.failedInARow = 0
  if (state.finished?.rule === 'failures-in-a-row') state.finished = null
}

function startLeaving(state: StudyState, trial: number): void {
  state.lingering.delete(trial)
  state.unjudged.delete(trial)
  state.leaving.add(trial)
}
