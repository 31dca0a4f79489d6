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
import { predictors } from '../predictors/index.ts'
import type { Model } from '../predictors/predictor.ts'
import { assert } from '../trial.ts'
import { decide } from './decide.ts'
import type { Decision, Event, Fact } from './events.ts'
import { isDecision } from './events.ts'
import { evolve } from './evolve.ts'
import { fitInput, predictorOf } from './fit-input.ts'
import { answerOf, searchInput } from './proposing.ts'
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
  /** Predictors that were trained again and found the same, or whose recorded device answers were made into the model again. */
  readonly predictors: number
  /** Configurations that the sampler's model proposed again. */
  readonly proposals: number
  readonly undecidable: readonly Problem[]
  readonly problems: readonly Problem[]
}

export interface Verifier {
  /** The events of the log in order, from the first one. */
  take(seq: number, event: Event): void
  end(): Verification
}

/** More than these are not kept. */
const problemsMax = 1000

interface Checking {
  readonly counts: {
    events: number
    decisions: number
    derived: number
    notDerived: number
    predictors: number
    proposals: number
  }
  readonly problems: Problem[]
  readonly undecidable: Problem[]
  study: Study | null
  isSameVersion: boolean
  /** What the sampler's model proposes where it was asked last. */
  proposed: ReturnType<typeof answerOf> | null
  /** An event came that the fold cannot take: nothing after it means anything. */
  isBroken: boolean
  /** Of the last controller. */
  fence: number
  /** Of the last event. */
  seq: number
}

export function newVerifier(algorithms: Algorithms): Verifier {
  const checking: Checking = {
    counts: { events: 0, decisions: 0, derived: 0, notDerived: 0, predictors: 0, proposals: 0 },
    problems: [],
    undecidable: [],
    study: null,
    isSameVersion: true,
    proposed: null,
    isBroken: false,
    fence: 0,
    seq: 0,
  }
  return {
    take(seq, event) {
      checking.counts.events++
      checking.seq = seq
      if (checking.isBroken) return
      try {
        takeEvent(checking, algorithms, seq, event)
      } catch (error) {
        checking.isBroken = true
        const why = error instanceof Error ? error.message : String(error)
        const problem = `${told(event)} does not follow from the events before it: ${why}`
        add(checking.problems, { seq, recorded: event, problem })
      }
    },
    end() {
      checkEnd(checking)
      return { ...checking.counts, undecidable: checking.undecidable, problems: checking.problems }
    },
  }
}

function takeEvent(checking: Checking, algorithms: Algorithms, seq: number, event: Event): void {
  const { study } = checking
  if (!study) {
    assert(event.type === 'StudyCreated', `a log begins with StudyCreated, not ${event.type}`)
    checking.study = createStudy(event, algorithms)
    checking.isSameVersion = isOfThisVersion(checking.study, event)
    return
  }
  if (isDecision(event)) checkDecision(checking, study, seq, event)
  else checkFact(checking, study, seq, event)
  evolve(study, event)
  if (event.type === 'ProposeConfigurations') checking.proposed = proposedNow(checking, study, event)
}

/** The model is asked again where it was asked, for it learns from the study as it was then. */
function proposedNow(
  { isSameVersion }: Checking,
  study: Study,
  decision: Decision & { readonly type: 'ProposeConfigurations' },
): Checking['proposed'] {
  const { model } = study.sampler
  return isSameVersion && model ? answerOf(model.search(searchInput(study, decision))) : null
}

function checkDecision(checking: Checking, study: Study, seq: number, recorded: Decision): void {
  const { counts } = checking
  counts.decisions++
  if (!checking.isSameVersion) {
    counts.notDerived++
    return
  }
  const derived = decide(study)
  if (derived && sameJson(recorded, derived)) {
    counts.derived++
    return
  }
  const found = { seq, recorded, derived }
  if (derived && isCloseCall(study, recorded, derived)) {
    add(checking.undecidable, { ...found, problem: `${told(recorded)} was as near as ${told(derived)}` })
    return
  }
  const instead = derived ? `${told(derived)} follows` : 'no decision follows'
  add(checking.problems, {
    ...found,
    problem: `${told(recorded)} is recorded, but ${instead} from the events before it${differenceText(recorded, derived)}`,
  })
}

function checkFact(checking: Checking, study: Study, seq: number, recorded: Fact): void {
  const { problems } = checking
  const missing = checking.isSameVersion ? decide(study) : null
  if (missing) {
    const problem = `${told(missing)} should stand before ${recorded.type}`
    add(problems, { seq, recorded, derived: missing, problem })
  }
  const problem =
    recorded.type === 'ConfigurationsProposed'
      ? proposalProblem(checking, study, recorded)
      : factProblem(study, recorded)
  if (problem !== null) add(problems, { seq, recorded, problem })
  else if (recorded.type === 'PredictorFitted' && isOfKnownVersion(recorded.model)) checking.counts.predictors++
  if (recorded.type !== 'ControllerStarted') return
  if (recorded.fence <= checking.fence) {
    const wrong = `fence ${recorded.fence} is not above the one before, ${checking.fence}`
    add(problems, { seq, recorded, problem: wrong })
  }
  checking.fence = recorded.fence
  checking.isSameVersion = isOfThisVersion(study, recorded)
}

/** A batch is written whole or not at all: nothing may be missing after the last event. */
function checkEnd({ study, isSameVersion, isBroken, problems, seq }: Checking): void {
  if (!study || isBroken || !isSameVersion) return
  const missing = decide(study)
  if (missing) add(problems, { seq, problem: `${told(missing)} should stand at the end of the log`, derived: missing })
  else if (study.state.batchOpen) add(problems, { seq, problem: 'the log ends in the middle of a batch of facts' })
}

function add(list: Problem[], problem: Problem): void {
  if (list.length < problemsMax) list.push(problem)
}

/** Where two decisions look alike, the members in which they differ. */
function differenceText(recorded: Decision, derived: Decision | null): string {
  if (!derived || told(recorded) !== told(derived)) return ''
  const [a, b] = [recorded as { readonly [member: string]: unknown }, derived as { readonly [member: string]: unknown }]
  const names = Object.keys({ ...a, ...b }).filter((name) => !sameJson(a[name], b[name]))
  const parts = names.map((name) => `${name} ${JSON.stringify(a[name])} instead of ${JSON.stringify(b[name])}`)
  return parts.length === 0 ? '' : `, with ${parts.join(', ')}`
}

/** As the controller says, else as was recorded when the study was created. */
function isOfThisVersion(
  study: Study,
  said: { readonly samplerVersion?: number; readonly schedulerVersion?: number },
): boolean {
  const { samplerKind, schedulerKind } = study
  const { sampler, scheduler } = study.state.definition
  const samplerVersion = said.samplerVersion ?? sampler['version'] ?? samplerKind.version
  const schedulerVersion = said.schedulerVersion ?? scheduler['version'] ?? schedulerKind.version
  return samplerVersion === samplerKind.version && schedulerVersion === schedulerKind.version
}

function factProblemOfTime({ type, at }: Fact, now: number): string {
  return `${type} lies ${now - at} ms before the event before it`
}

function factProblem(study: Study, fact: Fact): string | null {
  const { state } = study
  if (fact.at < state.now) return factProblemOfTime(fact, state.now)
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
    case 'PredictorFitted':
    case 'PredictorFailed':
      return fitProblem(study, fact)
    default:
      return null
  }
}

function isOfKnownVersion(model: Model): boolean {
  return predictors[model.type]?.version === model.version
}

/** A model follows from the curves that it was trained on; a device's answers are taken as they stand. */
function fitProblem(
  { state, view }: Study,
  fact: Fact & { readonly type: 'PredictorFitted' | 'PredictorFailed' },
): string | null {
  const request = state.fits.get(fact.fit)
  if (!request) return `${fact.type} answers fit ${fact.fit}, which is not under way`
  if (fact.type === 'PredictorFailed') return null
  const { model } = fact
  if (!isOfKnownVersion(model)) return null
  const wrong = predictorOf(request.predictor).check(fitInput(view, request), model)
  return wrong === null ? null : `the model of fit ${fact.fit} does not follow from its curves: ${wrong}`
}

function proposalProblem(
  { proposed, counts }: Checking,
  { state }: Study,
  recorded: Fact & { readonly type: 'ConfigurationsProposed' },
): string | null {
  const { proposal, configurations, exhausted } = recorded
  if (recorded.at < state.now) return factProblemOfTime(recorded, state.now)
  if (proposal > state.proposalCount) return `${recorded.type} answers request ${proposal}, which was not made`
  // An answer to a controller that had gone changes nothing.
  if (proposed === null || state.proposing !== proposal) return null
  const asked = { configurations, ...(exhausted ? { exhausted } : {}) }
  if (sameJson(asked, proposed)) {
    counts.proposals += configurations.length
    return null
  }
  return `the configurations of request ${proposal} do not follow from the trials before it: ${JSON.stringify(configurations[0])} stands first, ${JSON.stringify(proposed.configurations[0])} follows`
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
