/** One line an event, for logs and pipes; null for events that tell a reader nothing. Called after the event was folded. */
import type { Event } from '../core/study/events.ts'
import type { Study } from '../core/study/study.ts'
import { configurationText, countText, numberText } from '../core/study/views/number-text.ts'
import { plainReason, reasonText } from '../core/study/views/reason-text.ts'
import { headline, outcomeText } from '../core/study/views/story.ts'

export function lineOf(event: Event, study: Study): string | null {
  switch (event.type) {
    case 'StudyCreated':
      return `study ${event.definition.name} created in ${event.directory}`
    case 'StudyChanged':
      return 'the budget, failures or program of the study changed'
    case 'ControllerStarted':
      return `controller started: process ${event.pid} on ${event.host}, ${countText(event.slots, 'slot')}`
    case 'ControllerLeft':
      return `controller left: ${event.why}`
    case 'SlotsChanged':
      return countText(event.slots, 'slot')
    case 'StopRequested':
      return `${event.by} asked to stop: trials save, then the controller leaves`
    case 'PauseRequested':
      return `${event.by} asked to pause: nothing more is started`
    case 'ResumeRequested':
      return `${event.by} asked to go on`
    case 'TrialImported':
      return `trial ${study.state.trials.length - 1} imported from ${event.source}`
    case 'CreateTrial':
      return `trial ${event.trial} new: ${configurationText(event.configuration, study.space.names)}`
    case 'CloseSampling':
      return `no new trials. ${plainReason(event.why)}`
    case 'FinishStudy':
      return `finished. ${plainReason(event.why)}`
    case 'TrialReported':
      return reportText(event, study)
    case 'FitPredictor':
    case 'PredictorFitted':
    case 'PredictorFailed':
      return predictorText(event, study)
    case 'Conclude': {
      const metric = study.state.definition.objectives[0]?.metric ?? 'value'
      return event.by === 'scheduler' ? (study.schedulerKind.tell?.(event.topic, event.data, metric) ?? null) : null
    }
    case 'ProposeConfigurations':
    case 'ConfigurationsProposed':
    case 'AttemptStarted':
    case 'TimePassed':
    case 'TrialAsked':
    case 'ReleaseTrial':
    case 'DeleteCheckpoint':
      return null
    default:
      return trialText(event, study)
  }
}

function predictorText(
  event: Event & { readonly type: 'FitPredictor' | 'PredictorFitted' | 'PredictorFailed' },
  study: Study,
): string {
  const name = `predictor ${event.fit}`
  switch (event.type) {
    case 'FitPredictor': {
      const { known, target, trials, earlier, predictor } = event
      const others = earlier === 0 ? '' : ` and ${countText(earlier, 'curve')} of an earlier study`
      const from = known === 1 ? 'epoch 1' : `epochs 1 to ${known}`
      return `${name} (${predictor.type}) learns from ${countText(trials.length, 'trial')}${others} how ${from} ${known === 1 ? 'tells' : 'tell'} of epoch ${target}`
    }
    case 'PredictorFitted': {
      const { known, target, sigma } = event.model
      const metric = study.state.definition.objectives[0]?.metric ?? 'value'
      return `${name} is trained: at epoch ${known} it tells ${metric} at epoch ${target} to about ± ${numberText(sigma, 3)}`
    }
    case 'PredictorFailed': {
      const { message } = event.why
      const why = typeof message === 'string' ? message : plainReason(event.why)
      return `${name} could not be trained. ${why} The study goes on without it`
    }
  }
}

type TrialEvent = Extract<Event, { readonly trial: number }>

function trialText(
  event: Exclude<
    TrialEvent,
    {
      type:
        | 'TrialReported'
        | 'CreateTrial'
        | 'AttemptStarted'
        | 'ReleaseTrial'
        | 'DeleteCheckpoint'
        | 'ProposeConfigurations'
    }
  >,
  study: Study,
): string | null {
  const name = `trial ${event.trial}`
  switch (event.type) {
    case 'StartAttempt':
      return `${name} attempt ${event.attempt} to epoch ${event.until}${event.from > 0 ? ` from ${event.from}` : ''}${event.speculative === true ? ', ahead of the decision that may want it' : ''}`
    case 'RaiseUntil':
      // An epoch after the other, each of which is reported.
      if (event.speculative === true) return null
      return `${name} ${goesOn(event.until, reasonText(study, event.why))}`
    case 'StopAttempt':
      return `${name} is asked to save and leave. ${reasonText(study, event.why)}`
    case 'StopTrial':
    case 'FailTrial': {
      const trial = study.state.trials[event.trial]
      return trial ? lowerFirst(headline(study, trial)) : null
    }
    case 'AttemptEnded':
      return isClean(event) ? null : `${name} attempt ${event.attempt} ended: ${outcomeText(event.outcome)}`
    case 'AttemptOverdue':
      return `${name} attempt ${event.attempt} ${event.cause === 'timeout' ? 'has taken too long' : 'has been silent for too long'}`
    case 'ReportRejected':
      return `${name} said what is no report (${event.why}): ${event.text}`
    case 'TrialHandedOver':
      return `${name} saved at epoch ${event.epoch} and hands over`
    case 'TrialStopRequested':
      return `${event.by} asked to stop ${name}`
  }
}

function reportText(event: Event & { readonly type: 'TrialReported' }, study: Study): string {
  const metrics = Object.entries(event.metrics).map(([name, value]) => `${name} ${numberText(value)}`)
  const trial = study.state.trials[event.trial]
  const isLast = trial?.state === 'complete' && trial.epoch === event.epoch
  const missing = missingObjective(event, study)
  return `trial ${event.trial} epoch ${event.epoch}: ${metrics.join(', ')}${missing}${isLast ? ' (complete)' : ''}`
}

/** The objectives, if neither this report nor an earlier one of its trial has any of them. */
function missingObjective(event: Event & { readonly type: 'TrialReported' }, { state }: Study): string {
  const names = state.definition.objectives.map(({ metric }) => metric)
  const columns = state.trials[event.trial]?.values.slice(0, names.length) ?? []
  const isThere =
    names.some((name) => name in event.metrics) ||
    columns.some((values) => values.some((value) => !Number.isNaN(value)))
  return isThere ? '' : ` (the objective is ${names.join(', ')})`
}

/** Most reasons say how far it goes, and are not told so twice. */
function goesOn(until: number, why: string): string {
  return /^Goes on to epoch \d/.test(why) ? lowerFirst(why) : `goes on to epoch ${until}. ${why}`
}

function isClean(event: Event & { readonly type: 'AttemptEnded' }): boolean {
  return event.outcome.type === 'exited' && event.outcome.code === 0
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

const rarelyNotable: ReadonlySet<Event['type']> = new Set([
  'CreateTrial',
  'StartAttempt',
  'RaiseUntil',
  'StopAttempt',
  'FitPredictor',
])

/** Whether it belongs among the last few events of a live view. */
export function isNotable(event: Event, study: Study): boolean {
  if (event.type === 'TrialReported') {
    const trial = study.state.trials[event.trial]
    return trial?.state === 'complete' && trial.epoch === event.epoch
  }
  return !rarelyNotable.has(event.type)
}
