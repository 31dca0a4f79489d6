import assert from 'node:assert/strict'
import { test } from 'node:test'
import { r2 } from '../maths/scores.ts'
import type { FitInput, Model } from './predictor.ts'
import { aFit, fallingCurves, predictorLaws, predictorOf } from './predictor.laws.ts'
import { qsvrCombination } from './qsvr-combination.ts'
import { qsvr } from './qsvr.ts'
import type { LearntQsvr } from './qsvr/learner.ts'
import { energyOf, type Sample } from './qsvr/qubo.ts'
import { near, reference } from './qsvr/reference.laws.ts'

const quick = { reads: 40, kept: 0.1, sweeps: 5 }

// The published offset takes epsilon off on either side: negated losses are not fitted by the negated function.
predictorLaws(qsvr, { options: quick, except: ['mirror'], runs: 6 })
predictorLaws(qsvr, {
  options: { ...quick, chunk: 5, features: 'curve+hyperparameters', combination: 4 },
  except: ['mirror'],
  runs: 4,
})
predictorLaws(qsvrCombination, { options: { ...quick, chunk: 6 }, except: ['mirror'], runs: 4 })

const learntOf = (model: Model): LearntQsvr => model['learnt'] as unknown as LearntQsvr

test('a chunk holds at most 20 curves, and all curves are in one', () => {
  const chunks = (count: number, kind = qsvr): number[] =>
    predictorOf(kind)
      .annealed!.problems(aFit({ count }))
      .map(({ size }) => size / 6)
  assert.deepEqual(chunks(15), [15])
  assert.deepEqual(chunks(20), [20])
  assert.deepEqual(chunks(21), [11, 10])
  assert.deepEqual(chunks(50), [17, 17, 16])
  assert.deepEqual(chunks(80, qsvrCombination), [20, 20, 20, 20])
})

test('where all losses are equal there is nothing to anneal', () => {
  const flat = aFit({ count: 5, curves: fallingCurves(1, 5, 12).map((curve) => curve.with(11, 0.25)) })
  const predictor = predictorOf(qsvr)
  assert.deepEqual(predictor.annealed!.problems(flat), [])
  assert.equal(
    predictor.predict(predictor.annealed!.assemble(flat, []), { values: [1, 2, 3, 4], hyperparameters: null }).mean,
    0.25,
  )
})

test('the answers of a device make the model that the own annealer would have made of them', () => {
  const predictor = predictorOf(qsvr, quick)
  const input = aFit({ count: 12 })
  const own = predictor.fit(input)
  const [qubo] = predictor.annealed!.problems(input)
  const kept = learntOf(own).chunks[0]!.solutions
  // A device may repeat itself, be in disorder, and tell energies of its own; it gives more than is kept.
  const answer = (bits: string): Sample => ({ bits: Uint8Array.from(bits, Number), energy: 0 })
  const answers = [
    answer('1'.repeat(qubo!.size)),
    ...kept.toReversed().map(({ bits }) => answer(bits)),
    answer(kept[0]!.bits),
  ]
  assert.deepEqual(predictor.annealed!.assemble(input, [answers]), own)
})

test('check takes any answers as they stand, but not energies or functions that do not follow from them', () => {
  const predictor = predictorOf(qsvr, quick)
  const input = aFit({ count: 12 })
  const [qubo] = predictor.annealed!.problems(input)
  const poor = [5, 7].map((number) => Uint8Array.from({ length: qubo!.size }, (_, bit) => (bit % number === 0 ? 1 : 0)))
  const answers = poor.map((bits): Sample => ({ bits, energy: energyOf(qubo!, bits) }))
  const model = predictor.annealed!.assemble(input, [answers])
  assert.equal(predictor.check(input, model), null)
  const changed = (change: Partial<LearntQsvr['chunks'][number]>): Model => {
    const learnt = learntOf(model)
    return {
      ...model,
      learnt: { ...learnt, chunks: [{ ...learnt.chunks[0]!, ...change }] } as unknown as Model['learnt'],
    } as Model
  }
  const { solutions, svr } = learntOf(model).chunks[0]!
  const { intercept, coefficients } = svr
  const other = { ...solutions[0]!, energy: solutions[0]!.energy - 1e-3 }
  assert.match(predictor.check(input, changed({ solutions: [other, solutions[1]!] }))!, /energy/)
  assert.match(predictor.check(input, changed({ solutions: [{ ...other, bits: '01' }] }))!, /bits/)
  assert.match(predictor.check(input, changed({ svr: { ...svr, intercept: intercept + 1e-3 } }))!, /mean/)
  assert.match(
    predictor.check(input, changed({ svr: { ...svr, coefficients: coefficients.with(0, coefficients[0]! + 0.01) } }))!,
    /mean/,
  )
  assert.match(predictor.check(aFit({ count: 11 }), model)!, /curves|bits/)
})

test('the recorded problem is built and solved from its curves alone', () => {
  const { train, test: starts } = reference.twentyPoints.curves
  const curves = train.map((row) => row.slice(0, 26))
  const input: FitInput = { known: 25, target: 26, curves, hyperparameters: null, seed: 1 }
  const predictor = predictorOf(qsvr)
  const model = predictor.fit(input)
  const { solutions } = learntOf(model).chunks[0]!
  assert.equal(solutions.length, 4)
  near([solutions[0]!.energy], [reference.twentyPoints.bestKnown.energy], 1e-9, 'best energy')
  // Rows 200 .. 207 of the table, after epoch 100.
  const truth = [478.493, 446.1116, 488.5517, 442.9973, 458.6242, 455.8688, 450.4471, 533.7141]
  const means = starts.map((values) => predictor.predict(model, { values, hyperparameters: null }).mean)
  assert.ok(r2(truth, means) > 0.85, means.join(' '))
})
