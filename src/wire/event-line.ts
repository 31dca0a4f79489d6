/**
 * One event as one line of JSON, and the chain of hashes over such lines. The text is what a store keeps and what the hash covers, so it is
 * never made anew from a decoded event. Metrics that are not finite are the words "NaN", "Infinity" and "-Infinity"; elsewhere
 * `exact-json.ts` says how such numbers are kept. `TrialReported` is nearly all of a log and takes the short way in both directions.
 */
import { hash } from 'node:crypto'
import type { Event } from '../core/study/events.ts'
import type { Json, Metrics } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import { eventProblem } from './event-form.ts'
import { decodeJson, encodeJson, nonFiniteFromWord } from './exact-json.ts'

/** What stands before the first event. */
export const genesisHash: string = '0'.repeat(32)

/** The hash of an event from its predecessor's hash, its place and its text: the first half of SHA-256, in hexadecimal. */
export function chainHash(previousHash: string, seq: number, body: string): string {
  return hash('sha256', `${previousHash} ${seq} ${body}`, 'hex').slice(0, 32)
}

export function encodeEvent(event: Event): string {
  switch (event.type) {
    case 'TrialReported':
      if (isPlain(event.metrics)) return JSON.stringify(event)
      return encodeJson({ ...event, metrics: toWords(event.metrics) })
    case 'TrialImported': {
      const reports = event.reports.map((report) => ({ ...report, metrics: toWords(report.metrics) }))
      return encodeJson({ ...event, reports })
    }
    default:
      return encodeJson(event as unknown as Json)
  }
}

/** Throws `STORE_CORRUPT`, naming the place, where the text is not an event. */
export function decodeEvent(text: string, study = '', seq = 0): Event {
  try {
    const event = decodeJson(text) as unknown as Event
    if (event !== null && event.type === 'TrialReported') restoreMetrics(event.metrics)
    const problem = eventProblem(event)
    if (problem !== null) throw new SyntaxError(problem)
    if (event.type === 'TrialImported') for (const report of event.reports) restoreMetrics(report.metrics)
    return event
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadableEvent(text, study, seq, error)
    throw error
  }
}

/** Whether the metrics need no words; `$number` has a meaning of its own in `exact-json.ts`. */
function isPlain(metrics: Metrics): boolean {
  for (const name in metrics) {
    const value = metrics[name] as number
    if (value - value !== 0 || Object.is(value, -0) || name === '$number') return false
  }
  return true
}

function toWords(metrics: Metrics): { readonly [metric: string]: Json } {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
  )
}

/** The metrics were just parsed and belong to nobody yet: they are mended in place. */
function restoreMetrics(metrics: { [metric: string]: unknown }): void {
  for (const name in metrics) {
    const value = metrics[name]
    if (typeof value === 'number') continue
    const number = nonFiniteFromWord(value)
    if (number === undefined) throw new SyntaxError(`metric "${name}" is ${JSON.stringify(value)}, not a number`)
    metrics[name] = number
  }
}

function unreadableEvent(text: string, study: string, seq: number, cause: SyntaxError): ForetuneError {
  const place = study === '' ? 'An event line' : `Event ${seq} of study "${study}"`
  const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text
  return new ForetuneError(
    'STORE_CORRUPT',
    `${place} is not readable: ${cause.message}. Got: ${shown}\n` +
      'The log was altered, or written by another version of Foretune. `foretune verify` names all that is wrong with it; restore a copy of the store.',
    { details: { study, seq, problem: cause.message }, cause, exit: 3 },
  )
}
