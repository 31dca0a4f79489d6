/** Results from `export --format json` (one object), a list of such trials, or one trial a line (`trials --json`). */
import type { Configuration, Json, TrialState } from '../core/trial.ts'
import type { Study } from '../core/study/study.ts'
import { shownValue } from '../wire/study-file-problem.ts'
import { isState } from './import-csv.ts'
import type { Draft, Report } from './import-results.ts'

export interface JsonDrafts {
  readonly drafts: readonly Draft[]
  readonly problems: readonly string[]
}

export function draftsFromJson(text: string, study: Study): JsonDrafts {
  let whole: Json
  try {
    whole = JSON.parse(text) as Json
  } catch (error) {
    return draftsFromLines(text, study, error as SyntaxError)
  }
  const trials = Array.isArray(whole) ? whole : isObject(whole) ? (whole['trials'] ?? [whole]) : null
  if (!Array.isArray(trials))
    return {
      drafts: [],
      problems: [`expected an object with \`trials\`, or a list of trials, got ${shownValue(whole)}`],
    }
  return { drafts: trials.map((trial, index) => draftOf(trial as Json, `trials[${index}]`, study)), problems: [] }
}

function draftsFromLines(text: string, study: Study, whyNotWhole: SyntaxError): JsonDrafts {
  const drafts: Draft[] = []
  const problems: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      drafts.push(draftOf(JSON.parse(line) as Json, `line ${index + 1}`, study))
    } catch (error) {
      problems.push(`line ${index + 1}: expected a trial as JSON, got ${(error as SyntaxError).message}`)
    }
  }
  // Where no line can be read by itself, the file was meant as one piece.
  return drafts.length > 0 ? { drafts, problems } : { drafts, problems: [`expected JSON, got ${whyNotWhole.message}`] }
}

function draftOf(trial: Json, where: string, study: Study): Draft {
  const problems: string[] = []
  const nothing = { where, configuration: {}, state: null, reports: [] }
  if (!isObject(trial) || !isObject(trial['configuration']))
    return { ...nothing, problems: [`expected a trial with its \`configuration\`, got ${shownValue(trial)}`] }
  const { state: written = null } = trial
  let state: TrialState | null = null
  if (typeof written === 'string' && isState(written)) state = written
  else if (written !== null) problems.push(`state: expected a state of a trial, got ${shownValue(written)}`)
  const reports = 'reports' in trial ? reportsOf(trial['reports'], problems) : lastReport(trial, study, problems)
  return { where, configuration: trial['configuration'] as Configuration, state, reports, problems }
}

function reportsOf(written: Json | undefined, problems: string[]): Report[] {
  if (!Array.isArray(written)) {
    problems.push(`reports: expected a list, got ${shownValue(written)}`)
    return []
  }
  return written.flatMap((report: Json, index) => {
    if (!isObject(report)) {
      problems.push(`reports[${index}]: expected { epoch, METRIC: value }, got ${shownValue(report)}`)
      return []
    }
    const { epoch, ...fields } = report
    const metrics: { [name: string]: number } = {}
    for (const [name, value] of Object.entries(fields)) {
      const number = numberOf(value)
      if (number === null) problems.push(`reports[${index}].${name}: expected a number, got ${shownValue(value)}`)
      else metrics[name] = number
    }
    return [{ epoch: Number(epoch), metrics }]
  })
}

/** `trials --json` has no reports, but the last value of the first objective. */
function lastReport(trial: JsonObject, study: Study, problems: string[]): Report[] {
  const { value = null, epoch = study.state.definition.epochs.max } = trial
  const [objective] = study.state.definition.objectives
  if (value === null || !objective) return []
  const number = numberOf(value)
  if (number === null) {
    problems.push(`value: expected a number, got ${shownValue(value)}`)
    return []
  }
  return [{ epoch: Number(epoch), metrics: { [objective.metric]: number } }]
}

/** JSON has no such numbers: they are written as words. */
const words: { readonly [word: string]: number } = { NaN, Infinity, '-Infinity': -Infinity }

function numberOf(value: Json | undefined): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && Object.hasOwn(words, value) ? (words[value] as number) : null
}

type JsonObject = { readonly [key: string]: Json | undefined }

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
