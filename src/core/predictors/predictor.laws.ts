/** What every predictor must do. Each predictor's test calls `predictorLaws(kind)`. */
import { test } from 'node:test'
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { stream } from '../maths/stream.ts'
import { defaultsOf } from '../options.ts'
import type { Json } from '../trial.ts'
import type { FitInput, Model, Prediction, Predictor, PredictorKind } from './predictor.ts'

export interface PredictorLawsOptions {
  /** Option values other than the defaults. */
  readonly options?: { readonly [option: string]: unknown }
  /** What this kind does not promise. */
  readonly except?: readonly ('permutation' | 'shift and scale' | 'mirror')[]
  /** How many random data sets each law is shown; for kinds whose fits are dear. Default 12. */
  readonly runs?: number
}

/** The defaults of the kind, then those that are given. */
export function predictorOf(kind: PredictorKind, given: PredictorLawsOptions['options'] = {}): Predictor {
  return kind.create({ ...defaultsOf(kind.options), ...given })
}

/** Falling curves of different speed and end, with a little noise, on a grid of 2^-20: sums and shifts by small powers of two are exact. */
export function fallingCurves(seed: number, count: number, epochs: number): number[][] {
  return Array.from({ length: count }, (_, row) => {
    const chance = stream(seed, 'falling', row)
    const end = chance.uniform()
    const drop = 0.2 + chance.uniform()
    const speed = 0.2 + chance.uniform()
    return Array.from({ length: epochs }, (_value, epoch) => {
      const loss = end + drop * (epoch + 1) ** -speed + 0.01 * chance.normal()
      return Math.round(loss * 2 ** 20) / 2 ** 20
    })
  })
}

export function aFit(changes: Partial<FitInput> & { readonly count?: number; readonly seed?: number } = {}): FitInput {
  const { count = 15, seed = 1, target = 12, known = 4 } = changes
  const chance = stream(seed, 'hyperparameters')
  return {
    known,
    target,
    seed,
    curves: fallingCurves(seed, count, target),
    hyperparameters: Array.from({ length: count }, () => [
      chance.uniform(),
      chance.uniform() < 0.3 ? NaN : chance.uniform(),
    ]),
    ...changes,
  }
}

/** Predictions of curves that were not trained on. */
function answers(
  predictor: Predictor,
  model: Model,
  input: FitInput,
  change = (loss: number): number => loss,
): Prediction[] {
  const starts = [...fallingCurves(input.seed + 1, 6, input.target), ...fallingCurves(input.seed, 3, input.target)]
  return starts.map((values) => predictor.predict(model, { values: values.map(change), hyperparameters: [0.25, NaN] }))
}

const draws = fc.record({
  seed: fc.nat(1e6),
  count: fc.integer({ min: 2, max: 24 }),
  target: fc.integer({ min: 1, max: 12 }),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
})

const anyFit = draws.map(({ seed, count, target, part }) =>
  aFit({ seed, count, target, known: 1 + Math.floor(part * (target - 1)) }),
)

const anyLoss = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1e308, -1e308, 1e99, 5e-324, 1e-300) },
)

function close(got: readonly Prediction[], want: readonly Prediction[], tolerance: number): void {
  for (const [index, { mean, sd }] of got.entries()) {
    ok(Math.abs(mean - want[index]!.mean) <= tolerance, `mean ${index}: ${mean}, expected ${want[index]!.mean}`)
    ok(Math.abs(sd - want[index]!.sd) <= tolerance, `sd ${index}: ${sd}, expected ${want[index]!.sd}`)
  }
}

function isPlain({ mean, sd }: Prediction): boolean {
  return Number.isFinite(mean) && Number.isFinite(sd) && sd > 0
}

export function predictorLaws(kind: PredictorKind, laws: PredictorLawsOptions = {}): void {
  const predictor = predictorOf(kind, laws.options)
  const numRuns = laws.runs ?? 12
  const holds = (law: 'permutation' | 'shift and scale' | 'mirror'): boolean => !(laws.except ?? []).includes(law)
  const name = laws.options === undefined ? kind.name : `${kind.name} ${JSON.stringify(laws.options)}`

  test(`${name}: the same input gives the same model to the last bit, whatever was fitted before`, () => {
    fc.assert(
      fc.property(anyFit, anyFit, (input, other) => {
        const model = predictor.fit(input)
        predictor.fit(other)
        deepEqual(predictorOf(kind, laws.options).fit(input), model)
      }),
      { numRuns },
    )
  })

  test(`${name}: a model is JSON, and a copy of it predicts the same bits`, () => {
    fc.assert(
      fc.property(anyFit, (input) => {
        const model = predictor.fit(input)
        const read = JSON.parse(JSON.stringify(model)) as Model
        deepEqual(read, model)
        const expected = answers(predictor, model, input)
        deepEqual(answers(predictorOf(kind, laws.options), read, input), expected)
        deepEqual(answers(predictor, structuredClone(model), input), expected)
      }),
      { numRuns },
    )
  })

  test(`${name}: a model tells its kind, its version, its epochs and how many curves it knows`, () => {
    const input = aFit({ count: 9 })
    const curves = input.curves.map((curve, row) => (row === 2 ? curve.with(11, NaN) : curve))
    const { type, version, known, target, curves: count, sigma } = predictor.fit({ ...input, curves })
    deepEqual(
      { type, version, known, target, count },
      { type: kind.name, version: kind.version, known: 4, target: 12, count: 8 },
    )
    ok(sigma > 0)
  })

  test(`${name}: whatever is missing, infinite or absurd, mean and sd are finite and sd is above 0`, () => {
    const curve = fc.array(anyLoss, { minLength: 6, maxLength: 6 })
    const sets = fc.record({
      curves: fc.array(curve, { maxLength: 9 }),
      known: fc.integer({ min: 1, max: 6 }),
      values: curve,
      hyperparameters: fc.constantFrom(null, [NaN, NaN], [0.5, NaN], [Infinity, -1e308]),
    })
    fc.assert(
      fc.property(sets, ({ curves, known, values, hyperparameters }) => {
        const rows = hyperparameters && curves.map((_, row) => [row / 8, row % 2 === 0 ? NaN : 1])
        const model = predictor.fit({ known, target: 6, curves, hyperparameters: rows, seed: 1 })
        deepEqual(JSON.parse(JSON.stringify(model)), model)
        const prediction = predictor.predict(model, { values, hyperparameters })
        ok(isPlain(prediction), JSON.stringify(prediction))
      }),
      { numRuns: 4 * numRuns },
    )
  })

  test(`${name}: without a usable curve the last known loss stays, and nothing is certain`, () => {
    const empty = aFit({ count: 0 })
    const unusable = aFit({ count: 3, curves: fallingCurves(1, 3, 12).map((curve) => curve.with(11, NaN)) })
    for (const input of [empty, unusable]) {
      const model = predictor.fit(input)
      equal(model.curves, 0)
      const { mean, sd } = predictor.predict(model, { values: [4, 3, NaN, 2.5], hyperparameters: null })
      equal(mean, 2.5)
      ok(sd >= 1.5)
    }
  })

  test(`${name}: one curve, equal curves and a constant loss have an answer`, () => {
    const one = aFit({ count: 1 })
    const equalRows = aFit({ curves: Array.from({ length: 8 }, () => one.curves[0]!), count: 8 })
    const flat = aFit({ curves: Array.from({ length: 8 }, () => Array.from({ length: 12 }, () => 0.5)), count: 8 })
    for (const input of [one, equalRows, flat]) {
      const model = predictor.fit(input)
      const loss = input.curves[0]![11]!
      const { mean, sd } = predictor.predict(model, {
        values: input.curves[0]!,
        hyperparameters: input.hyperparameters![0]!,
      })
      ok(Math.abs(mean - loss) < 1e-6, `${mean}, expected ${loss}`)
      ok(sd > 0 && Number.isFinite(sd))
    }
  })

  test(`${name}: what comes after the known epochs is not looked at, and gaps are filled`, () => {
    const input = aFit()
    const model = predictor.fit(input)
    const ask = (values: readonly number[]): Prediction =>
      predictor.predict(model, { values, hyperparameters: [0.5, 0.5] })
    deepEqual(ask([0.9, 0.8, 0.7, 0.6, 99, NaN]), ask([0.9, 0.8, 0.7, 0.6]))
    deepEqual(ask([0.9, NaN, Infinity, 0.6]), ask([0.9, 0.9, 0.9, 0.6]))
    deepEqual(ask([NaN, 0.8, 0.7, -Infinity]), ask([0.8, 0.8, 0.7, 0.7]))
    ok(isPlain(ask([NaN, NaN, NaN, NaN])))
  })

  test(`${name}: check accepts its own model and tells what is wrong with another`, () => {
    fc.assert(
      fc.property(anyFit, (input) => {
        const model = predictor.fit(input)
        equal(predictor.check(input, JSON.parse(JSON.stringify(model)) as Model), null)
        notEqual(predictor.check(input, { ...model, sigma: model.sigma + 1 }), null)
        notEqual(predictor.check(input, { ...model, curves: model.curves + 1 }), null)
        notEqual(predictor.check(input, { ...model, version: model.version + 1 }), null)
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    )
    const input = aFit()
    const curves = input.curves.map((curve) => curve.with(11, curve[11]! * 2))
    const doubled = predictor.fit({ ...input, curves })
    notEqual(predictor.check(input, { ...doubled, sigma: predictor.fit(input).sigma }), null)
  })

  test(`${name}: check says no to a model of which a part is missing, and to one whose prior or range of errors is not its own`, () => {
    const input = aFit()
    const model = predictor.fit(input)
    const learnt = model['learnt'] as { readonly [member: string]: Json }
    const prior = model['prior'] as { readonly mean: number }
    const calibration = model['calibration'] as { readonly scale: number }
    for (const part of Object.keys(learnt).filter((member) => typeof learnt[member] === 'object' && learnt[member]))
      notEqual(predictor.check(input, { ...model, learnt: { ...learnt, [part]: null } }), null)
    for (const change of [
      { learnt: null },
      { learnt: {} },
      { calibration: null },
      { calibration: { ...calibration, scale: 1.001 * calibration.scale } },
      { prior: { ...prior, mean: prior.mean + 1e-3 } },
    ])
      notEqual(predictor.check(input, { ...model, ...change } as Model), null, JSON.stringify(change))
  })

  test(`${name}: the cost of a fit grows with what it learns from`, () => {
    // Where leaving out one by one becomes leaving out in parts, the cost may fall.
    for (const [few, more] of [
      [10, 40],
      [80, 320],
    ] as const) {
      const costs = [few, more].map((count) => predictor.fitMs(aFit({ count })))
      ok(costs[0]! > 0 && costs[1]! > costs[0]! && costs[1]! < Infinity, costs.join(' '))
    }
  })

  if (holds('permutation'))
    test(`${name}: the order of the training curves changes nothing`, () => {
      fc.assert(
        fc.property(anyFit, (input) => {
          const order = stream(input.seed, 'order').permutation(input.curves.length)
          const mixed = {
            ...input,
            curves: order.map((row) => input.curves[row]!),
            hyperparameters: order.map((row) => input.hyperparameters![row]!),
          }
          close(answers(predictor, predictor.fit(mixed), input), answers(predictor, predictor.fit(input), input), 1e-6)
        }),
        { numRuns },
      )
    })

  const follows = (law: string, scale: number, shift: number): void => {
    test(`${name}: ${law}`, () => {
      const change = (loss: number): number => scale * loss + shift
      fc.assert(
        fc.property(anyFit, (input) => {
          const changed = { ...input, curves: input.curves.map((curve) => curve.map(change)) }
          const want = answers(predictor, predictor.fit(input), input).map(({ mean, sd }) => ({
            mean: change(mean),
            sd: Math.abs(scale) * sd,
          }))
          close(answers(predictor, predictor.fit(changed), input, change), want, 1e-5 * Math.abs(scale))
        }),
        { numRuns },
      )
    })
  }
  if (holds('shift and scale')) follows('losses that are scaled and shifted give predictions that are', 8, 4)
  if (holds('mirror')) follows('losses that are negated give predictions that are', -1, 0)
}
