/**
 * Everything that happened to one trial and why, in order, as plain sentences with their numbers. The headline says how it stands and, where a
 * decision ended it, which one. Reports between two other events are told together unless each is wanted.
 */
import type { Json, Outcome } from '../../trial.ts'
import { assert } from '../../trial.ts'
import type { Event } from '../events.ts'
import type { TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'
import { configurationText, countText, durationText, numberText } from './number-text.ts'
import { reasonText } from './reason-text.ts'
import { foldAhead } from './story-ahead.ts'
import type { Ahead } from './story-ahead.ts'

export interface StoryLine {
  /** The event's number in the log; null where the line stands for no event of its own. */
  readonly seq: number | null
  readonly at: number
  readonly type: Event['type']
  readonly text: string
}

export interface Story {
  readonly trial: number
  readonly state: TrialRecord['state']
  readonly headline: string
  readonly lines: readonly StoryLine[]
}

export interface NumberedEvent {
  readonly seq: number
  readonly event: Event
}

type Reported = Event & { readonly type: 'TrialReported' }

/** `events` are those about this trial, in the order of the log. */
export function story(
  study: Study,
  number: number,
  events: Iterable<NumberedEvent>,
  options: { readonly everyReport?: boolean } = {},
): Story {
  const trial = study.state.trials[number]
  assert(trial, `trial ${number} exists`)
  const lines: StoryLine[] = []
  const told: Told = { until: 0, lastWhy: '', startedAt: new Map() }
  let reports: { seq: number; event: Reported }[] = []
  const tellReports = (): void => {
    const last = reports.at(-1)
    if (!last) return
    const text = reportsText(
      study,
      reports.map(({ event }) => event),
      told.until,
    )
    lines.push({ seq: last.seq, at: last.event.at, type: 'TrialReported', text })
    reports = []
  }
  if (trial.imported)
    lines.push({ seq: null, at: trial.createdAt, type: 'TrialImported', text: importedText(study, trial) })
  for (const item of options.everyReport ? events : foldAhead(events)) {
    if ('order' in item) {
      tellReports()
      const { order, reports: its } = item
      lines.push({ seq: item.seq, at: (its.at(-1) ?? order).at, type: order.type, text: aheadText(study, item, told) })
      continue
    }
    const { seq, event } = item
    if (event.type === 'TrialReported') {
      if (reports.length > 0 && (options.everyReport || reports[0]?.event.attempt !== event.attempt)) tellReports()
      reports.push({ seq, event })
      continue
    }
    tellReports()
    const text = textOf(study, event, told)
    if (text !== null) lines.push({ seq, at: event.at, type: event.type, text })
  }
  tellReports()
  return { trial: number, state: trial.state, headline: headline(study, trial), lines }
}

export function headline(study: Study, trial: TrialRecord): string {
  const name = `Trial ${trial.number}`
  const { max } = study.state.definition.epochs
  const value = valueWords(study, trial)
  switch (trial.state) {
    case 'stopped': {
      const why = whyText(study, trial)
      // A scheduler's own words begin so; the study's own rules do not.
      if (/^stopped /i.test(why)) return `${name} was ${why.charAt(0).toLowerCase()}${why.slice(1)}`
      return `${name} was stopped at epoch ${trial.epoch} of ${max}${value}. ${why}`
    }
    case 'failed':
      return `${name} failed at epoch ${failedAt(trial)} of ${max}. ${whyText(study, trial)}`
    case 'complete':
      return trial.epoch >= max
        ? `${name} is complete: it reached epoch ${trial.epoch}, the last one${value}.`
        : `${name} is complete: its program ended by itself at epoch ${trial.epoch}${value}.`
    case 'paused': {
      const left = study.state.finished
        ? 'The study ended before it was trained further.'
        : 'It may still be trained further; no decision has ended it.'
      return `${name} is paused at epoch ${trial.epoch} of ${max}${value}. ${left}`
    }
    case 'running':
      return `${name} is running: epoch ${trial.epoch} of ${trial.live?.until ?? trial.until} ordered, ${max} at most${value}.`
    case 'waiting':
      return trial.failing
        ? `${name} waits for its next attempt at epoch ${trial.epoch}. ${reasonText(study, trial.failing)}`
        : `${name} waits for a slot at epoch ${trial.epoch}, to train to epoch ${trial.until}.`
  }
}

/** Reports may still have come after the one that failed it. */
function failedAt({ why, epoch }: TrialRecord): number {
  return typeof why?.['epoch'] === 'number' ? why['epoch'] : epoch
}

function whyText(study: Study, trial: TrialRecord): string {
  return trial.why ? reasonText(study, trial.why) : trial.imported ? 'It was imported so.' : 'No reason was recorded.'
}

function valueWords(study: Study, trial: TrialRecord): string {
  const loss = study.view.loss(trial.number)
  const metric = study.state.definition.objectives[0]?.metric ?? 'value'
  return Number.isFinite(loss) ? `, with ${metric} ${numberText(study.view.shown(loss))}` : ''
}

interface Told {
  until: number
  /** The reason told last: a start repeats the reason of the order before it. */
  lastWhy: string
  readonly startedAt: Map<number, number>
}

/** Orders that were given epoch by epoch, told together. */
function aheadText(study: Study, { orders, order, reports }: Ahead, told: Told): string {
  told.until = order.until
  for (const one of orders) if (one.type === 'StartAttempt') told.startedAt.set(one.attempt, one.at)
  told.lastWhy = reasonText(study, order.why)
  const its = reports.length === 0 ? '' : ` ${reportsText(study, reports, Infinity)}`
  return `${told.lastWhy} Ordered epoch by epoch.${its}`
}

function textOf(study: Study, event: Event, told: Told): string | null {
  const because = (why: Parameters<typeof reasonText>[1], said = ''): string => {
    const text = reasonText(study, why)
    if (text === told.lastWhy) return '.'
    told.lastWhy = text
    // What the order says already is not said again.
    const rest = said !== '' && text.startsWith(said) ? text.slice(said.length) : ''
    return rest.startsWith(':') ? rest : rest.startsWith(' ') ? `,${rest}` : `. ${text}`
  }
  switch (event.type) {
    case 'CreateTrial': {
      told.until = event.until
      const configuration = configurationText(event.configuration, study.space.names, 6)
      const said = event.note === undefined ? null : (study.samplerKind.tell?.(event.note) ?? null)
      return `Proposed by ${event.by}: ${configuration}${said === null ? '' : `. ${said}`}${because(event.why)}`
    }
    case 'StartAttempt': {
      told.until = event.until
      told.startedAt.set(event.attempt, event.at)
      const from = event.from === 0 ? '' : ` goes on from epoch ${event.from}`
      const asked = event.asked ? ' for the loop that asked' : ''
      return `Attempt ${event.attempt}${from === '' ? ' is to train' : `${from},`} to epoch ${event.until}${asked}${because(event.why, `Goes on to epoch ${event.until}`)}`
    }
    case 'AttemptStarted':
      return `Attempt ${event.attempt} is running${processText(event.process)}.`
    case 'RaiseUntil':
      told.until = event.until
      return `Goes on to epoch ${event.until} without a restart${because(event.why, `Goes on to epoch ${event.until}`)}`
    case 'ReleaseTrial':
      return null // it was at its limit, and what follows says what became of it
    case 'StopAttempt':
      return `Attempt ${event.attempt} is asked to save and leave${because(event.why)}`
    case 'StopTrial': {
      const why = reasonText(study, event.why)
      return /^stopped /i.test(why) ? why : `Stopped. ${why}`
    }
    case 'FailTrial':
      return `Failed. ${reasonText(study, event.why)}`
    case 'DeleteCheckpoint':
      return 'Whatever it saved is deleted: it can no longer be chosen.'
    case 'ReportRejected':
      return `Line ${event.line} of attempt ${event.attempt} was not taken: ${event.why}. It reads: ${event.text}`
    case 'TrialHandedOver':
      return `Attempt ${event.attempt} saved at epoch ${event.epoch} and hands over, asked to by somebody else.`
    case 'AttemptOverdue':
      return event.cause === 'timeout'
        ? `Attempt ${event.attempt} has taken longer than failures.timeout.`
        : `Attempt ${event.attempt} has been silent for longer than failures.noReportFor.`
    case 'AttemptEnded': {
      const started = told.startedAt.get(event.attempt)
      const took = started === undefined ? '' : ` after ${durationText(event.at - started)}`
      return `Attempt ${event.attempt} ended${took}: ${outcomeText(event.outcome)}.`
    }
    case 'TrialStopRequested':
      return `${event.by} asked to stop it.`
    default:
      return null
  }
}

export function outcomeText(outcome: Outcome): string {
  const detail = outcome.detail === undefined ? '' : ` (${outcome.detail})`
  switch (outcome.type) {
    case 'exited':
      return outcome.outOfMemory
        ? `out of memory, exit code ${outcome.code}${detail}`
        : `exit code ${outcome.code}${detail}`
    case 'killed':
      return `${outcome.outOfMemory ? 'out of memory, ' : ''}killed by ${outcome.signal}${detail}`
    case 'lost':
      return `its process is gone and left no exit status${detail}`
    case 'refused':
      return `the executor could not start it${detail}`
  }
}

function processText(process: Json | undefined): string {
  if (typeof process !== 'object' || process === null || Array.isArray(process)) return ''
  const { pid, job, host } = process as { readonly [field: string]: Json | undefined }
  const what = pid !== undefined ? `process ${String(pid)}` : job !== undefined ? `job ${String(job)}` : ''
  const where = typeof host === 'string' ? `${what === '' ? '' : ' '}on ${host}` : ''
  return what + where === '' ? '' : ` (${what}${where})`
}

function importedText(study: Study, trial: TrialRecord): string {
  const { source } = (trial.note ?? {}) as { readonly source?: Json }
  const configuration = configurationText(trial.configuration, study.space.names, 6)
  const from = typeof source === 'string' ? ` from ${source}` : ''
  return `Imported${from} with ${countText(trial.epochs.length, 'report')}: ${configuration}.`
}

function reportsText(study: Study, reports: readonly Reported[], until: number): string {
  const first = reports[0] as Reported
  const last = reports.at(-1) as Reported
  const names = Object.keys(last.metrics)
  const metric = study.state.definition.objectives[0]?.metric ?? ''
  const shown = names.includes(metric) ? [metric, ...names.filter((name) => name !== metric)] : names
  const arrived = last.epoch >= until && until > 0 ? ', the limit it was ordered to' : ''
  if (reports.length === 1) {
    const list = shown.map((name) => `${name} ${numberText(last.metrics[name] as number)}`).join(', ')
    return `Reported epoch ${last.epoch}${arrived}: ${list}.`
  }
  const values = reports.map((report) => report.metrics[metric]).filter((value) => value !== undefined)
  const course =
    values.length < 2
      ? ''
      : `: ${metric} ${numberText(values[0] as number)} to ${numberText(values.at(-1) as number)}${bestOf(study, reports)}`
  return `Reported epochs ${first.epoch} to ${last.epoch}${arrived}${course}.`
}

/** Where the best of these reports is not the last one, it is named. */
function bestOf(study: Study, reports: readonly Reported[]): string {
  const objective = study.state.definition.objectives[0]
  if (!objective) return ''
  const sign = objective.direction === 'maximize' ? -1 : 1
  let best: Reported | undefined
  for (const report of reports) {
    const value = report.metrics[objective.metric]
    if (value === undefined || Number.isNaN(value)) continue
    const sofar = best?.metrics[objective.metric]
    if (sofar === undefined || sign * value < sign * sofar) best = report
  }
  if (!best || best === reports.at(-1) || best === reports[0]) return ''
  return `, best ${numberText(best.metrics[objective.metric] as number)} at epoch ${best.epoch}`
}
