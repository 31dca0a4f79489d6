/**
 * Re-derives a log: folds it and, wherever a decision stands or should stand, asks `decide` again and compares. What is recorded stands, so one
 * wrong decision does not make the later ones wrong.
 *
 * - Choices must be equal exactly, numbers to 1e-6 of the larger: another machine may round another way.
 * - A different choice whose deciding numbers lie within that margin is undecidable: neither right nor wrong.
 * - Decisions of another version of an algorithm are not re-derived. A log that does not say which version decided is taken to be of this one.
 * - Facts are checked for what the fold relies on: attempts that live, lines that come once and in order, time that does not run backwards.
 *
 * Cost: that of taking every decision again.
 */
import { assert } from '../trial.ts'
import { decide } from './decide.ts'
import type { Decision, Event, Fact } from './events.ts'
import { isDecision } from './events.ts'
import { evolve } from './evolve.ts'
import { isWithinMargin, sameJson } from './same-numbers.ts'
import type { Algorithms, Study } from './study.ts'
import { createStudy } from './study.ts'

export interface Problem {
  readonly seq: number
  readonly problem: string
  readonly recorded?: Event
  readonly derived?: Decision | null
}

export interface Verification {
  readonly events: number
  readonly decisions: number
  /** Decisions that were taken again and found equal. */
  readonly derived: number
  readonly notDerived: number
  readonly undecidable: readonly Problem[]
  readonly problems: readonly Problem[]
}

export interface Verifier {
  /** The events of the log in order, from the first one. */
  take(seq: number, event: Event): void
  /** Null before the first event. */
  readonly study: Study | null
  end(): Verification
}

/** More than these are counted and not kept. */
const problemsMax = 1000

export function newVerifier(algorithms: Algorithms): Verifier {
  let study: Study | null = null
  let isSameVersion = true
  let isBroken = false
  let fence = 0
  const counts = { events: 0, decisions: 0, derived: 0, notDerived: 0 }
  const problems: Problem[] = []
  const undecidable: Problem[] = []
  const add = (list: Problem[], problem: Problem): void => {
    if (list.length < problemsMax) list.push(problem)
  }

  function takeDecision(seq: number, event: Decision, now: Study): void {
    counts.decisions++
    if (!isSameVersion) {
      counts.notDerived++
      return
    }
    const derived = decide(now)
    if (derived && sameJson(event, derived)) {
      counts.derived++
      return
    }
    const found = { seq, recorded: event, derived }
    if (derived && isCloseCall(now, event, derived))
      return add(undecidable, { ...found, problem: `${told(event)} was as near as ${told(derived)}` })
    add(problems, {
      ...found,
      problem: `${told(event)} is recorded, but ${derived ? `${told(derived)} follows from the events before it` : 'no decision follows from the events before it'}`,
    })
  }

  function takeFact(seq: number, event: Fact, now: Study): void {
    if (isSameVersion) {
      const missing = decide(now)
      if (missing) {
        add(problems, {
          seq,
          recorded: event,
          derived: missing,
          problem: `${told(missing)} should stand before ${event.type}`,
        })
      }
    }
    const problem = factProblem(now, event)
    if (problem !== null) add(problems, { seq, recorded: event, problem })
    if (event.type !== 'ControllerStarted') return
    if (event.fence <= fence)
      add(problems, { seq, recorded: event, problem: `fence ${event.fence} is not above the one before, ${fence}` })
    fence = event.fence
    isSameVersion = isOfThisVersion(now, event)
  }

  return {
    get study() {
      return study
    },
    take(seq, event) {
      counts.events++
      if (isBroken) return
      try {
        if (!study) {
          assert(event.type === 'StudyCreated', `a log begins with StudyCreated, not ${event.type}`)
          study = createStudy(event, algorithms)
          isSameVersion = isOfThisVersion(study, event)
          return
        }
        if (isDecision(event)) takeDecision(seq, event, study)
        else takeFact(seq, event, study)
        evolve(study, event)
      } catch (error) {
        // An event that the fold cannot take: nothing after it means anything.
        isBroken = true
        const why = error instanceof Error ? error.message : String(error)
        add(problems, {
          seq,
          recorded: event,
          problem: `${told(event)} does not follow from the events before it: ${why}`,
        })
      }
    },
    end: () => ({ ...counts, undecidable, problems }),
  }
}

function isOfThisVersion(
  study: Study,
  said: { readonly samplerVersion?: number; readonly schedulerVersion?: number },
): boolean {
  const { samplerKind, schedulerKind } = study
  const { samplerVersion = samplerKind.version, schedulerVersion = schedulerKind.version } = said
  return samplerVersion === samplerKind.version && schedulerVersion === schedulerKind.version
}

function factProblem({ state }: Study, fact: Fact): string | null {
  if (fact.at < state.now) return `${fact.type} lies ${state.now - fact.at} ms before the event before it`
  switch (fact.type) {
    case 'StudyCreated':
      return 'StudyCreated stands only at the beginning of a log'
    case 'TrialReported':
    case 'ReportRejected':
    case 'TrialHandedOver': {
      const live = state.trials[fact.trial]?.live
      if (!live || live.attempt !== fact.attempt) return `${told(fact)} comes from an attempt that is not under way`
      return fact.line > live.lines
        ? null
        : `${told(fact)} is line ${fact.line}, and ${live.lines} lines were read before`
    }
    case 'AttemptStarted':
    case 'AttemptOverdue':
    case 'AttemptEnded': {
      const live = state.trials[fact.trial]?.live
      return live?.attempt === fact.attempt ? null : `${told(fact)} is about an attempt that is not under way`
    }
    default:
      return null
  }
}

/** Two choices between which numbers within the margin decided: two trials equally good, or a reason whose numbers are nearly equal. */
function isCloseCall(study: Study, recorded: Decision, derived: Decision): boolean {
  if (recorded.type === derived.type && 'trial' in recorded && 'trial' in derived && recorded.trial !== derived.trial) {
    const { trials } = study.state
    const [a, b] = [trials[recorded.trial], trials[derived.trial]]
    if (!a || !b) return false
    const epoch = Math.min(a.epoch, b.epoch)
    const [first, second] = [study.view.loss(a.number, epoch), study.view.loss(b.number, epoch)]
    return first !== second && isWithinMargin(first, second)
  }
  return [recorded, derived].some((decision) => 'why' in decision && hasNearNumbers(Object.values(decision.why)))
}

function hasNearNumbers(values: readonly unknown[]): boolean {
  const numbers = values.filter((value) => typeof value === 'number' && !Number.isInteger(value)) as number[]
  return numbers.some((a, index) => numbers.slice(index + 1).some((b) => isWithinMargin(a, b)))
}

/** `StopTrial of trial 7`. */
function told(event: Event): string {
  return 'trial' in event ? `${event.type} of trial ${event.trial}` : event.type
}
