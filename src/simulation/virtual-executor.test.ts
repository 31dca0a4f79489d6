import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { executorLaws } from '../executors/executor.laws.ts'
import type { AttemptOrder, Executor, Observation } from '../ports.ts'
import { noFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import type { Problem } from './problem.ts'
import { builtInProblem } from './problems.ts'
import { virtualClock } from './virtual-clock.ts'
import { virtualExecutor } from './virtual-executor.ts'
import { virtualWorld } from './virtual-world.ts'
import type { WorldOptions } from './virtual-world.ts'

const problem = builtInProblem('branin', 12)

function anOrder(given: Partial<AttemptOrder> = {}): AttemptOrder {
  const configuration = { x: 1, y: 2 }
  return { trial: 0, attempt: 1, configuration, note: undefined, seed: 1, from: 0, until: 3, max: 12, ...given }
}

interface Heard {
  readonly at: number
  readonly observation: Observation
}

function aWorld(given: Partial<WorldOptions> = {}) {
  const clock = virtualClock()
  const world = virtualWorld({ problem, clock, workers: 4, seed: 7, ...given })
  const heard: Heard[] = []
  const connect = () => {
    const executor = virtualExecutor(world)
    void executor.open((observation) => heard.push({ at: clock.now(), observation }))
    return executor
  }
  const runUntil = (time: number) => {
    if (Number.isFinite(time)) clock.after(time - clock.now(), () => undefined)
    while (clock.next() <= time && clock.advance());
  }
  return { clock, world, heard, connect, runUntil }
}

/** `2000 report 2`, in seconds. */
function told(heard: readonly Heard[]): string[] {
  return heard.map(({ at, observation }) => {
    const time = `${at / 1000}s`
    switch (observation.type) {
      case 'report':
      case 'handedOver':
        return `${time} ${observation.type} ${observation.epoch}`
      case 'ended':
        return `${time} ${observation.outcome.type}${'code' in observation.outcome ? ` ${observation.outcome.code}` : ''}`
      default:
        return `${time} ${observation.type}`
    }
  })
}

test('an attempt trains to its limit, lingers there, and leaves by itself', () => {
  const { heard, connect, runUntil, world } = aWorld({ lingerMs: 5000 })
  connect().start(anOrder())
  assert.deepEqual(heard, [], 'nothing is told within the call')
  runUntil(4000)
  assert.equal(world.tally.workMs, 3000)
  runUntil(Infinity)
  assert.deepEqual(told(heard), ['0s started', '1s report 1', '2s report 2', '3s report 3', '8s exited 0'])
  assert.equal(world.tally.workMs, 3000, 'lingering is no work')
  assert.equal(world.checkpoints[0], 3)
})

test('a lingering attempt goes on at once when its limit is raised', () => {
  const { heard, connect, runUntil, world } = aWorld()
  const executor = connect()
  executor.start(anOrder())
  runUntil(6000)
  executor.limit(0, 1, 5, false)
  runUntil(Infinity)
  assert.deepEqual(told(heard).slice(3), ['3s report 3', '7s report 4', '8s report 5', '28s exited 0'])
  assert.equal(world.tally.workMs, 5000)
})

test('an attempt with leave to go does not linger', () => {
  const { heard, connect, runUntil } = aWorld()
  const executor = connect()
  executor.start(anOrder({ until: 2 }))
  executor.start(anOrder({ trial: 1, until: 1 }))
  runUntil(1500)
  executor.limit(0, 1, 2, true)
  executor.limit(1, 1, 1, true)
  runUntil(Infinity)
  assert.deepEqual(told(heard).slice(2), ['1s report 1', '1s report 1', '1.5s exited 0', '2s report 2', '2s exited 0'])
})

test('an attempt at the last epoch, or at the end of its curve, leaves at once', () => {
  const { heard, connect, runUntil } = aWorld({ problem: { ...problem, length: () => 2 } })
  const executor = connect()
  executor.start(anOrder({ until: 9 }))
  executor.start(anOrder({ trial: 1, until: 1, max: 1 }))
  runUntil(Infinity)
  assert.deepEqual(told(heard).slice(2), ['1s report 1', '1s report 1', '1s exited 0', '2s report 2', '2s exited 0'])
})

test('an attempt that is asked to stop saves, says that it hands over, and leaves within the grace or is killed', () => {
  const { heard, connect, runUntil, world } = aWorld({ saveMs: 700 })
  const executor = connect()
  for (const trial of [0, 1, 2]) executor.start(anOrder({ trial, until: 9 }))
  runUntil(1500)
  executor.stop(0, 1, 30_000)
  executor.stop(1, 1, 100)
  executor.stop(2, 1, 30_000)
  runUntil(1600)
  executor.stop(0, 1, 30_000)
  executor.stop(2, 1, 0)
  runUntil(Infinity)
  assert.deepEqual(told(heard).slice(6), ['1.6s killed', '1.6s killed', '2.2s handedOver 1', '2.2s exited 0'])
  assert.equal(world.tally.workMs, 2200 + 1600 + 1600)
  executor.stop(0, 1, 0)
  runUntil(Infinity)
  assert.equal(heard.length, 10)
})

test('an attempt continues from its checkpoint, and fails if that was deleted', () => {
  const { heard, connect, runUntil } = aWorld({ lingerMs: 0 })
  const executor = connect()
  executor.start(anOrder())
  runUntil(Infinity)
  executor.start(anOrder({ attempt: 2, from: 3, until: 4 }))
  runUntil(Infinity)
  executor.deleteCheckpoint(0)
  executor.start(anOrder({ attempt: 3, from: 4, until: 5 }))
  runUntil(Infinity)
  assert.deepEqual(told(heard).slice(5), ['3s started', '4s report 4', '4s exited 0', '4s started', '4s exited 1'])
})

test('more attempts than workers are refused', () => {
  const { heard, connect, runUntil, world } = aWorld({ workers: 1 })
  const executor = connect()
  executor.start(anOrder())
  executor.start(anOrder({ trial: 1 }))
  runUntil(0)
  assert.deepEqual(told(heard), ['0s started', '0s refused'])
  assert.equal(world.freeWorkers.length, 0)
})

test('a dead controller hears nothing, and the one that adopts its attempts hears every line that was not read', () => {
  const { heard, connect, runUntil } = aWorld({ lingerMs: 2000 })
  const first = connect()
  first.start(anOrder())
  first.start(anOrder({ trial: 1, until: 12 }))
  runUntil(1000)
  void first.close()
  runUntil(9000)
  assert.equal(heard.length, 4)
  first.stop(1, 1, 0)
  const second = connect()
  second.adopt(anOrder(), 1, { worker: 0 })
  second.adopt(anOrder(), 1, { worker: 0 })
  second.adopt(anOrder({ trial: 1, until: 12 }), 8, undefined)
  second.adopt(anOrder({ trial: 2 }), 0, undefined)
  assert.equal(heard.length, 4)
  runUntil(9000)
  const expected = ['9s report 2', '9s report 3', '9s exited 0', '9s started', '9s report 9', '9s started']
  assert.deepEqual(told(heard).slice(4).sort(), expected.sort())
  runUntil(10_000)
  assert.deepEqual(told(heard).slice(10), ['10s report 10', '10s report 1'])
})

const someFaults: Faults = {
  ...noFaults,
  loss: 0.2,
  late: 0.2,
  reorder: 0.2,
  double: 0.2,
  refuse: 0.1,
  slow: 0.3,
  nan: 0.2,
}

const anAction = fc.record({
  after: fc.integer({ min: 0, max: 4000 }),
  trial: fc.nat(5),
  what: fc.constantFrom('start', 'raise', 'leave', 'stop', 'kill', 'crash'),
  until: fc.integer({ min: 1, max: 12 }),
})

test('whatever is asked of it and goes wrong, every attempt ends exactly once, after all its lines, which have no gaps', () => {
  fc.assert(
    fc.property(fc.array(anAction, { maxLength: 40 }), fc.boolean(), fc.nat(1000), (actions, isFaulty, seed) => {
      const faults = isFaulty ? someFaults : noFaults
      const { heard, connect, runUntil, world } = aWorld({
        faults,
        seed,
        workers: 3,
        saveMs: 300,
        startupMs: 200,
        lingerMs: 3000,
      })
      let executor = connect()
      const live = new Map<number, AttemptOrder>()
      const counts = new Map<number, number>()
      const read = new Map<string, Set<number>>()
      const ends = new Map<string, number>()
      let seen = 0
      const note = () => {
        for (; seen < heard.length; seen++) {
          const { observation } = heard[seen] as Heard
          if (observation.type === 'slots') continue
          const key = `${observation.trial}/${observation.attempt}`
          assert.ok(!ends.has(key), `nothing follows the end of ${key}`)
          const lines = read.get(key) ?? new Set()
          read.set(key, lines)
          if (observation.type === 'ended') {
            ends.set(key, 1)
            live.delete(observation.trial)
            assert.deepEqual(
              [...lines].sort((a, b) => a - b),
              Array.from(lines, (_, index) => index + 1),
            )
          } else if ('line' in observation) {
            if (!isFaulty) assert.ok(!lines.has(observation.line), `line ${observation.line} of ${key} comes once`)
            lines.add(observation.line)
          }
        }
      }
      /** What a log would hold: lines up to the first gap. */
      const linesInOrder = (order: AttemptOrder) => {
        const lines = read.get(`${order.trial}/${order.attempt}`) ?? new Set()
        let count = 0
        while (lines.has(count + 1)) count++
        read.set(`${order.trial}/${order.attempt}`, new Set(Array.from({ length: count }, (_, index) => index + 1)))
        return count
      }
      let time = 0
      for (const { after, trial, what, until } of actions) {
        time += after
        runUntil(time)
        note()
        const order = live.get(trial)
        if (what === 'start' && order === undefined && live.size < 3) {
          const attempt = (counts.get(trial) ?? 0) + 1
          counts.set(trial, attempt)
          const from = world.checkpoints[trial] ?? 0
          const started = anOrder({ trial, attempt, from, until: Math.max(from, until) })
          live.set(trial, started)
          executor.start(started)
          executor.start(started)
        } else if (what === 'crash') {
          void executor.close()
          executor = connect()
          for (const each of live.values()) executor.adopt(each, linesInOrder(each), undefined)
        } else if (order !== undefined) {
          if (what === 'raise') executor.limit(trial, order.attempt, until, false)
          if (what === 'leave') executor.limit(trial, order.attempt, until, true)
          if (what === 'stop' || what === 'kill') executor.stop(trial, order.attempt, what === 'stop' ? 1000 : 0)
        }
        note()
      }
      runUntil(Infinity)
      note()
      const started = [...counts.values()].reduce((sum, count) => sum + count, 0)
      assert.equal(ends.size, started, 'every attempt that was started has ended')
      assert.equal(world.freeWorkers.length, 3, 'every worker is free again')
    }),
  )
})

const plain: Problem = {
  name: 'plain',
  space: { parameters: { lr: { type: 'float', low: 0, high: 2 } }, forbidden: [] },
  objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
  epochs: 9,
  metrics: (_configuration, _note, epoch) => ({ loss: 1 / epoch }),
  length: () => 9,
  best: null,
}

/** Virtual time that goes on by itself, one event a turn of the event loop. */
function ticking(): Executor {
  const clock = virtualClock()
  const executor = virtualExecutor(virtualWorld({ problem: plain, clock, workers: 2, seed: 3, lingerMs: 10_000 }))
  const timer = setInterval(() => clock.advance(), 0)
  return {
    ...executor,
    close() {
      clearInterval(timer)
      return executor.close()
    },
  }
}

executorLaws('virtual', ticking, 40)
