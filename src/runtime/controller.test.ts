import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../core/study/events.ts'
import { newVerifier } from '../core/study/verify.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { SimulatedCrash, memoryStore } from '../stores/memory.ts'
import { algorithms, smallWorld } from './small-world.laws.ts'

const hour = 3_600_000

type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>

function ofType<T extends Event['type']>(events: readonly Event[], type: T): Of<T>[] {
  return events.filter((event): event is Of<T> => event.type === type)
}

/** A store whose appends fail from the n-th on, and that then cannot take a lease back either. */
function failing(from: number, error: Error): Store {
  const store = memoryStore()
  const append = store.append.bind(store)
  const acquire = store.acquire.bind(store)
  let appends = 0
  return Object.assign(store, {
    append: (...words: Parameters<Store['append']>) => (++appends >= from ? Promise.reject(error) : append(...words)),
    acquire: async (...words: Parameters<Store['acquire']>) => {
      const lease = await acquire(...words)
      return { ...lease, release: () => Promise.reject(new Error('nor can this be written')) }
    },
  })
}

test('a study runs to its end and its controller leaves', async () => {
  const world = smallWorld()
  const controller = await world.open()
  await world.pass(hour, controller)
  await controller.left
  const { state } = controller.study
  assert.deepEqual([state.counts.complete, state.epochsTrained, state.finished?.rule], [4, 32, 'trial-budget'])
  assert.equal((await world.events()).at(-1)?.type, 'ControllerLeft')
  assert.equal((await world.store.studies())[0]?.owner, null, 'the lease is handed back')
  await assert.rejects(controller.submit({ type: 'PauseRequested', by: 'late' }), /has left/)
})

test('when the store cannot write, `left` rejects with that error, whatever comes of the lease', async () => {
  const full = new ForetuneError('STORE_FULL', 'no room', { exit: 3 })
  const world = smallWorld({ store: failing(4, full) })
  const controller = await world.open()
  const asked = controller.submit({ type: 'PauseRequested', by: 'test' })
  asked.catch(() => undefined)
  await world.pass(hour, controller)
  await assert.rejects(controller.left, full)
  await asked
  const unheard = controller.submit({ type: 'ResumeRequested', by: 'test' })
  await assert.rejects(unheard, /has left/)
})

test('whoever waits for a fact that could not be recorded hears why', async () => {
  const full = new ForetuneError('STORE_FULL', 'no room', { exit: 3 })
  const world = smallWorld({ store: failing(2, full) })
  const controller = await world.open()
  await assert.rejects(controller.submit({ type: 'PauseRequested', by: 'test' }), full)
  await assert.rejects(controller.left, full)
})

test('a study that cannot be created says why, not that its lease could not be handed back', async () => {
  const full = new ForetuneError('STORE_FULL', 'no room', { exit: 3 })
  const world = smallWorld({ store: failing(1, full) })
  await assert.rejects(world.open(), full)
})

test('an executor that cannot be opened leaves no owner behind', async () => {
  const world = smallWorld()
  const broken = new Error('no such machine')
  await assert.rejects(
    world.open({
      executor: () => {
        throw broken
      },
    }),
    broken,
  )
  assert.equal((await world.store.studies())[0]?.owner, null)
  const controller = await world.open()
  await world.pass(hour, controller)
  assert.equal(controller.study.state.counts.complete, 4)
})

test('a wall clock that is set back between two sessions stops no time: budgets and timeouts go on', async () => {
  const world = smallWorld({
    definition: { budget: { timeMs: 60_000 }, failures: { retries: 0, graceMs: 0, stopStudyAfter: 50 } },
  })
  const first = await world.open()
  await world.pass(20_000, first)
  await world.crash(first)
  world.setClock(-5 * hour)
  const second = await world.open()
  await world.pass(39_000, second)
  const finished = (): string | undefined => second.study.state.finished?.rule
  assert.equal(finished(), undefined, 'not before its time')
  await world.pass(10_000, second)
  assert.equal(finished(), 'time-budget')
  const { elapsedMs } = second.study.state
  assert.ok(elapsedMs >= 60_000 && elapsedMs < 62_000, `${elapsedMs} ms were counted`)

  const times = (await world.events()).map(({ at }) => at)
  assert.deepEqual(times, times.toSorted((a, b) => a - b), 'time never runs backwards') // prettier-ignore
})

test('a wall clock that is set forward between two sessions counts in no budget', async () => {
  const world = smallWorld({ definition: { budget: { timeMs: 60_000 } } })
  const first = await world.open()
  await world.pass(20_000, first)
  await world.crash(first)
  world.setClock(30 * hour)
  const second = await world.open()
  await world.pass(30_000, second)
  const finished = (): string | undefined => second.study.state.finished?.rule
  assert.equal(finished(), undefined)
  await world.pass(15_000, second)
  assert.equal(finished(), 'time-budget')
})

test('silence counts only while somebody listens', async () => {
  const failures = { retries: 0, graceMs: 0, noReportForMs: 1500, stopStudyAfter: 50 }
  const world = smallWorld({ definition: { failures } })
  const first = await world.open()
  await world.pass(3_500, first)
  await world.crash(first)
  // Nobody is there for half an hour, on the clock; its trials report every second as before.
  world.setClock(hour / 2)
  const second = await world.open()
  await world.pass(hour, second)
  assert.equal(ofType(await world.events(), 'AttemptOverdue').length, 0)
  assert.equal(second.study.state.counts.complete, 4)
})

test('silence and time of one attempt are over when they are, and the trial is tried again or fails', async () => {
  for (const [limit, cause] of [
    [{ noReportForMs: 900 }, 'silence'],
    [{ timeoutMs: 3_500 }, 'timeout'],
  ] as const) {
    const failures = { retries: 1, graceMs: 0, stopStudyAfter: 50, ...limit }
    const world = smallWorld({ definition: { failures, budget: { trials: 2 } } })
    const controller = await world.open()
    await world.pass(hour, controller)
    const overdue = ofType(await world.events(), 'AttemptOverdue')
    assert.deepEqual([...new Set(overdue.map((event) => event.cause))], [cause])
    const { trials } = controller.study.state
    for (const { state, attempts, why } of trials) {
      assert.deepEqual([state, attempts.length, why?.rule], ['failed', 2, cause])
    }
  }
})

test('killed, it leaves at once with all that was said, and no trial is to blame', async () => {
  const world = smallWorld({
    definition: { failures: { retries: 0, graceMs: 2 * hour, stopStudyAfter: 9 } },
    world: { saveMs: hour },
  })
  const controller = await world.open()
  await world.pass(3_500, controller)
  void controller.submit({ type: 'StopRequested', by: 'SIGINT' })
  await world.pass(1_000, controller)
  assert.equal(controller.study.state.live.size, 2, 'it waits for them to save')
  controller.kill('SIGINT')
  await world.pass(1_000, controller)
  await controller.left
  const { state } = controller.study
  assert.equal(state.live.size, 0)
  assert.deepEqual(state.trials.map(({ failures, losses }) => failures + losses), [0, 0]) // prettier-ignore
  const next = await world.open()
  await world.pass(2 * hour, next)
  assert.equal(next.study.state.counts.complete, 4)
})

test('`leave` while attempts run hands the lease back and leaves them to the next controller', async () => {
  const world = smallWorld()
  const first = await world.open()
  await world.pass(3_500, first)
  await first.leave('moved')
  assert.equal((await world.store.studies())[0]?.owner, null)
  await world.pass(2_000)
  const second = await world.open()
  await world.pass(hour, second)
  const events = await world.events()
  assert.equal(ofType(events, 'StartAttempt').length, 4, 'adopted, not started again')
  assert.equal(ofType(events, 'TrialReported').length, 32)
})

test('slots change while it runs, and never more attempts run than there are', async () => {
  const world = smallWorld()
  const controller = await world.open()
  await world.pass(1_500, controller)
  await controller.submit({ type: 'SlotsChanged', slots: 1 })
  await world.pass(hour, controller)
  assert.equal(controller.study.state.counts.complete, 4)
  let running = 0
  let slots = 2
  for (const event of await world.events()) {
    if (event.type === 'SlotsChanged') slots = event.slots
    if (event.type === 'StartAttempt') assert.ok(++running <= slots)
    if (event.type === 'AttemptEnded') running--
  }
  assert.equal(slots, 1)
})

test('what became overdue while a write was under way is looked at anew: an attempt that has ended meanwhile is not', async () => {
  const store = memoryStore()
  const append = store.append.bind(store)
  let writing = Promise.resolve()
  const world = smallWorld({
    store: Object.assign(store, {
      append: (...words: Parameters<Store['append']>) => writing.then(() => append(...words)),
    }),
    definition: {
      failures: { retries: 1, graceMs: 1000, stopStudyAfter: 20, timeoutMs: 8_200 },
      budget: { trials: 2 },
    },
  })
  const controller = await world.open()
  await world.pass(6_900, controller)
  const held = Promise.withResolvers<void>()
  writing = held.promise
  await world.pass(2_000, controller)
  held.resolve()
  await world.pass(hour, controller)
  await controller.left
  const events = await world.events()
  assert.deepEqual(ofType(events, 'AttemptOverdue'), [])
  const verifier = newVerifier(algorithms)
  events.forEach((event, index) => verifier.take(index + 1, event))
  assert.deepEqual(verifier.end().problems, [])
})

test('a checkpoint that was to go when the controller crashed goes when the next one begins', async () => {
  let isCrash = false
  const store = memoryStore({ failAppend: () => (isCrash ? 'after' : false) })
  const deleted: number[] = []
  const world = smallWorld({ store, definition: { checkpoints: { keep: 0 }, budget: { trials: 2 } } })
  const executor = () => ({ ...world.executor(), deleteCheckpoint: (trial: number) => void deleted.push(trial) })
  const controller = await world.open({ executor })
  await world.pass(7_900, controller)
  isCrash = true
  await world.pass(hour, controller)
  await assert.rejects(controller.left, SimulatedCrash)
  isCrash = false
  const decided = ofType(await world.events(), 'DeleteCheckpoint').map(({ trial }) => trial)
  assert.ok(decided.length > 0)
  assert.deepEqual(deleted, [])
  await world.open({ executor })
  assert.deepEqual(deleted, decided)
})
