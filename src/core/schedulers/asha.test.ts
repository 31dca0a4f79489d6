import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asha } from './asha.ts'
import { openStudy, runStudy } from './mini-study.laws.ts'
import { aDefinition, resolved, type World } from './mini-world.laws.ts'
import { rungEpochs } from './rungs.ts'
import type { Order, Scheduler, SchedulerKind } from './scheduler.ts'
import { aWorld, chance, schedulerLaws } from './scheduler.laws.ts'
import { lossAt } from './standing.ts'

const etas = fc.constantFrom(2, 2.5, 3, 4).map((eta) => ({ eta }))

schedulerLaws(asha, {
  options: { form: 'promotion' },
  isSettling: false,
  varied: etas,
  allowed: ({ arrived }) => arrived,
})
schedulerLaws(asha, {
  options: { form: 'stopping' },
  isSettling: true,
  varied: etas,
  allowed: ({ arrived }) => arrived,
})

interface NaiveRung {
  /** Losses by trial; failed ones are infinite. */
  readonly losses: Map<number, number>
  readonly promoted: Set<number>
}

/** Algorithm 2 of the paper as it is written: every question sorts the whole rung. Failures, and nothing else that can go wrong. */
function naivePromotion(
  epochs: readonly number[],
  eta: number,
): Scheduler<{ rungs: NaiveRung[]; on: Map<number, number>; gone: Set<number>; closed: boolean }> {
  const sorted = ({ losses }: NaiveRung): number[] =>
    [...losses.keys()].sort((a, b) => Math.sign((losses.get(a) ?? 0) - (losses.get(b) ?? 0)) || a - b)
  return {
    start: () => ({
      rungs: epochs.map(() => ({ losses: new Map(), promoted: new Set() })),
      on: new Map(),
      gone: new Set(),
      closed: false,
    }),
    evolve(memory, notice, study) {
      if (notice.type === 'closed') memory.closed = true
      if (notice.type === 'ordered') {
        const before = memory.on.get(notice.trial) ?? -1
        memory.rungs[before]?.promoted.add(notice.trial)
        memory.on.set(notice.trial, before + 1)
      }
      if (notice.type === 'arrived' || notice.type === 'failed') {
        const rung = memory.on.get(notice.trial) ?? 0
        const loss = notice.type === 'arrived' ? lossAt(study, notice.trial, epochs[rung] ?? 0) : Infinity
        memory.rungs[rung]?.losses.set(notice.trial, loss)
        if (notice.type === 'failed' || notice.complete) memory.gone.add(notice.trial)
      }
    },
    decide: () => null,
    next(memory, study, limit) {
      const orders: Order[] = []
      const why = { rule: 'naive' }
      for (let k = epochs.length - 2; k >= 0; k--) {
        const rung = memory.rungs[k] as NaiveRung
        const top = sorted(rung).slice(0, Math.floor(rung.losses.size / eta))
        for (const trial of top) {
          if (!rung.promoted.has(trial) && !memory.gone.has(trial))
            orders.push({ type: 'resume', trial, until: epochs[k + 1] as number, why })
        }
      }
      const start: Order = { type: 'start', until: epochs[0] as number, why }
      const isOpen = !memory.closed && study.canCreate
      return [...orders, ...Array.from({ length: isOpen ? limit : 0 }, () => start)].slice(0, limit)
    },
    isDone: (memory) => memory.closed,
  }
}

test('until it is closed, promotion decides as the algorithm of the paper', () => {
  const draws = fc.record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 9 }),
    maxEpochs: fc.integer({ min: 1, max: 30 }),
    eta: fc.constantFrom(2, 3, 4),
    failing: fc.constantFrom(0, 0.3),
  })
  const property = fc.property(draws, ({ seed, slots, maxEpochs, eta, failing }) => {
    const world = aWorld(seed, {
      slots,
      maxEpochs,
      trials: 60,
      failsAt: (trial) => (chance(seed, trial, 3) < failing ? 1 + (trial % maxEpochs) : null),
    })
    const epochs = rungEpochs({ minEpochs: 1, maxEpochs, eta })
    const naive: SchedulerKind = {
      ...asha,
      options: {},
      resolve: () => ({ options: {}, problems: [] }),
      create: () => naivePromotion(epochs, eta),
    }
    const upToLastStart = (decisions: readonly string[]): readonly string[] =>
      decisions.slice(0, decisions.findIndex((line) => line.startsWith('start 59 ')) + 1)
    const expected = upToLastStart(runStudy(untilClosed(naive), {}, world).decisions)
    assert.ok(expected.length >= 60)
    assert.deepEqual(upToLastStart(runStudy(asha, { eta, form: 'promotion' }, world).decisions), expected)
  })
  fc.assert(property, { numRuns: 150 })
})

/** What the naive one does after the last start is no matter: it is asked nothing more. */
function untilClosed(kind: SchedulerKind): SchedulerKind {
  const create: SchedulerKind['create'] = (setup) => {
    const scheduler = kind.create(setup)
    const next: Scheduler['next'] = (memory, study, limit) =>
      study.canCreate ? scheduler.next(memory, study, limit) : []
    return { ...scheduler, next }
  }
  return { ...kind, create }
}

test('a free slot promotes the best of the best third from the top rung down, and else starts a trial', () => {
  const world: World = { slots: 1, maxEpochs: 9, trials: 9, value: (trial) => trial }
  const { decisions } = runStudy(asha, { eta: 3, form: 'promotion' }, world)
  const rounds = ['start 0 1,start 1 1,start 2 1,resume 0 3', 'start 3 1,start 4 1,start 5 1,resume 1 3']
  assert.deepEqual(decisions.join(), [...rounds, 'start 6 1,start 7 1,start 8 1,resume 2 3,resume 0 9'].join())
})

test('a study of few trials still trains its best one to the end', () => {
  const course = runStudy(
    asha,
    { eta: 3, form: 'promotion' },
    { slots: 2, maxEpochs: 9, trials: 2, value: (trial) => trial },
  )
  assert.deepEqual(course.decisions, ['start 0 1', 'start 1 1', 'resume 0 3', 'resume 0 9'])
  assert.equal(course.orders.at(-1)?.order.why.rule, 'rung-best')
  assert.deepEqual(course.states, ['complete', 'paused'])
})

test('the best of a rung goes on only when nobody can come any more who may be better', () => {
  const world: World = { slots: 2, maxEpochs: 9, trials: 2, value: (trial) => -trial, duration: (trial) => 1 + trial }
  const { decisions } = runStudy(asha, { eta: 3, form: 'promotion' }, world)
  assert.deepEqual(decisions, ['start 0 1', 'start 1 1', 'resume 1 3', 'resume 1 9'])
})

test('stopping: of the first arrivals only the best so far go on, later the best third', () => {
  const values = [5, 6, 4, 9, 4.5, 3]
  const course = runStudy(
    asha,
    { eta: 3, form: 'stopping' },
    { slots: 1, maxEpochs: 3, trials: 6, value: (trial) => values[trial] ?? 0 },
  )
  // 0: the best of 1. 1: not the best of 2. 2: the best of 3. 3 and 4: not. 5: among the best two of six.
  assert.deepEqual(course.states, ['complete', 'stopped', 'complete', 'stopped', 'stopped', 'complete'])
  assert.deepEqual(course.verdicts[2], {
    type: 'stop',
    trial: 4,
    why: { rule: 'rung-cut', rung: 0, epoch: 1, value: 4.5, cut: 4, kept: 1, of: 5 },
  })
  assert.equal(
    asha.explain(course.verdicts[2]?.type === 'stop' ? course.verdicts[2].why : { rule: '' }, 'loss'),
    'stopped at epoch 1: its loss 4.5 was not among the best 1 of 5 there so far (cut 4)',
  )
})

test('stopping decides by sorting all that were recorded on the rung before', () => {
  const draws = fc.record({ seed: fc.nat(), maxEpochs: fc.integer({ min: 1, max: 30 }), eta: fc.constantFrom(2, 3, 4) })
  const property = fc.property(draws, ({ seed, maxEpochs, eta }) => {
    const world = aWorld(seed, { slots: 1, maxEpochs, trials: 40 })
    const rungs = rungEpochs({ minEpochs: 1, maxEpochs, eta }).slice(0, -1)
    const recorded = rungs.map((): number[] => [])
    const expected = Array.from({ length: 40 }, (_, trial) => {
      const stop = rungs.findIndex((epoch, rung) => {
        const losses = recorded[rung] as number[]
        const ahead = losses.filter((loss) => loss <= world.value(trial, epoch, 0)).length
        losses.push(world.value(trial, epoch, 0))
        return ahead >= Math.max(Math.floor(losses.length / eta), 1)
      })
      return rungs[stop] ?? maxEpochs
    })
    assert.deepEqual(runStudy(asha, { eta, form: 'stopping' }, world).reached, expected)
  })
  fc.assert(property, { numRuns: 100 })
})

test('a report that passes several rungs is judged on the highest, one at the last epoch not at all', () => {
  const definition = aDefinition({ slots: 1, maxEpochs: 27, value: () => 0 })
  const scheduler = asha.create({ definition, options: { eta: 3, form: 'stopping' } })
  const losses = [1, 2]
  const view = {
    ...openStudy(asha, {}, { slots: 1, maxEpochs: 27, value: () => 0 }).view,
    loss: (trial: number) => losses[trial] ?? 0,
  }
  const afterReportsAt = (epoch: number): unknown => {
    const memory = scheduler.start()
    for (const trial of [0, 1]) {
      scheduler.evolve(memory, { type: 'ordered', trial, until: 27, isNew: true, tag: undefined }, view)
      scheduler.evolve(memory, { type: 'reported', trial, epoch }, view)
    }
    const arrived = scheduler.rungs?.(memory, view).map((rung) => [rung.epoch, rung.arrived, rung.promoted])
    return { arrived, verdict: scheduler.decide(memory, view)?.type }
  }
  assert.deepEqual(afterReportsAt(10), {
    arrived: [
      [1, 0, 0],
      [3, 0, 0],
      [9, 2, 1],
    ],
    verdict: 'stop',
  })
  assert.deepEqual(afterReportsAt(27), {
    arrived: [
      [1, 0, 0],
      [3, 0, 0],
      [9, 0, 0],
    ],
    verdict: undefined,
  })
})

test('several objectives: the leaders of a rung are those that the study ranks first', () => {
  const value = (trial: number, _epoch: number, objective: number): number => (objective === 0 ? trial : 2 * trial)
  const course = runStudy(
    asha,
    { eta: 3, form: 'promotion' },
    { slots: 1, maxEpochs: 3, trials: 6, directions: ['minimize', 'minimize'], value },
  )
  assert.deepEqual(
    course.orders.filter(({ isNew }) => !isNew).map(({ trial }) => trial),
    [0, 1],
  )
})

test('trials that can pause are promoted, others are stopped', () => {
  const formOf = (resumable: boolean): unknown => {
    const definition = aDefinition({ slots: 1, maxEpochs: 9, resumable, value: () => 0 })
    return resolved(asha, definition, {}, 1)['form']
  }
  assert.deepEqual([formOf(true), formOf(false)], ['promotion', 'stopping'])
  assert.deepEqual([asha.pauses({ form: 'promotion' }), asha.pauses({ form: 'stopping' })], [true, false])
})
