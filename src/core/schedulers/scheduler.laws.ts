/** What every scheduler must hold, as property tests over mini-studies with everything that can go wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSettled } from '../trial.ts'
import { runStudy } from './mini-study.laws.ts'
import type { World } from './mini-world.laws.ts'
import type { RungView, SchedulerKind } from './scheduler.ts'

export interface LawSettings {
  readonly options?: { readonly [option: string]: unknown }
  /** Eta or whatever else the laws should vary. */
  readonly varied?: fc.Arbitrary<{ readonly [option: string]: unknown }>
  /** It is for one objective only. */
  readonly isSingle?: boolean
  /** Whether every trial is settled when the scheduler is done; else some may stay paused. */
  readonly isSettling: boolean
  /** How many trials may go on from a rung or round that so many arrived at. */
  allowed(rung: RungView, options: { readonly [option: string]: unknown }): number
}

interface Draw {
  readonly world: World
  readonly options: { readonly [option: string]: unknown }
}

/** A number in [0, 1) that belongs to these numbers: what happens to a trial, whenever it happens. */
export function chance(...address: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const part of address) {
    hash = Math.imul(hash ^ part, 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    hash ^= hash >>> 13
  }
  return (hash >>> 0) / 2 ** 32
}

/** Curves that fall, cross and sometimes tie; speeds that differ. */
export function aWorld(seed: number, world: Omit<World, 'value'>): World {
  return {
    value: (trial, epoch, objective) =>
      Math.round(20 * (chance(seed, trial, objective) + chance(seed, trial, objective, 1) / epoch)) / 20,
    duration: (trial, epoch) => 0.5 + chance(seed, trial, epoch, 2),
    ...world,
  }
}

const drawnWorlds: fc.Arbitrary<World> = fc
  .record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 12 }),
    maxEpochs: fc.integer({ min: 1, max: 30 }),
    minEpochs: fc.integer({ min: 1, max: 5 }),
    trials: fc.integer({ min: 1, max: 40 }),
    closesAfter: fc.option(fc.integer({ min: 0, max: 200 })),
    epochs: fc.option(fc.integer({ min: 1, max: 300 })),
    batch: fc.integer({ min: 1, max: 4 }),
    failing: fc.constantFrom(0, 0, 0.2, 1),
    ending: fc.constantFrom(0, 0.2),
    stopping: fc.constantFrom(0, 0.2),
    overrunning: fc.constantFrom(0, 0, 0.3),
    neverFinite: fc.constantFrom(0, 0, 0.3, 1),
    fitTakes: fc.constantFrom(0, 1, 5),
    fitFailing: fc.constantFrom(0, 0, 0.4),
    objectives: fc.constantFrom(1, 1, 1, 2),
  })
  .map(
    ({
      seed,
      failing,
      ending,
      stopping,
      overrunning,
      neverFinite,
      fitFailing,
      objectives,
      closesAfter,
      epochs,
      ...sizes
    }) => {
      const { maxEpochs } = sizes
      const someEpoch = (share: number, purpose: number) => (trial: number) =>
        chance(seed, trial, purpose) < share ? 1 + Math.floor(chance(seed, trial, purpose, 1) * maxEpochs) : null
      const usual = aWorld(seed, { ...sizes, minEpochs: Math.min(sizes.minEpochs, maxEpochs) })
      return {
        ...usual,
        value: (trial, epoch, objective) =>
          chance(seed, trial, 9) < neverFinite ? Infinity : usual.value(trial, epoch, objective),
        fitFails: (fit) => chance(seed, fit, 8) < fitFailing,
        failsAt: someEpoch(failing, 3),
        endsAt: someEpoch(ending, 4),
        stoppedAt: someEpoch(stopping, 5),
        overrun: (trial) => (chance(seed, trial, 6) < overrunning ? 1 : 0),
        directions: Array.from({ length: objectives }, () => 'minimize' as const),
        ...(closesAfter === null ? {} : { closesAfter }),
        ...(epochs === null ? {} : { epochs }),
      } satisfies World
    },
  )

export function schedulerLaws(kind: SchedulerKind, settings: LawSettings): void {
  const draws: fc.Arbitrary<Draw> = fc
    .tuple(drawnWorlds, settings.varied ?? fc.constant({}))
    .map(([world, varied]) => ({
      world: settings.isSingle ? { ...world, directions: ['minimize'] } : world,
      options: { ...settings.options, ...varied },
    }))
  const named = `${kind.name} ${JSON.stringify(settings.options ?? {})}`

  test(`${named}: every study ends, and no order, stop or promotion breaks the contract`, () => {
    const property = fc.property(draws, ({ world, options }) => {
      const course = runStudy(kind, options, world)
      for (const rung of course.rungs) assert.ok(rung.promoted <= settings.allowed(rung, options), JSON.stringify(rung))
      for (const verdict of course.verdicts)
        if (verdict.type === 'stop')
          assert.ok(
            (course.reached[verdict.trial] ?? 0) >= (world.minEpochs ?? 1),
            'nobody is judged before epochs.min',
          )
      if (world.epochs !== undefined) assert.ok(course.epochs <= world.epochs + overrunOf(course.orders, world))
    })
    fc.assert(property, { numRuns: 300 })
  })

  test(`${named}: a memory that is cloned after every notice goes on the same, and asking changes nothing`, () => {
    const property = fc.property(draws, ({ world, options }) => {
      const forgetful = runStudy(kind, options, { ...world, isForgetful: true })
      assert.deepEqual(forgetful, runStudy(kind, options, world))
    })
    fc.assert(property, { numRuns: 40 })
  })

  test(`${named}: maximising is minimising the negative`, () => {
    const property = fc.property(draws, ({ world, options }) => {
      const directions = world.directions?.map(() => 'maximize' as const) ?? ['maximize']
      const mirrored: World = { ...world, directions, value: (...at) => -world.value(...at) }
      assert.deepEqual(runStudy(kind, options, mirrored).decisions, runStudy(kind, options, world).decisions)
    })
    fc.assert(property, { numRuns: 60 })
  })

  test(`${named}: whatever subset of the trials fails, the study ends`, () => {
    const property = fc.property(
      draws,
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      ({ world, options }, fails) => {
        const { epochs: _, ...unbounded } = world
        const course = runStudy(kind, options, {
          ...unbounded,
          failsAt: (trial) => (fails[trial] ? 1 + (trial % world.maxEpochs) : null),
        })
        assert.equal(course.isDone, true)
        for (const state of course.states)
          assert.ok(isSettled(state) || (state === 'paused' && !settings.isSettling), state)
      },
    )
    fc.assert(property, { numRuns: 100 })
  })

  test(`${named}: every reason has a sentence of its own`, () => {
    const property = fc.property(draws, ({ world, options }) => {
      const course = runStudy(kind, options, world)
      const reasons = [
        ...course.orders.map(({ order }) => order.why),
        ...course.verdicts.flatMap((verdict) => ('why' in verdict ? [verdict.why] : [])),
      ]
      for (const why of reasons) assert.match(kind.explain(why, 'loss'), /^[a-z].* \d[^{}]*$/)
    })
    fc.assert(property, { numRuns: 40 })
  })
}

/** Epochs that the programs of this world trained beyond their orders. */
function overrunOf(orders: readonly { readonly trial: number }[], world: World): number {
  return orders.reduce((sum, { trial }) => sum + (world.overrun?.(trial) ?? 0), 0)
}
