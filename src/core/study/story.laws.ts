/** A study for stories: facts in, decisions out. Defaults for everything, so that each option a story sets matters to it. */
import type { Metrics, Outcome } from '../trial.ts'
import { samplers } from '../samplers/index.ts'
import { schedulers } from '../schedulers/index.ts'
import type { StudyDefinition } from './definition.ts'
import type { Decision, Event, Fact } from './events.ts'
import { isDecision } from './events.ts'
import { step } from './step.ts'
import { createStudy } from './study.ts'
import type { Algorithms, Study } from './study.ts'

export const plainDefinition: StudyDefinition = {
  name: 'story',
  space: { parameters: { x: { type: 'float', low: 0, high: 1 } }, forbidden: [] },
  objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
  constraints: [],
  epochs: { min: 1, max: 9, resource: 'epochs' },
  sampler: { type: 'random' },
  scheduler: { type: 'none' },
  budget: { trials: 4 },
  failures: { retries: 1, graceMs: 1000, stopStudyAfter: 20 },
  resumable: true,
  lingerMs: 1000,
  checkpoints: { keep: 'all' },
  seed: 7,
  initial: [],
}

type Undated<F> = F extends Fact ? Omit<F, 'at'> & { readonly at?: number } : never

export interface Story {
  readonly study: Study
  readonly log: Event[]
  /** Folds one batch of facts and returns the decisions that followed, in short: `StartAttempt 0 -> 9`. */
  tell(...facts: Undated<Fact>[]): string[]
  decisions(): Decision[]
  time: number
}

export function aStory(
  changes: Partial<StudyDefinition> = {},
  slots = 1,
  algorithms: Algorithms = { samplers, schedulers },
): Story {
  const definition = resolved({ ...plainDefinition, ...changes }, slots)
  const created: Fact & { type: 'StudyCreated' } = {
    type: 'StudyCreated',
    at: 0,
    version: '0',
    definition,
    program: null,
    directory: '',
  }
  const study = createStudy(created, algorithms)
  const log: Event[] = [created]
  const story: Story = {
    study,
    log,
    time: 0,
    tell(...facts) {
      const events = step(
        study,
        facts.map((fact) => ({ ...fact, at: fact.at ?? story.time }) as Fact),
      )
      log.push(...events)
      return events.filter(isDecision).map(inShort)
    },
    decisions: () => log.filter(isDecision),
  }
  return story
}

function resolved(definition: StudyDefinition, slots: number): StudyDefinition {
  const kind = schedulers[definition.scheduler.type]
  if (!kind) throw new Error(`no scheduler ${definition.scheduler.type}`)
  const options: { [name: string]: unknown } = {}
  for (const [name, spec] of Object.entries(kind.options)) options[name] = spec.default
  const { options: final } = kind.resolve({ definition, options: { ...options, ...definition.scheduler }, slots })
  return { ...definition, scheduler: { ...final, type: kind.name } }
}

export function opened(slots = 1): Undated<Fact> {
  return { type: 'ControllerStarted', fence: 1, host: 'here', pid: 1, version: '0', slots }
}

export function report(trial: number, epoch: number, loss: number, attempt = 1, line = epoch): Undated<Fact> {
  const metrics: Metrics = { loss }
  return { type: 'TrialReported', trial, attempt, line, epoch, metrics }
}

export function ended(trial: number, outcome: Outcome = { type: 'exited', code: 0 }, attempt = 1): Undated<Fact> {
  return { type: 'AttemptEnded', trial, attempt, outcome }
}

export function inShort(decision: Decision): string {
  switch (decision.type) {
    case 'CreateTrial':
      return `CreateTrial ${decision.trial}`
    case 'StartAttempt':
      return `StartAttempt ${decision.trial}.${decision.attempt} ${decision.from} -> ${decision.until}`
    case 'RaiseUntil':
      return `RaiseUntil ${decision.trial} -> ${decision.until}`
    case 'StopTrial':
    case 'FailTrial':
      return `${decision.type} ${decision.trial} ${decision.why.rule}`
    case 'ReleaseTrial':
    case 'StopAttempt':
    case 'DeleteCheckpoint':
      return `${decision.type} ${decision.trial}`
    case 'Conclude':
      return `Conclude ${decision.topic}`
    case 'ProposeConfigurations':
      return `ProposeConfigurations ${decision.trial} x ${decision.count}`
    case 'FitPredictor':
      return `FitPredictor ${decision.fit} ${decision.known} -> ${decision.target}`
    case 'CloseSampling':
    case 'FinishStudy':
      return `${decision.type} ${decision.why.rule}`
  }
}
