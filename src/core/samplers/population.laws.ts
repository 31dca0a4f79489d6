/** What samplers that learn by generations must do, besides the laws of all samplers: `populationLaws(kind)`. */
import { test } from 'node:test'
import { deepEqual, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { branches, branchLoss, bowl, course, plane, type Course, type Outcome } from './course.laws.ts'
import { driven, resolvedOptions } from './sampler.laws.ts'
import type { Model, SamplerKind } from './sampler.ts'
import type { TestStudy } from './study-view.laws.ts'

export interface Crowd {
  readonly workers: number
  readonly trials: number
  readonly value: (configuration: Configuration) => number
  readonly seed?: number
  /** Called before each proposal. */
  readonly look?: (study: TestStudy) => void
}

/**
 * Lets it tune with many workers: trials end in any order, some take ten times as long as others, every ninth is lost and every tenth stays paused with
 * a report on its way. Gives what was found by the end.
 */
export function asynchronous(kind: SamplerKind, { workers, trials, value, seed = 7, look }: Crowd): Configuration[] {
  const epochs = { min: 1, max: 9, resource: 'epochs' }
  const { study, model } = driven(kind, plane, {}, { seed, epochs }, [3])
  const chance = stream(seed, 'crowd')
  const underWay: { readonly trial: number; readonly end: number }[] = []
  const configurations: Configuration[] = []
  for (let now = 0; configurations.length < trials;) {
    while (underWay.length < workers && configurations.length < trials) {
      look?.(study)
      const trial = configurations.length
      const [proposal] = model!().search({ history: { ...study.history(), slots: workers }, trial, count: 1 })
      ok(proposal && 'configuration' in proposal)
      const { configuration, note } = proposal
      configurations.push(configuration)
      study.add({ configuration, state: 'running', ...(note === undefined ? {} : { note }) })
      underWay.push({ trial, end: now + 1 + chance.uniform() + (chance.uniform() < 0.05 ? 9 : 0) })
    }
    underWay.sort((a, b) => b.end - a.end)
    const { trial, end } = underWay.pop()!
    now = end
    const loss = value(configurations[trial]!)
    const curve = Array.from({ length: 9 }, (_, epoch) => loss + 1 / (epoch + 1))
    if (trial % 9 === 8) study.change(trial, { state: 'running' })
    else if (trial % 10 === 9) study.change(trial, { state: 'paused', curve: curve.slice(0, 3) })
    else study.change(trial, { state: 'complete', curve })
  }
  return configurations
}

export const mixedSpace: SpaceDefinition = {
  parameters: {
    lr: { type: 'float', low: 1e-6, high: 1, log: true },
    layers: { type: 'int', low: 1, high: 8 },
    batch: { type: 'ordinal', values: [16, 32, 64, 128, 256] },
    optimizer: { type: 'categorical', choices: ['sgd', 'adam', 'adamw', 'rmsprop'] },
  },
  forbidden: [],
}

/** The most trials in a row that failed. */
export function longestFailing({ study, configurations }: Course): number {
  let inARow = 0
  let longest = 0
  for (const trial of configurations.keys()) {
    inARow = study.view.state(trial) === 'failed' ? inARow + 1 : 0
    longest = Math.max(longest, inARow)
  }
  return longest
}

export function populationLaws(kind: SamplerKind): void {
  const { name } = kind

  test(`${name}: in a conditional space it learns which branch is good and what is good in it`, () => {
    const value = branchLoss(0.3)
    const outcome: Outcome = (c) => ({ curve: [value(c)] })
    let found = 0
    for (const seed of [1, 2, 3]) {
      const { configurations } = course(kind, { space: branches, outcome, trials: 150, changes: { seed } })
      const late = configurations.slice(100)
      ok(late.filter(({ model }) => model === 'net').length > 30, `seed ${seed}: most proposals are in the good branch`)
      if (Math.min(...configurations.map(value)) < 0.01) found++
    }
    ok(found >= 2, `${found} of 3 studies found the best of the branch`)
  })

  test(`${name}: numbers, whole numbers, ordinals and categories are learnt together`, () => {
    const value = ({ lr, layers, batch, optimizer }: Configuration) =>
      (Math.log10(Number(lr)) + 3) ** 2 / 10 +
      Math.abs(Number(layers) - 6) / 10 +
      Math.abs(Math.log2(Number(batch)) - 7) / 10 +
      (optimizer === 'adamw' ? 0 : 0.3)
    for (const seed of [1, 2, 3]) {
      const outcome: Outcome = (c) => ({ curve: [value(c)] })
      const { configurations } = course(kind, { space: mixedSpace, outcome, trials: 150, changes: { seed } })
      // Of 150 even draws the best is 0.2 on average.
      ok(Math.min(...configurations.map(value)) < 0.02, `seed ${seed}: ${Math.min(...configurations.map(value))}`)
    }
  })

  test(`${name}: proposals follow from the history, whatever was kept of earlier ones`, () => {
    let compared = 0
    const look = (study: TestStudy) => {
      const trial = study.view.trialCount
      if (trial % 7 !== 0) return
      const history = study.history()
      const search = () => {
        const setup = { space: study.space, definition: study.definition, options: resolvedOptions(kind) }
        return kind.create(setup).model!.search({ history: structuredClone(history), trial, count: 3 })
      }
      const fresh = search()
      deepEqual(kept(study).search({ history, trial, count: 3 }), fresh)
      compared++
    }
    const models = new Map<TestStudy, Model>()
    const kept = (study: TestStudy): Model => {
      const setup = { space: study.space, definition: study.definition, options: resolvedOptions(kind) }
      const model = models.get(study) ?? kind.create(setup).model!
      models.set(study, model)
      return model
    }
    asynchronous(kind, { workers: 5, trials: 120, value: bowl(0.3, 0.6), look })
    ok(compared > 15)
  })

  for (const workers of [1, 8, 200])
    test(`${name}: with ${workers} workers, late, lost and paused trials nothing stalls, and it closes in`, () => {
      const value = bowl(0.3, 0.8)
      const configurations = asynchronous(kind, { workers, trials: workers === 200 ? 2000 : 300, value })
      const late = configurations.slice(-50).map((c) => Math.sqrt(value(c)))
      const median = late.toSorted((a, b) => a - b)[25]!
      ok(Math.sqrt(Math.min(...configurations.map(value))) < 0.02)
      ok(median < 0.15, `the latest lie ${median} away`)
    })

  test(`${name}: thirty near-identical trials cannot fail in a row`, () => {
    // All is well until trial 60. From then on the region that it has found fails, and it cannot know why.
    const isBad = ({ x, y }: Configuration) => Math.abs(Number(x) - 0.3) < 0.2 && Math.abs(Number(y) - 0.3) < 0.2
    const value = bowl(0.3, 0.3)
    const outcome: Outcome = (c, trial) => (trial >= 60 && isBad(c) ? { state: 'failed' } : { curve: [value(c)] })
    for (const seed of [1, 2, 3]) {
      const longest = longestFailing(course(kind, { outcome, trials: 160, changes: { seed } }))
      ok(longest <= 8, `${longest} failures in a row`)
    }
  })

  test(`${name}: where a whole region fails from the start, it is left alone`, () => {
    const outcome: Outcome = (c) => (Number(c['x']) < 0.6 ? { state: 'failed' } : { curve: [bowl(0.5, 0.5)(c)] })
    const { configurations } = course(kind, { outcome, trials: 100 })
    const failing = configurations.slice(60).filter(({ x }) => Number(x) < 0.6).length
    ok(failing < 20, `${failing} of the last 40 fail`)
    ok(Math.min(...configurations.filter(({ x }) => Number(x) >= 0.6).map(bowl(0.6, 0.5))) < 0.001)
  })

  test(`${name}: constraints are met, though what misses them has the smaller loss`, () => {
    const outcome: Outcome = (c) => ({ curve: [bowl(0.1, 0.1)(c)], violations: [0.4 - Number(c['x'])] })
    const changes = { constraints: [{ metric: 'x', atLeast: 0.4 }] }
    const { configurations } = course(kind, { outcome, trials: 120, changes })
    const feasible = configurations.filter(({ x }) => Number(x) >= 0.4)
    ok(Math.min(...feasible.map(bowl(0.4, 0.1))) < 0.002)
    ok(configurations.slice(60).filter(({ x }) => Number(x) >= 0.4).length > 20)
  })

  test(`${name}: of several objectives it finds the front`, () => {
    const losses = (c: Configuration) => [bowl(0.2, 0.5)(c), bowl(0.8, 0.5)(c)]
    const objectives: StudyDefinition['objectives'] = ['a', 'b'].map((metric) => ({
      metric,
      direction: 'minimize',
      value: 'last',
    }))
    const outcome: Outcome = (c) => ({ curve: [losses(c)] })
    const { configurations } = course(kind, { outcome, trials: 200, changes: { objectives } })
    // The front is the line from (0.2, 0.5) to (0.8, 0.5). Of 200 even draws 14 are as near to it.
    const near = configurations.filter(
      ({ x, y }) => Math.hypot(Math.max(0, 0.2 - Number(x), Number(x) - 0.8), Number(y) - 0.5) < 0.05,
    )
    ok(near.length > 50, `${near.length} of 200 near the front`)
    const tenths = new Set(near.map(({ x }) => Math.floor(10 * Number(x))))
    ok([2, 3, 4, 5, 6, 7].filter((tenth) => tenths.has(tenth)).length >= 5, 'all along')
  })
}
