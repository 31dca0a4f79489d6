/**
 * Small studies for the tests of views: the log of a simulated world in which slots train one epoch in turn. What a program says and how it
 * fails is given; every decision is the study's own.
 */
import type { Configuration, Metrics, Outcome } from '../../trial.ts'
import { isSettled } from '../../trial.ts'
import { samplers } from '../../samplers/index.ts'
import { schedulers } from '../../schedulers/index.ts'
import type { StudyDefinition } from '../definition.ts'
import type { Event, Fact } from '../events.ts'
import { evolve } from '../evolve.ts'
import { fitInput, predictorOf } from '../fit-input.ts'
import { step } from '../step.ts'
import { createStudy } from '../study.ts'
import type { Algorithms, Study } from '../study.ts'

export const algorithms: Algorithms = { samplers, schedulers }

export interface SmallWorld {
  readonly definition?: Partial<StudyDefinition>
  readonly slots?: number
  /** What a trial reports at an epoch; default: its x plus 1 / epoch. */
  readonly report?: (configuration: Configuration, epoch: number, trial: number) => Metrics
  /** How an attempt ends that trained up to `epoch`; null = it trains on. */
  readonly endsAt?: (trial: number, epoch: number, attempt: number) => Outcome | null
  /** Predictors that cannot be had, by number. */
  readonly fitFails?: (fit: number) => boolean
  /** Facts in between, after so many events. */
  readonly facts?: readonly { readonly after: number; readonly fact: FactWithoutTime }[]
  /** Stop after so many events, wherever the study is. */
  readonly events?: number
}

type WithoutTime<F> = F extends Fact ? Omit<F, 'at' | 'more'> : never
type FactWithoutTime = WithoutTime<Fact>

export const startedAt = 1_700_000_000_000

export function aDefinition(given: Partial<StudyDefinition> = {}): StudyDefinition {
  return {
    name: 'small',
    space: {
      parameters: { x: { type: 'float', low: 0, high: 1 }, kind: { type: 'categorical', choices: ['a', 'b'] } },
      forbidden: [],
    },
    objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
    constraints: [],
    epochs: { min: 1, max: 9, resource: 'epochs' },
    sampler: { type: 'random' },
    scheduler: schedulerOf('asha', { eta: 3 }),
    budget: { trials: 9 },
    failures: { retries: 1, graceMs: 1000, stopStudyAfter: 20 },
    resumable: true,
    lingerMs: 0,
    checkpoints: { keep: 3 },
    seed: 7,
    initial: [],
    ...given,
  }
}

/** An algorithm with its defaults, not yet resolved for a study. */
export function schedulerOf(
  type: string,
  options: { readonly [option: string]: unknown } = {},
): StudyDefinition['scheduler'] {
  const defaults = Object.entries(schedulers[type]?.options ?? {}).map(([name, spec]) => [name, spec.default] as const)
  return { type, ...Object.fromEntries(defaults), ...options }
}

/** What is recorded: the options that depend on the study have their final value. */
function resolved(definition: StudyDefinition, slots: number): StudyDefinition {
  const { type, ...options } = definition.scheduler
  const found = schedulers[type]?.resolve({ definition, options, slots })
  return { ...definition, scheduler: { type, ...found?.options } }
}

export interface SmallStudy {
  readonly study: Study
  readonly log: readonly { readonly seq: number; readonly event: Event }[]
}

export function aStudy(world: SmallWorld = {}): SmallStudy {
  const { slots = 2, events: limit = 50_000, facts: planned = [] } = world
  const log: { seq: number; event: Event }[] = []
  let at = startedAt
  const definition = resolved(aDefinition(world.definition), slots)
  const created: Fact & { readonly type: 'StudyCreated' } = {
    type: 'StudyCreated',
    at,
    version: '0',
    definition,
    program: null,
    directory: '/studies/small',
  }
  const study = createStudy(created, algorithms)
  log.push({ seq: 1, event: created })
  const take = (fact: FactWithoutTime): void => {
    at += 1000
    for (const event of step(study, [{ ...fact, at } as Fact])) log.push({ seq: log.length + 1, event })
  }
  take({ type: 'ControllerStarted', fence: 1, host: 'here', pid: 1, version: '0', slots })
  const waiting = [...planned]
  while (log.length < limit) {
    const next = waiting[0]
    if (next && log.length >= next.after) {
      waiting.shift()
      take(next.fact)
      continue
    }
    const fact = nextFact(study, world)
    if (!fact) break
    take(fact)
  }
  if (study.state.finished) take({ type: 'ControllerLeft', why: study.state.finished.rule })
  return { study, log }
}

/** Predictors are trained at once. The live trial that has trained least goes on; those at their limit end when no other has anything to do. */
function nextFact(study: Study, world: SmallWorld): FactWithoutTime | null {
  const { state } = study
  for (const [fit, request] of state.fits) {
    if (world.fitFails?.(fit)) return { type: 'PredictorFailed', fit, why: { rule: 'annealer-unreachable' } }
    const model = predictorOf(request.predictor).fit(fitInput(study.view, request))
    return { type: 'PredictorFitted', fit, model }
  }
  const live = [...state.live].map((number) => state.trials[number]).filter((trial) => trial?.live)
  let atLimit: FactWithoutTime | null = null
  let training: { fact: FactWithoutTime; epoch: number } | null = null
  for (const trial of live) {
    if (!trial?.live) continue
    const { attempt, epoch, until, lines, stopping, released } = trial.live
    const end = (outcome: Outcome): FactWithoutTime => ({ type: 'AttemptEnded', trial: trial.number, attempt, outcome })
    const own = world.endsAt?.(trial.number, epoch, attempt)
    if (own) return end(own)
    if (stopping || released || isSettled(trial.state)) return end({ type: 'exited', code: 0 })
    if (epoch >= until) {
      atLimit ??= end({ type: 'exited', code: 0 })
    } else if (!training || epoch < training.epoch) {
      const metrics = (world.report ?? plainReport)(trial.configuration, epoch + 1, trial.number)
      training = {
        epoch,
        fact: { type: 'TrialReported', trial: trial.number, attempt, line: lines + 1, epoch: epoch + 1, metrics },
      }
    }
  }
  return training?.fact ?? atLimit
}

function plainReport(configuration: Configuration, epoch: number): Metrics {
  return { loss: Number(configuration['x']) + 1 / epoch }
}

/** The same study, folded anew from its log. */
export function folded(log: SmallStudy['log']): Study {
  const [first, ...rest] = log
  const study = createStudy(first?.event as Fact & { readonly type: 'StudyCreated' }, algorithms)
  for (const { event } of rest) evolve(study, event)
  return study
}

/** The trials' numbers that a story, a table or a picture is about: by state. */
export function trialsIn(study: Study, state: string): number[] {
  return study.state.trials.filter((trial) => trial.state === state).map((trial) => trial.number)
}
