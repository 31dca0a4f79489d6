/**
 * The next decision that follows from the events so far, or null. The caller records it, folds it and asks again until there is none:
 * so live running, replay and `verify` walk the same path.
 *
 * Order of thought: what failed (retry or fail), what the scheduler concludes, which checkpoints may go; then, once the whole batch of
 * facts is known, how the study ends and who gets the free slots (dispatch.ts).
 */
import { assert, isSettled } from '../trial.ts'
import { dispatch } from './dispatch.ts'
import type { Decision } from './events.ts'
import { epochsLeft } from './state.ts'
import type { StudyState, TrialRecord } from './state.ts'
import type { Study } from './study.ts'
import { trialAt } from './trial-moves.ts'

/** So many times the world may lose or refuse one trial's attempts before the trial fails. */
const lossesMax = 5

/** Metrics of one epoch that a program says on several lines come within this time. */
const wordsMs = 1000

export function decide(study: Study): Decision | null {
  const { state } = study
  return verdict(study) ?? (state.batchOpen ? null : dispatch(study))
}

function verdict(study: Study): Decision | null {
  const { state } = study
  const at = state.now
  for (const number of state.attention) {
    const decision = verdictOnTrial(state, trialAt(state, number))
    if (decision) return decision
  }
  const unjudged = releaseUnjudged(state)
  if (unjudged) return unjudged
  const doomed = state.doomedCheckpoints[0]
  if (doomed !== undefined) return { type: 'DeleteCheckpoint', at, trial: doomed }
  const found = study.scheduler.decide(state.schedulerMemory, study.view)
  if (!found) return null
  switch (found.type) {
    case 'stop':
      assert(
        !isSettled(trialAt(state, found.trial).state),
        `the scheduler stops only unsettled trials, not ${found.trial}`,
      )
      return { type: 'StopTrial', at, trial: found.trial, why: found.why }
    case 'raise': {
      const { live, epoch, attemptCount: attempt } = trialAt(state, found.trial)
      assert(live || epoch >= found.until, `trial ${found.trial} lives, or has trained as far as it is raised`)
      // What it has trained already costs nothing more.
      const trained = Math.max(epoch, live?.until ?? 0)
      const until = Math.min(found.until, trained + epochsLeft(state), state.definition.epochs.max)
      return { type: 'RaiseUntil', at, trial: found.trial, attempt, until, why: found.why }
    }
    case 'conclude':
      return { type: 'Conclude', at, by: 'scheduler', topic: found.topic, data: found.data }
    case 'fit': {
      // The curves of an earlier study stand in the definition: they are not recorded again with each fit.
      const { earlier: _, ...predictor } = found.predictor
      return {
        ...found,
        predictor: { ...predictor, type: found.predictor.type },
        type: 'FitPredictor',
        at,
        fit: state.fitCount + 1,
      }
    }
  }
}

function verdictOnTrial(state: StudyState, trial: TrialRecord): Decision | null {
  const at = state.now
  const { live, failing } = trial
  if (live?.overdue && !live.stopping) {
    return {
      type: 'StopAttempt',
      at,
      trial: trial.number,
      attempt: live.attempt,
      why: { rule: live.overdue, epoch: live.epoch },
    }
  }
  if (!failing || isSettled(trial.state)) return null
  if (failing.rule === 'asked-to-stop') return { type: 'StopTrial', at, trial: trial.number, why: failing }
  // What another attempt would only say again.
  if (failing.rule === 'non-finite' || failing.rule === 'no-objective')
    return { type: 'FailTrial', at, trial: trial.number, why: failing }
  const isLoss = failing.rule === 'lost' || failing.rule === 'refused'
  const isSpent = isLoss
    ? trial.losses > Math.max(lossesMax, state.failures.retries)
    : trial.failures > state.failures.retries
  return isSpent
    ? { type: 'FailTrial', at, trial: trial.number, why: { ...failing, attempts: trial.attemptCount } }
    : null
}

/** It lingers for a verdict that nothing it said allows: what there is of it is judged when its attempt has ended. */
function releaseUnjudged(state: StudyState): Decision | null {
  for (const trial of state.unjudged) {
    const { live } = trialAt(state, trial)
    if (live && state.now >= live.lastSignAt + wordsMs)
      return { type: 'ReleaseTrial', at: state.now, trial, attempt: live.attempt }
  }
  return null
}

/** The moment at which time alone changes something (a budget, a retry's pause), or null. */
export function nextDeadline(state: StudyState): number | null {
  if (!state.session || state.finished) return null
  let deadline = Infinity
  const { timeMs } = state.budget
  // Once it is spent the study ends by what its attempts do, and time has nothing more to add.
  if (timeMs !== undefined && state.elapsedMs < timeMs) deadline = state.now + timeMs - state.elapsedMs
  for (const number of state.owed) {
    const { notBefore } = trialAt(state, number)
    if (notBefore > state.now) deadline = Math.min(deadline, notBefore)
  }
  for (const number of state.unjudged) {
    const { live } = trialAt(state, number)
    if (live) deadline = Math.min(deadline, live.lastSignAt + wordsMs)
  }
  return deadline === Infinity ? null : deadline
}
