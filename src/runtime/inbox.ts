/**
 * Turns observations into facts. What an attempt says has line numbers without gaps: lines that come again are dropped, lines that come
 * early wait for the ones before them, and nothing of a forgotten attempt is let in. So every line becomes a fact exactly once.
 */
import type { Fact } from '../core/study/events.ts'
import type { Observation } from '../ports.ts'

type Line = Extract<Observation, { readonly line: number }>

interface Reading {
  readonly attempt: number
  next: number
  held: Map<number, Line> | null
  ended: boolean
}

export interface Inbox {
  /** Takes an observation; facts that follow are put into `into`. */
  take(observation: Observation, at: number, into: Fact[]): void
  /** The attempt is to be read from this line on. */
  expect(trial: number, attempt: number, nextLine: number): void
}

export function newInbox(): Inbox {
  const readings = new Map<number, Reading>()
  return {
    expect(trial, attempt, nextLine) {
      readings.set(trial, { attempt, next: nextLine, held: null, ended: false })
    },
    take(observation, at, into) {
      if (observation.type === 'slots') {
        into.push({ type: 'SlotsChanged', at, slots: observation.slots })
        return
      }
      const { trial, attempt } = observation
      const reading = readings.get(trial)
      if (!reading || reading.attempt !== attempt || reading.ended) return
      if (observation.type === 'started') {
        const { process } = observation
        into.push({ type: 'AttemptStarted', at, trial, attempt, ...(process === undefined ? {} : { process }) })
      } else if (observation.type === 'ended') {
        reading.ended = true
        for (const line of heldInOrder(reading)) into.push(factOf(line, at))
        into.push({ type: 'AttemptEnded', at, trial, attempt, outcome: observation.outcome })
        readings.delete(trial)
      } else {
        takeLine(reading, observation, at, into)
      }
    },
  }
}

function takeLine(reading: Reading, line: Line, at: number, into: Fact[]): void {
  if (line.line < reading.next) return
  if (line.line > reading.next) {
    reading.held ??= new Map()
    reading.held.set(line.line, line)
    return
  }
  into.push(factOf(line, at))
  reading.next++
  if (!reading.held) return
  for (let held = reading.held.get(reading.next); held; held = reading.held.get(reading.next)) {
    reading.held.delete(reading.next++)
    into.push(factOf(held, at))
  }
  if (reading.held.size === 0) reading.held = null
}

function heldInOrder(reading: Reading): Line[] {
  return reading.held ? [...reading.held.values()].sort((a, b) => a.line - b.line) : []
}

function factOf(observation: Line, at: number): Fact {
  const { trial, attempt, line } = observation
  switch (observation.type) {
    case 'report':
      return { type: 'TrialReported', at, trial, attempt, line, epoch: observation.epoch, metrics: observation.metrics }
    case 'rejected':
      return { type: 'ReportRejected', at, trial, attempt, line, text: observation.text, why: observation.why }
    case 'handedOver':
      return { type: 'TrialHandedOver', at, trial, attempt, line, epoch: observation.epoch }
  }
}
