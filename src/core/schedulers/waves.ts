/**
 * The published dispatch of Hyperband and Swift-Hyperband, for comparison: one bracket after the other, one round after the other, and in a
 * round orders in waves.
 *
 * Published: the authors' repository qtml-hybrid-workflow, over MPI. The head gives an order to every idle worker, then waits for exactly one
 * answer from every worker in use, and answers each at once: go on to the round's target, or be idle. New orders come only after a whole
 * wave. A worker that was told to go on owes its next answer to the next wave, and is busy for it even if it gives that answer early. The
 * trials that a prediction selects train in waves of their own, once all others of the round are done.
 *
 * How it is done here: a gate in front of the event-driven scheduler, which decides as ever who trains how far, who is sent on and who is
 * stopped. The gate only holds orders back. A *phase* is what the head finishes before it looks further: a round up to its selection, or
 * what was selected in it. States of a trial, as the gate sees it:
 *   awaited -> its order is recorded, the open wave waits for its answer. Arrives: sent on (goingOn), or of no more concern
 *   goingOn -> trains on at once, keeps its worker, and is awaited by the next wave. Answers before that begins: counted as `early`
 *
 * Where we differ, and why:
 * - A trial that failed, was stopped, or was cut short by the budget has answered.
 * - What no missing answer can change is concluded at once, as without waves; its orders wait for their phase all the same.
 * - A round that adds one epoch sends nobody on, for nothing is left to train; published, such a worker gets an order of no epochs.
 *
 * Invariants: the gate waits for nothing but trials that are owed training and predictors that are being trained, so that it is never stuck.
 * With one worker decisions and epochs are those of the golden runs. Cost: O(workers + orders of the round) for an asking.
 */
import type { OptionSpec, Options } from '../options.ts'
import type { StudyView } from '../study/study-view.ts'
import type { Json } from '../trial.ts'
import type { BracketMemory } from './bracket-memory.ts'
import type { Notice, Order, Scheduler } from './scheduler.ts'
import type { SwiftMemory } from './swift/memory.ts'

export const wavesOption: OptionSpec = {
  type: 'boolean',
  default: false,
  doc: 'The published dispatch, for comparison: one round at a time, and every slot waits for all others before it gets its next order.',
}

/** Options that waves leave no choice in. */
export const impliedByWaves = { order: 'published', sent: 'arrival', speculate: 'never' } as const

export function wavesProblems(options: Options): string[] {
  if (options['waves'] !== true) return []
  const wrong = [
    ...(options['order'] === 'path' ? ['order: path'] : []),
    ...(Number(options['audit'] ?? 0) > 0 ? [`audit: ${Number(options['audit'])}`] : []),
  ]
  return wrong.map(
    (given) => `waves: true is the published dispatch, which goes without ${given}: leave one of them out`,
  )
}

/** Plain data. */
export interface WaveMemory<Inner> {
  readonly inner: Inner
  /** null before the first order. */
  phase: Phase | null
  /** Workers that the open wave has in use: each owes it an answer, or has given it. */
  used: number
  awaited: readonly number[]
  goingOn: readonly number[]
  early: number
}

interface Phase {
  readonly pass: number
  readonly bracket: number
  readonly round: number
  readonly isSelected: boolean
}

/** What the gate has to know of the scheduler behind it. */
interface Answers<Inner> {
  /** This trial was selected by a prediction. */
  isSelected(memory: Inner, trial: number): boolean
  /** It has answered in this round, and trains on in it at once. */
  goesOn(memory: Inner, trial: number, round: number): boolean
  /** Nothing of a later phase is ordered until the predictor is there. */
  isFitting(memory: Inner): boolean
}

export function hyperbandInWaves(inner: Scheduler<BracketMemory>): Scheduler<WaveMemory<BracketMemory>> {
  return waveScheduler(inner, { isSelected: () => false, goesOn: () => false, isFitting: () => false })
}

export function swiftInWaves(inner: Scheduler<SwiftMemory>): Scheduler<WaveMemory<SwiftMemory>> {
  return waveScheduler(inner, {
    isSelected: ({ members }, trial) => members.get(trial)?.fate === 'selected',
    goesOn({ members }, trial, round) {
      const member = members.get(trial)
      // One that trained beyond its order may be in the next round already: that is for another phase.
      return member?.round === round && member.fate === 'sent' && member.state === 'ready'
    },
    isFitting: ({ fitting }) => fitting.size > 0,
  })
}

/** `inner` gives its orders bracket by bracket, round by round, and those that go on before those that begin. */
function waveScheduler<Inner>(inner: Scheduler<Inner>, answers: Answers<Inner>): Scheduler<WaveMemory<Inner>> {
  const { rungs, prediction } = inner
  return {
    start: () => ({ inner: inner.start(), phase: null, used: 0, awaited: [], goingOn: [], early: 0 }),
    evolve(memory, notice, study) {
      inner.evolve(memory.inner, notice, study)
      follow(memory, notice, study, answers)
    },
    decide: (memory, study) => inner.decide(memory.inner, study),
    next: (memory, study, limit) => ordersOfWave({ inner, answers, memory, study }, limit),
    isDone: (memory, study) => inner.isDone(memory.inner, study),
    ...(rungs ? { rungs: (memory, study) => rungs(memory.inner, study) } : {}),
    ...(prediction ? { prediction: (memory, study) => prediction(memory.inner, study) } : {}),
  }
}

function follow<Inner>(memory: WaveMemory<Inner>, notice: Notice, study: StudyView, answers: Answers<Inner>): void {
  switch (notice.type) {
    case 'ordered':
      // Without a tag it is a trial that goes on by a verdict, or that is started again.
      if (notice.tag === undefined || isOutstanding(memory, notice.trial)) return
      return ordered(memory, notice.trial, phaseOf(notice, memory, answers), study)
    case 'arrived':
      return answered(memory, notice.trial, answers.goesOn(memory.inner, notice.trial, memory.phase?.round ?? 0))
    case 'failed':
    case 'stopped':
      return answered(memory, notice.trial, false)
    case 'reported':
    case 'concluded':
    case 'fitting':
    case 'fitted':
    case 'unfitted':
    case 'closed':
    case 'opened':
      return
  }
}

function ordered<Inner>(memory: WaveMemory<Inner>, trial: number, phase: Phase, study: StudyView): void {
  const { used, awaited, goingOn, early } = waveFor(phase, memory, study)
  Object.assign(memory, { phase, used: used + 1, awaited: [...awaited, trial], goingOn, early })
}

function answered<Inner>(memory: WaveMemory<Inner>, trial: number, goesOn: boolean): void {
  if (memory.awaited.includes(trial)) {
    memory.awaited = without(memory.awaited, trial)
    if (goesOn) memory.goingOn = [...memory.goingOn, trial]
  } else if (memory.goingOn.includes(trial) && !goesOn) {
    memory.goingOn = without(memory.goingOn, trial)
    memory.early++
  }
}

type Wave = Pick<WaveMemory<unknown>, 'used' | 'awaited' | 'goingOn' | 'early'>

const nobody: Wave = { used: 0, awaited: [], goingOn: [], early: 0 }

/** The wave that an order of this phase belongs to. */
function waveFor(phase: Phase, memory: WaveMemory<unknown>, study: StudyView): Wave {
  return isSamePhase(phase, memory.phase) ? standing(memory, study) : nobody
}

/** The open wave, or the one that begins as soon as it can. */
function standing(wave: Wave, study: StudyView): Wave {
  const { awaited, goingOn, early } = wave
  if (awaited.length > 0) return wave
  // Where every worker has answered before it began, it ends as it begins.
  if (goingOn.length === 0 && early >= workersOf(study)) return nobody
  return { used: goingOn.length + early, awaited: goingOn, goingOn: [], early: 0 }
}

/** Somebody else's loop asks without offering slots: it counts as one worker. */
function workersOf(study: StudyView): number {
  return Math.max(1, study.slots)
}

interface Scene<Inner> {
  readonly inner: Scheduler<Inner>
  readonly answers: Answers<Inner>
  readonly memory: WaveMemory<Inner>
  readonly study: StudyView
}

function ordersOfWave<Inner>(scene: Scene<Inner>, limit: number): Order[] {
  const { memory, answers, study } = scene
  const wave = standing(memory, study)
  const isQuiet = wave.awaited.length === 0
  if (isQuiet && answers.isFitting(memory.inner)) return []
  let phase = isQuiet ? null : memory.phase
  let room = workersOf(study) - wave.used
  // Those whose attempt still lives go on by a verdict.
  let interrupted = [...wave.awaited, ...wave.goingOn].filter((trial) => study.state(trial) === 'paused').length
  const orders: Order[] = []
  for (const order of innerOrders(scene, limit)) {
    if (orders.length >= limit || (phase !== null && room <= 0 && interrupted === 0)) break
    if (order.type === 'resume' && isOutstanding(wave, order.trial)) {
      interrupted--
      orders.push(order)
      continue
    }
    const its = phaseOf(order, memory, answers)
    if (phase === null) room = workersOf(study) - waveFor(its, memory, study).used
    phase ??= its
    // Nobody else has a turn before it, but one that is interrupted has.
    if (!isSameRound(its, phase)) room = 0
    if (its.isSelected !== phase.isSelected || room <= 0) continue
    room--
    orders.push(order)
  }
  return orders
}

/** The orders of the scheduler behind the gate, asked for as they are needed. */
function* innerOrders<Inner>({ inner, memory, study }: Scene<Inner>, first: number): Generator<Order> {
  let told = 0
  for (let limit = Math.max(1, first); ; limit *= 2) {
    const orders = inner.next(memory.inner, study, limit)
    for (; told < orders.length; told++) yield orders[told] as Order
    if (orders.length < limit) return
  }
}

function phaseOf<Inner>(
  order: { readonly tag?: Json | undefined; readonly trial?: number },
  memory: WaveMemory<Inner>,
  { isSelected }: Answers<Inner>,
): Phase {
  const { pass, bracket, round } = order.tag as { pass: number; bracket: number; round: number }
  return { pass, bracket, round, isSelected: order.trial !== undefined && isSelected(memory.inner, order.trial) }
}

function isSameRound(a: Phase, b: Phase | null): boolean {
  return a.pass === b?.pass && a.bracket === b.bracket && a.round === b.round
}

function isSamePhase(a: Phase, b: Phase | null): boolean {
  return isSameRound(a, b) && a.isSelected === b?.isSelected
}

function isOutstanding({ awaited, goingOn }: Wave, trial: number): boolean {
  return awaited.includes(trial) || goingOn.includes(trial)
}

function without(trials: readonly number[], trial: number): number[] {
  return trials.filter((other) => other !== trial)
}
