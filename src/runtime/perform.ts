/**
 * What may be asked of a study that a controller holds: by another process through the store, by the command line, by the library's own loop.
 * A wish becomes facts, and its answer is read from the study once they are durable. What cannot be done is refused with an error's code
 * and message, so that an asker in another process hears the same as one in this.
 */
import type { Configuration, Json, Metrics, TrialState } from '../core/trial.ts'
import { isSettled } from '../core/trial.ts'
import type { Event } from '../core/study/events.ts'
import type { LiveAttempt, TrialRecord } from '../core/study/state.ts'
import type { Study } from '../core/study/study.ts'
import { problems } from '../core/space/space.ts'
import { ForetuneError } from '../errors.ts'
import type { Request } from '../ports.ts'
import { checkedReport, isRepeated } from '../wire/report-rules.ts'
import type { LastReport } from '../wire/report-rules.ts'
import { askedOrder, standing } from './asked.ts'
import type { Controller, FactWithoutTime } from './controller.ts'

export type Wish = Pick<Request, 'type' | 'data'>

type Data = { readonly [key: string]: Json | undefined }

/**
 * What waits for the wish before it. A batch holds one ask at most, so that an order in it is the answer to that one; and what is said of a trial
 * follows from what was said of it before.
 */
const lines = new WeakMap<Study, Map<string, Promise<unknown>>>()

/** Resolves with the answer when all that follows from the wish is durable. `request` is its number in the store. */
export function perform(controller: Controller, wish: Wish, request?: number): Promise<Json> {
  const { study } = controller
  const grant = (): Promise<Json> => performNow(controller, wish, request)
  const line = lineOf(wish)
  if (line === null) return grant()
  const waiting = lines.get(study) ?? new Map<string, Promise<unknown>>()
  lines.set(study, waiting)
  const granted = (waiting.get(line) ?? Promise.resolve()).then(grant, grant)
  waiting.set(line, granted)
  const last = (): void => {
    if (waiting.get(line) === granted) waiting.delete(line)
  }
  granted.then(last, last)
  return granted
}

function lineOf({ type, data }: Wish): string | null {
  if (type === 'ask') return 'ask'
  return type === 'report' || type === 'tell' ? `trial ${String((data as Data)['trial'])}` : null
}

async function performNow(controller: Controller, wish: Wish, request: number | undefined): Promise<Json> {
  const { study } = controller
  let facts: readonly FactWithoutTime[]
  try {
    facts = factsOf(study, wish)
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return { refused: { code: error.code, message: error.message, exit: error.exit } }
  }
  const events: Event[] = []
  for (const fact of facts) {
    const numbered = request === undefined ? fact : ({ ...fact, request } as FactWithoutTime)
    events.push(...(await controller.submit(numbered)))
  }
  if (wish.type === 'ask') await askAgain(controller, facts, events)
  return answerTo(wish, study, events)
}

/** What the sampler's model has yet to propose is worth waiting for: it takes a moment. */
async function askAgain(controller: Controller, facts: readonly FactWithoutTime[], events: Event[]): Promise<void> {
  const { study } = controller
  while (askedOrder(study, events) === null && study.state.finished === null) {
    const isProposed = study.state.proposed.length > 0
    if (study.state.proposing === null && !isProposed) return
    await controller.proposed()
    // Nothing can be had although configurations are there: another ask would hear the same.
    const before = study.state.proposalCount
    for (const fact of facts) events.push(...(await controller.submit(fact)))
    if (study.state.proposalCount === before && study.state.proposing === null) return
  }
}

/** The answer, or the refusal as the error that it was. */
export function accepted(answer: Json): Json {
  const refused = (answer as { readonly refused?: Json } | null)?.refused
  if (refused === undefined) return answer
  const { code, message, exit } = refused as { readonly code: string; readonly message: string; readonly exit: number }
  throw new ForetuneError(code, message, { exit })
}

function factsOf(study: Study, { type, data: given }: Wish): FactWithoutTime[] {
  const data = given as Data
  const by = typeof data['by'] === 'string' ? data['by'] : 'another process'
  switch (type) {
    case 'stop':
      return [{ type: 'StopRequested', by }]
    case 'pause':
      return [{ type: 'PauseRequested', by }]
    case 'resume':
      return [{ type: 'ResumeRequested', by }]
    case 'stopTrial': {
      const trial = trialIn(study, data['trial'])
      return trial ? [{ type: 'TrialStopRequested', trial: trial.number, by }] : []
    }
    case 'import':
      return [importedFact(study, data)]
    case 'ask':
      return [{ type: 'TrialAsked', by }]
    case 'report':
      return reportFacts(study, data)
    case 'tell': {
      const { trial, live } = askedTrial(study, data['trial'])
      const code = data['failed'] === true ? 1 : 0
      return [{ type: 'AttemptEnded', trial: trial.number, attempt: live.attempt, outcome: { type: 'exited', code } }]
    }
    default:
      throw wishUnknown(type)
  }
}

/** A report that only repeats what was said is no new fact: an asker that got no answer may say it again. */
function reportFacts(study: Study, data: Data): FactWithoutTime[] {
  const { trial, live } = askedTrial(study, data['trial'])
  const last = lastReport(study, trial, live)
  const { epoch, metrics } = checkedReport(
    last,
    data['epoch'],
    data['metrics'] as { readonly [metric: string]: unknown },
  )
  if (isRepeated(last, epoch, metrics)) return []
  const objectives = study.state.definition.objectives.map(({ metric }) => metric)
  if (epoch > last.epoch && !objectives.some((name) => Object.hasOwn(metrics, name)))
    throw reportWithoutObjective(Object.keys(metrics), objectives)
  return [{ type: 'TrialReported', trial: trial.number, attempt: live.attempt, line: live.lines + 1, epoch, metrics }]
}

function lastReport({ state }: Study, trial: TrialRecord, live: LiveAttempt): LastReport {
  const metrics: { [metric: string]: number } = {}
  const index = trial.epochs.indexOf(live.epoch)
  for (const [column, name] of state.metrics.entries()) {
    const value = trial.values[column]?.[index]
    if (value !== undefined && !Number.isNaN(value)) metrics[name] = value
  }
  return { epoch: live.epoch, metrics }
}

function importedFact(study: Study, data: Data): FactWithoutTime {
  const configuration = data['configuration'] as Configuration
  const state = (data['state'] ?? 'complete') as TrialState
  const wrong = problems(study.space, configuration)
  if (!isSettled(state)) wrong.push(`state: expected complete, stopped or failed, got ${state}`)
  if (wrong.length > 0) throw importInvalid(study.state.definition.name, wrong)
  const reports = (data['reports'] ?? []) as unknown as readonly { readonly epoch: number; readonly metrics: Metrics }[]
  return { type: 'TrialImported', configuration, state, reports, source: String(data['source'] ?? 'import') }
}

function trialIn({ state }: Study, number: Json | undefined): TrialRecord | undefined {
  return typeof number === 'number' ? state.trials[number] : undefined
}

function askedTrial(study: Study, number: Json | undefined): { trial: TrialRecord; live: LiveAttempt } {
  const trial = trialIn(study, number)
  if (!trial?.live?.asked) throw trialNotAsked(study, number)
  return { trial, live: trial.live }
}

/** What the asker gets to know: the order it was given, or the state of its trial after its wish. */
export function answerTo({ type, data }: Wish, study: Study, events: readonly Event[]): Json {
  if (type === 'ask') return askedOrder(study, events) ?? { trial: null, finished: study.state.finished !== null }
  const { trial } = data as Data
  return typeof trial === 'number' ? (standing(study, trial) ?? { done: true }) : { done: true }
}

/** `problems` are whole lines: what is wrong, and where. */
export function importInvalid(study: string, found: readonly string[]): ForetuneError {
  return new ForetuneError(
    'IMPORT_INVALID',
    `Nothing was imported into '${study}': expected results of configurations in its space, got\n${found.map((line) => `  - ${line}`).join('\n')}`,
    { details: { study, problems: found } },
  )
}

function trialNotAsked({ state }: Study, number: Json | undefined): ForetuneError {
  const trial = typeof number === 'number' ? state.trials[number] : undefined
  const got = trial ? `trial ${String(number)}, which is ${trial.state}` : `trial ${String(number)}, which there is not`
  return new ForetuneError(
    'TRIAL_NOT_ASKED',
    `Expected a trial that \`ask\` gave and \`tell\` has not ended, got ${got}. Call \`ask\` for the next one.`,
    { details: { trial: number } },
  )
}

function reportWithoutObjective(got: readonly string[], objectives: readonly string[]): ForetuneError {
  return new ForetuneError(
    'REPORT_WITHOUT_OBJECTIVE',
    `Expected a report of ${objectives.join(' or ')}, which the study looks at, got ${got.join(', ')}.`,
    { details: { got, objectives } },
  )
}

function wishUnknown(type: string): ForetuneError {
  return new ForetuneError(
    'REQUEST_UNKNOWN',
    `Expected a request that this version of Foretune serves, got '${type}'. The controller may be older than the command: stop it and resume the study.`,
    { details: { type } },
  )
}
