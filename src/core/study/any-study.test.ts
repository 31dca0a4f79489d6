/**
 * Studies of any kind in a world that does what it likes: facts drawn from a seed, in batches, with all that people and machines may do between
 * them. The core alone decides; what must hold after every batch, and of the log as a whole, is checked here.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import type { Stream } from '../maths/stream.ts'
import { stream } from '../maths/stream.ts'
import { samplers } from '../samplers/index.ts'
import { schedulers } from '../schedulers/index.ts'
import type { Metrics, Outcome } from '../trial.ts'
import { isSettled } from '../trial.ts'
import { nextDeadline } from './decide.ts'
import type { Budget, StudyDefinition } from './definition.ts'
import type { Event, Fact } from './events.ts'
import { evolve } from './evolve.ts'
import { fitInput, predictorOf } from './fit-input.ts'
import { learners } from './learning.laws.ts'
import { answerOf, searchInput } from './proposing.ts'
import type { StudyState, TrialRecord } from './state.ts'
import { aStory } from './story.laws.ts'
import type { Story } from './story.laws.ts'
import { createStudy, restoreStudy } from './study.ts'
import type { Study } from './study.ts'
import { newVerifier } from './verify.ts'
import { wantedOf } from './wanted.ts'

const seeds = Number(process.env['CHAOS_SEEDS'] ?? 150)
const algorithms = { samplers: { ...samplers, ...learners }, schedulers }

type Undated = Parameters<Story['tell']>[0]

interface Play {
  readonly story: Story
  readonly chance: Stream
  readonly calm: { value: boolean }
  budget: Budget
  fence: number
  /** All epochs that the programs trained. */
  trained: number
  /** By attempt: the epoch that its program has reached. */
  readonly programs: Map<string, number>
  /** What the model has answered and nobody has heard yet. */
  readonly proposed: Undated[]
  /** Epochs of each program's curve. */
  length(trial: number): number
}

function aPlay(seed: number): Play {
  const chance = stream(seed, 'any-study')
  const pick = <T>(items: readonly T[]): T => items[chance.integer(items.length)] as T
  const max = pick([1, 2, 9, 9, 27])
  const budget: Budget = pick<Budget>([
    { trials: 1 + chance.integer(20) },
    { epochs: 10 + chance.integer(100) },
    { trials: 2 + chance.integer(12), epochs: 10 + chance.integer(100) },
    { trials: 5 + chance.integer(12), timeMs: 100_000 },
    { trials: 5 + chance.integer(12), target: 0.02 },
  ])
  const types = [
    'none',
    'median',
    'asha',
    'asha',
    'hyperband',
    'successive-halving',
    'swift-hyperband',
    'swift-hyperband',
    'fast-hyperband',
  ]
  const type = max === 1 ? 'none' : pick(types)
  const isSwift = type === 'swift-hyperband'
  const predicts = isSwift || type === 'fast-hyperband'
  const form =
    type === 'asha'
      ? { form: pick(['promotion', 'stopping']) }
      : isSwift
        ? { d: 3, predictor: pick(['last-value', 'nu-svr']), sent: pick(['plan', 'arrival']), audit: pick([0, 0.3]) }
        : type === 'fast-hyperband'
          ? { d: 3, predictor: 'nu-svr' }
          : {}
  const definition: Partial<StudyDefinition> = {
    epochs: { min: 1, max, resource: 'epochs' },
    scheduler: { type, ...(type === 'none' || type === 'median' ? {} : { eta: 3 }), ...form },
    sampler: { type: pick(['random', 'sobol', 'lhs', 'grid', 'slow', 'slow', 'quick']), levels: 7 },
    constraints: chance.uniform() < 0.3 ? [{ metric: 'other', atMost: 0.5 }] : [],
    objectives:
      chance.uniform() < 0.3 && !predicts
        ? [
            { metric: 'loss', direction: 'minimize', value: 'last' },
            { metric: 'size', direction: 'maximize', value: 'best' },
          ]
        : [{ metric: 'loss', direction: 'minimize', value: pick(['last', 'best']) }],
    budget,
    failures: { retries: chance.integer(3), graceMs: 1000, stopStudyAfter: pick([2, 20]) },
    resumable: type === 'none' ? pick([true, 'restart', false]) : pick([true, true, 'restart']),
    checkpoints: { keep: pick<number | 'all'>([0, 1, 3, 'all']) },
    seed,
    initial: chance.uniform() < 0.2 ? [{ x: 0.5 }] : [],
  }
  const short = new Map<number, number>()
  return {
    story: aStory(definition, 2, algorithms),
    chance,
    calm: { value: false },
    budget,
    fence: 0,
    trained: 0,
    programs: new Map(),
    proposed: [],
    length(trial) {
      const known = short.get(trial) ?? (chance.uniform() < 0.1 ? 1 + chance.integer(max) : max)
      short.set(trial, known)
      return known
    },
  }
}

/** What the program of a live attempt does next. */
function act(play: Play, trial: TrialRecord, into: Undated[]): void {
  const { chance, calm } = play
  const { live } = trial
  if (!live) return
  const { number } = trial
  const about = { trial: number, attempt: live.attempt }
  const epoch = reachedBy(play, trial)
  const wanted = wantedOf(trial, live)
  const luck = calm.value ? 0.5 : chance.uniform()
  const end = (outcome: Outcome): void => void into.push({ type: 'AttemptEnded', ...about, outcome })
  if (luck < 0.03) return end({ type: 'lost' })
  if (luck < 0.05) return end(live.lines === 0 ? { type: 'refused', detail: 'full' } : { type: 'exited', code: 1 })
  if (luck < 0.06) return void into.push({ type: 'TrialHandedOver', ...about, line: live.lines + 1, epoch: live.epoch })
  if (luck < 0.07)
    return void into.push({ type: 'ReportRejected', ...about, line: live.lines + 1, text: '?', why: '?' })
  if (luck < 0.08 && !live.asked && !live.stopping && !live.overdue)
    return void into.push({ type: 'AttemptOverdue', ...about, cause: 'silence' })
  if (luck < 0.12) return void into.push({ type: 'AttemptStarted', ...about, process: { pid: 1 } })
  if (wanted.stop) {
    if (chance.uniform() < 0.5)
      return end(chance.uniform() < 0.5 ? { type: 'killed', signal: 'SIGTERM' } : { type: 'exited', code: 0 })
  } else if (live.handedOver || epoch >= play.length(number)) return end({ type: 'exited', code: 0 })
  else if (epoch >= wanted.until && luck > 0.2) {
    if (wanted.leave || chance.uniform() < 0.3) end({ type: 'exited', code: 0 })
    return
  }
  speak(play, trial, into)
}

/** Usually it begins where it was told to; one that lost its checkpoint begins anew. */
function reachedBy({ programs, chance, calm }: Play, trial: TrialRecord): number {
  const name = `${trial.number}.${trial.live?.attempt}`
  const epoch = programs.get(name) ?? (!calm.value && chance.uniform() < 0.1 ? 0 : (trial.live?.from ?? 0))
  programs.set(name, epoch)
  return epoch
}

function speak(play: Play, trial: TrialRecord, into: Undated[]): void {
  const { chance, story, calm } = play
  const { live } = trial
  if (!live) return
  const several = story.study.state.definition.objectives.length > 1
  const skips = !calm.value && chance.uniform() < 0.1 ? chance.integer(3) : 0
  const before = reachedBy(play, trial)
  const epoch = before + 1 + skips
  if (epoch > story.study.state.definition.epochs.max) return
  play.programs.set(`${trial.number}.${live.attempt}`, epoch)
  play.trained += epoch <= live.epoch ? 1 : epoch - Math.max(before, live.epoch)
  const metrics: { [name: string]: number } = { loss: chance.uniform() }
  if (several && chance.uniform() < 0.8) metrics['size'] = chance.uniform()
  if (!calm.value && chance.uniform() < 0.02) metrics['loss'] = NaN
  const say = (said: Metrics, line: number): void =>
    void into.push({ type: 'TrialReported', trial: trial.number, attempt: live.attempt, line, epoch, metrics: said })
  say(metrics, live.lines + 1)
  if (chance.uniform() < 0.1) say({ other: chance.uniform(), size: chance.uniform() }, live.lines + 2)
}

/** What people, machines and time do. */
function interfere(play: Play, into: Undated[]): void {
  const { story, chance } = play
  const { state } = story.study
  const luck = chance.uniform()
  if (luck < 0.3) into.push({ type: 'TimePassed' })
  else if (luck < 0.38) into.push({ type: 'SlotsChanged', slots: chance.integer(6) })
  else if (luck < 0.45)
    into.push(state.paused === null ? { type: 'PauseRequested', by: 'me' } : { type: 'ResumeRequested', by: 'me' })
  else if (luck < 0.6) into.push({ type: 'TrialAsked', by: 'me' })
  else if (luck < 0.7 && state.trials.length > 0)
    into.push({ type: 'TrialStopRequested', trial: chance.integer(state.trials.length), by: 'me' })
  else if (luck < 0.75)
    into.push({
      type: 'TrialImported',
      configuration: { x: chance.uniform() },
      state: 'complete',
      reports: [{ epoch: 1, metrics: { loss: chance.uniform() } }],
      source: 'elsewhere',
    })
  else if (luck < 0.83) {
    play.budget = grown(play.budget, chance)
    into.push({ type: 'StudyChanged', budget: play.budget })
  } else if (luck < 0.9) into.push({ type: 'StopRequested', by: 'me' })
  else into.push(started(play))
}

function grown(budget: Budget, chance: Stream): Budget {
  const { trials, epochs } = budget
  return {
    ...budget,
    ...(trials === undefined ? {} : { trials: trials + chance.integer(4) }),
    ...(epochs === undefined ? {} : { epochs: epochs + chance.integer(30) }),
  }
}

function started(play: Play): Undated {
  return {
    type: 'ControllerStarted',
    fence: ++play.fence,
    host: 'here',
    pid: 1,
    version: '0',
    slots: 1 + play.chance.integer(4),
  }
}

function turn(play: Play): void {
  const { story, chance, calm } = play
  const { state } = story.study
  story.time += calm.value ? 1000 : chance.integer(1000)
  const facts: Undated[] = []
  const size = 1 + chance.integer(3)
  const live = [...state.live]
  for (let i = 0; i < size && live.length > 0; i++) {
    const [number] = live.splice(chance.integer(live.length), 1)
    const trial = state.trials[number as number]
    if (trial) act(play, trial, facts)
  }
  for (const fit of state.fits.keys()) if (calm.value || chance.uniform() < 0.4) answerFit(play, fit, facts)
  while (play.proposed.length > 0 && (calm.value || chance.uniform() < 0.4))
    facts.push(play.proposed.shift() as Undated)
  if (!calm.value && chance.uniform() < 0.12) interfere(play, facts)
  if ((nextDeadline(state) ?? Infinity) <= story.time) facts.push({ type: 'TimePassed' })
  if (facts.length === 0) facts.push({ type: 'TimePassed' })
  tell(play, ...facts)
}

/** A model that is asked learns from the study as it then is. */
function tell({ story, proposed }: Play, ...facts: Undated[]): void {
  const before = story.log.length
  story.tell(...facts)
  for (const event of story.log.slice(before)) {
    if (event.type !== 'ProposeConfigurations') continue
    const proposals = story.study.sampler.model?.search(searchInput(story.study, event)) ?? []
    proposed.push({ type: 'ConfigurationsProposed', proposal: event.proposal, ...answerOf(proposals) })
  }
}

function answerFit({ story, chance, calm }: Play, fit: number, into: Undated[]): void {
  const { state, view } = story.study
  const request = state.fits.get(fit)
  if (!request) return
  if (!calm.value && chance.uniform() < 0.2)
    return void into.push({ type: 'PredictorFailed', fit, why: { rule: 'annealer', detail: 'nobody answers' } })
  const model = predictorOf(request.predictor).fit(fitInput(view, request))
  into.push({ type: 'PredictorFitted', fit, model })
}

function checkState(play: Play): void {
  const { study } = play.story
  const { state } = study
  const { trials } = state
  const sum = (of: (trial: TrialRecord) => number): number => trials.reduce((total, trial) => total + of(trial), 0)
  assert.ok(
    trials.every(({ reserved }) => reserved >= 0),
    'no trial reserves less than nothing',
  )
  assert.equal(
    state.epochsReserved,
    sum(({ reserved }) => reserved),
    'reserved epochs',
  )
  assert.equal(
    state.epochsTrained + state.epochsRepeated + state.epochsOverrun,
    play.trained,
    'every epoch counts once',
  )
  assert.ok(state.epochsTrained <= (play.budget.epochs ?? Infinity), 'the budget of epochs')
  assert.ok(trials.length - state.importedCount <= (play.budget.trials ?? Infinity), 'the budget of trials')
  const lively = trials.filter(({ live }) => live).map(({ number }) => number)
  assert.deepEqual(
    [...state.live].sort((a, b) => a - b),
    lively,
  )
  assert.equal(
    state.askedCount,
    sum(({ live }) => (live?.asked ? 1 : 0)),
  )
  for (const [name, count] of Object.entries(state.counts))
    assert.equal(
      count,
      sum((trial) => (trial.state === name ? 1 : 0)),
      `count of ${name}`,
    )
  for (const number of state.lingering) assert.ok(trials[number]?.live && !isSettled(trials[number].state))
  for (const number of state.leaving) assert.ok(trials[number]?.live)
  for (const number of state.owed) assert.ok(!trials[number]?.live && !isSettled(trials[number]?.state ?? 'failed'))
  for (const trial of trials)
    assert.ok(
      isSettled(trial.state) || trial.live || state.owed.has(trial.number) || trial.state === 'paused',
      `trial ${trial.number} is somewhere`,
    )
  for (const { number, state: at, arrivedUntil, until, epoch } of trials)
    if (at === 'paused' && !state.owed.has(number))
      assert.ok(epoch >= until && arrivedUntil === until, `the arrival of trial ${number} was told`)
  checkSlots(study)
}

/** No slot idles or is lingered in while something is ready to be trained. */
function checkSlots({ state, scheduler, view }: Study): void {
  if (!state.session || state.finished || state.paused || state.stopRequested || state.targetMet) return
  if (state.failedInARow >= state.failures.stopStudyAfter || state.elapsedMs >= (state.budget.timeMs ?? Infinity))
    return
  const due = [...state.owed].filter((number) => (state.trials[number]?.notBefore ?? 0) <= state.now)
  if (state.live.size - state.askedCount >= state.slots) {
    assert.ok(state.lingering.size === 0 || due.length <= state.leaving.size, `nobody makes room for trial ${due[0]}`)
    return
  }
  assert.deepEqual(due, [], 'owed trials wait, and a slot idles')
  const { epochs = Infinity } = state.budget
  if (epochs - state.epochsTrained - state.epochsRepeated - state.epochsReserved <= 0) return
  const orders = scheduler.next(state.schedulerMemory, view, 50)
  // A model that is asked answers in a moment.
  if (state.proposing !== null && orders.some(({ type }) => type === 'start')) return
  for (const order of orders)
    assert.ok(order.type === 'resume' && state.trials[order.trial]?.live, `a slot idles: ${JSON.stringify(order)}`)
}

function checkLog(log: readonly Event[], state: StudyState, chance: Stream): void {
  const verifier = newVerifier(algorithms)
  log.forEach((event, index) => verifier.take(index + 1, event))
  assert.deepEqual(verifier.end().problems, [])
  for (const event of log)
    if (event.type === 'StopTrial' && event.why.rule === 'epoch-budget') assert.ok(state.budget.epochs !== undefined)
  checkCheckpoints(log, state)
  const [first, ...rest] = log
  const cut = chance.integer(rest.length)
  let study = createStudy(first as Fact & { type: 'StudyCreated' }, algorithms)
  for (const event of rest.slice(0, cut)) evolve(study, event)
  study = restoreStudy(deserialize(serialize(study.state)) as StudyState, algorithms)
  for (const event of rest.slice(cut)) evolve(study, event)
  assert.deepEqual(study.state, state, `a fold cached after ${cut} events`)
}

/** A checkpoint goes when its trial will not train again, once, and no more stay than are wanted. */
function checkCheckpoints(log: readonly Event[], state: StudyState): void {
  const { keep } = state.definition.checkpoints
  const trainings = log.findLastIndex(({ type }) => type === 'StartAttempt')
  const gone = new Set<number>()
  log.forEach((event, index) => {
    if (event.type === 'StartAttempt') assert.ok(!gone.has(event.trial), `trial ${event.trial} has its checkpoint`)
    if (event.type !== 'DeleteCheckpoint') return
    assert.ok(!gone.has(event.trial) && keep !== 'all' && index >= 0 && trainings >= 0)
    gone.add(event.trial)
  })
  if (keep === 'all') return
  const trained = state.trials.filter(({ state: at, attemptCount, live }) => isSettled(at) && attemptCount > 0 && !live)
  const kept = trained.filter(({ number }) => !gone.has(number))
  const worthy = trained.filter(({ state: at }) => at !== 'failed')
  assert.equal(kept.length, Math.min(keep, worthy.length), 'kept checkpoints')
  assert.ok(kept.every(({ state: at }) => at !== 'failed'))
}

test(`${seeds} studies in a world that does what it likes keep their laws and end`, () => {
  for (let seed = 0; seed < seeds; seed++) {
    const play = aPlay(seed)
    const { story, chance, calm } = play
    const { state } = story.study
    try {
      tell(play, started(play))
      checkState(play)
      for (let turns = 60 + chance.integer(200); turns > 0; turns--) {
        turn(play)
        checkState(play)
      }
      calm.value = true
      tell(play, started(play), { type: 'ResumeRequested', by: 'me' })
      for (let turns = 0; !state.finished && turns < 5000; turns++) {
        turn(play)
        checkState(play)
      }
      assert.ok(state.finished, 'it ends')
      assert.notEqual(state.finished.rule, 'stalled')
      checkLog(story.log, state, chance)
    } catch (error) {
      const { scheduler, budget } = state.definition
      throw new Error(`seed ${seed}: ${JSON.stringify({ scheduler, budget })} after ${story.log.length} events`, {
        cause: error,
      })
    }
  }
})
