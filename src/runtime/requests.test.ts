import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../core/study/events.ts'
import { newVerifier } from '../core/study/verify.ts'
import type { Json } from '../core/trial.ts'
import { virtualClock } from '../simulation/virtual-clock.ts'
import type { Controller } from './controller.ts'
import { perform } from './perform.ts'
import { serveRequests } from './requests.ts'
import { algorithms, smallWorld } from './small-world.laws.ts'
import type { SmallWorld } from './small-world.laws.ts'

const hour = 3_600_000

async function served(): Promise<{ readonly world: SmallWorld; readonly controller: Controller }> {
  const world = smallWorld()
  const controller = await world.open()
  serveRequests(controller, world.store, world.clock)
  return { world, controller }
}

async function asked(world: SmallWorld, type: string, data: { readonly [key: string]: Json } = {}): Promise<number> {
  return world.store.request('small', type, { by: 'somebody', ...data })
}

const requestsIn = (events: readonly Event[]): number[] =>
  events.flatMap((event) => ('request' in event && event.request !== undefined ? [event.request] : []))

test('pause, resume and stop are served within a moment, answered, and recorded with who asked', async () => {
  const { world, controller } = await served()
  const pause = await asked(world, 'pause')
  await world.pass(1_000, controller)
  assert.deepEqual(await world.store.answered('small', pause), { done: true })
  assert.equal(controller.study.state.paused, 'somebody')
  await world.pass(20_000, controller)
  assert.equal(controller.study.state.trials.length, 2, 'nothing more is started')
  const resume = await asked(world, 'resume')
  await world.pass(3_000, controller)
  assert.deepEqual(await world.store.answered('small', resume), { done: true })
  assert.equal(controller.study.state.trials.length, 4)
  await asked(world, 'stop')
  await world.pass(hour, controller)
  await controller.left
  assert.equal(controller.study.state.finished, null)
  assert.equal(controller.study.state.live.size, 0)
  assert.deepEqual(requestsIn(await world.events()), [1, 2, 3])
})

test('a single trial is stopped on request, and one that there is not harms nobody', async () => {
  const { world, controller } = await served()
  await world.pass(2_000, controller)
  await asked(world, 'stopTrial', { trial: 1 })
  await asked(world, 'stopTrial', { trial: 99 })
  await world.pass(1_000, controller)
  const trial = controller.study.state.trials[1]
  assert.deepEqual([trial?.state, trial?.why?.rule], ['stopped', 'asked-to-stop'])
  await world.pass(hour, controller)
  assert.equal(controller.study.state.counts.complete, 3)
})

test('what cannot be granted is answered with a code, a message and an exit code', async () => {
  const { world, controller } = await served()
  const unknown = await asked(world, 'dance')
  const notAsked = await asked(world, 'tell', { trial: 0 })
  await world.pass(1_000, controller)
  const refusal = (answer: Json | undefined): string => (answer as { refused: { code: string } }).refused.code
  assert.equal(refusal(await world.store.answered('small', unknown)), 'REQUEST_UNKNOWN')
  assert.equal(refusal(await world.store.answered('small', notAsked)), 'TRIAL_NOT_ASKED')
  assert.deepEqual(requestsIn(await world.events()), [], 'a refusal is no fact')
})

test('a crash between the fact and its answer does not make the fact twice', async () => {
  const { world, controller } = await served()
  const answer = world.store.answer.bind(world.store)
  world.store.answer = () => Promise.reject(new Error('the process dies here'))
  const pause = await asked(world, 'pause')
  await world.pass(1_000, controller)
  await assert.rejects(controller.left, /dies here/)
  world.store.answer = answer
  assert.equal(await world.store.answered('small', pause), undefined)
  assert.deepEqual(requestsIn(await world.events()), [pause])

  const next = await world.open()
  serveRequests(next, world.store, world.clock)
  const resume = await asked(world, 'resume')
  await world.pass(hour, next)
  assert.deepEqual(requestsIn(await world.events()), [pause, resume])
  assert.equal(next.study.state.counts.complete, 4)
})

test('the lease is kept while the controller works, and a lost one ends it', async () => {
  const world = smallWorld()
  const controller = await world.open()
  let renewals = 0
  const lease = controller.lease as { renew: () => Promise<void> }
  lease.renew = async () => {
    if (++renewals === 3) throw new Error('another controller has it')
  }
  serveRequests(controller, world.store, world.clock)
  await world.pass(12_000, controller)
  assert.equal(renewals, 2)
  await world.pass(hour, controller)
  await assert.rejects(controller.left, /another controller has it/)
  assert.equal(renewals, 3)
})

test('after the controller has left nothing is served and no timer is left', async () => {
  const clock = virtualClock()
  const world = smallWorld()
  const controller = await world.open()
  serveRequests(controller, world.store, clock)
  await controller.leave('moved')
  clock.advance()
  await new Promise((resolve) => setImmediate(resolve))
  await asked(world, 'pause')
  assert.equal(clock.pending, 0)
  assert.deepEqual(requestsIn(await world.events()), [])
})

test('an ask whose controller died before it answered is answered by the next one, with the trial that it was given', async () => {
  const { world, controller } = await served()
  const answer = world.store.answer.bind(world.store)
  world.store.answer = () => Promise.reject(new Error('the process dies here'))
  const ask = await asked(world, 'ask')
  await world.pass(1_000, controller)
  await assert.rejects(controller.left, /dies here/)
  world.store.answer = answer

  const next = await world.open()
  serveRequests(next, world.store, world.clock)
  await world.pass(1_000, next)
  const given = (await world.store.answered('small', ask)) as { readonly trial: number }
  assert.equal(next.study.state.trials[given.trial]?.live?.asked, true)
})

test('two words on one trial at once are taken one after the other', async () => {
  const { world, controller } = await served()
  const { trial } = (await perform(controller, { type: 'ask', data: {} })) as { readonly trial: number }
  const metric = controller.study.state.metrics[0] as string
  const say = (epoch: number) =>
    perform(controller, { type: 'report', data: { trial, epoch, metrics: { [metric]: 1 } } })
  const tell = () => perform(controller, { type: 'tell', data: { trial } })
  const answers = await Promise.all([say(1), say(1), say(2), tell(), tell()])
  assert.equal((answers[4] as { refused: { code: string } }).refused.code, 'TRIAL_NOT_ASKED')
  const verifier = newVerifier(algorithms)
  for (const [index, event] of (await world.events()).entries()) verifier.take(index + 1, event)
  assert.deepEqual(verifier.end().problems, [])
})
