/** The published figures of the predicting schedulers on recorded curves, through the whole simulated runtime. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlgorithmDefinition } from '../../src/core/study/definition.ts'
import type { Event } from '../../src/core/study/events.ts'
import { readCurveTable } from '../../src/simulation/curve-file.ts'
import { parseSeconds } from '../../src/simulation/seconds.ts'
import { eventsOf, simulate } from '../../src/simulation/simulate.ts'
import type { SimulationResult } from '../../src/simulation/simulation-result.ts'
import { tableProblem } from '../../src/simulation/table-problem.ts'
import type { Problem } from '../../src/simulation/problem.ts'
import { shared } from '../shared.ts'

const { skip } = shared

async function mlpf(): Promise<Problem> {
  return tableProblem(await readCurveTable(shared.path('data/curves/mlpf.csv')), { direction: 'minimize' })
}

interface Figures {
  readonly epochs: number
  readonly sameBest: number
}

/** Means over shuffled tables, one worker; the best beside Hyperband's over the same rows. */
async function figuresOf(scheduler: AlgorithmDefinition, seeds: number): Promise<Figures> {
  const problem = await mlpf()
  let epochs = 0
  let same = 0
  for (let seed = 0; seed < seeds; seed++) {
    const { result } = await simulate({ problem, scheduler, seed })
    const { result: hyperband } = await simulate({ problem, scheduler: { type: 'hyperband', eta: 2 }, seed })
    epochs += result.epochs
    if (result.best?.value === hyperband.best?.value) same++
  }
  return { epochs: epochs / seeds, sameBest: same / seeds }
}

function expectWithin({ epochs, sameBest }: Figures, low: number, high: number, share: number): void {
  assert.ok(epochs >= low && epochs <= high, `${epochs} epochs in the mean`)
  assert.ok(sameBest >= share, `Hyperband's best in ${100 * sameBest} %`)
}

test('Swift-Hyperband over 50 shuffled tables', { skip }, async () => {
  expectWithin(await figuresOf({ type: 'swift-hyperband', eta: 2 }, 50), 2880, 2950, 0.9)
})

test('Fast-Hyperband over 20 shuffled tables', { skip }, async () => {
  expectWithin(await figuresOf({ type: 'fast-hyperband', eta: 2 }, 20), 2880, 3000, 0.9)
})

test('Quantum-Swift-Hyperband over 5 shuffled tables', { skip }, async () => {
  expectWithin(await figuresOf({ type: 'quantum-swift-hyperband', eta: 2 }, 5), 2860, 3010, 0.8)
})

test('the fixed plan decides the same on 1, 4, 10 and 50 workers, whatever an epoch takes', { skip }, async () => {
  const problem = await mlpf()
  const scheduler = { type: 'swift-hyperband', eta: 2 }
  for (const seed of [1, 2]) {
    const one = await course(problem, { scheduler, seed, workers: 1 })
    for (const workers of [4, 10, 50])
      for (const seconds of ['1', 'lognormal:0.6']) {
        const other = await course(problem, { scheduler, seed, workers, seconds: parseSeconds(seconds) })
        assert.deepEqual(other, one, `${workers} workers, ${seconds} s an epoch`)
      }
  }
})

interface Course {
  readonly useful: number
  readonly best: SimulationResult['best']
  /** What was concluded of each round, in a fixed order. */
  readonly conclusions: readonly string[]
}

async function course(problem: Problem, options: Omit<Parameters<typeof simulate>[0], 'problem'>): Promise<Course> {
  const simulation = await simulate({ problem, ...options })
  const { epochs, speculativeEpochs, best } = simulation.result
  const conclusions = (await eventsOf(simulation))
    .filter((event): event is Extract<Event, { type: 'Conclude' }> => event.type === 'Conclude')
    .map(({ topic, data }) => JSON.stringify({ topic, data }))
    .toSorted()
  return { useful: epochs - speculativeEpochs, best, conclusions }
}
