import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { matrixOf } from '../maths/matrix.ts'
import { logDensities } from '../surrogates/mixture.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { bohb, modelledRows } from './bohb.ts'
import { densityOf } from './bohb/density.ts'
import { bowl, plane } from './course.laws.ts'
import { driven, samplerLaws } from './sampler.laws.ts'
import { testStudy } from './study-view.laws.ts'

samplerLaws(bohb)

const value = bowl(0.3, 0.8)
const nine: Partial<StudyDefinition> = { epochs: { min: 1, max: 9, resource: 'epochs' } }

test('widths follow the normal reference rule, and never fall below the least', () => {
  const axes = [{ kind: 'continuous' }, { kind: 'continuous' }, { kind: 'categorical', choices: 3 }] as const
  const observations = matrixOf([
    [0.2, 0.5, 1 / 6],
    [0.4, 0.5, 1 / 6],
    [0.6, 0.5, 1 / 6],
    [0.8, 0.5, 5 / 6],
  ])
  const { mixture, wide } = densityOf(axes, observations, { minBandwidth: 1e-3, bandwidthFactor: 3 })
  const [first, second, choice] = mixture.factors
  const reference = 1.06 * 4 ** (-1 / 7)
  ok(first?.kind === 'continuous' && second?.kind === 'continuous' && choice?.kind === 'categorical')
  ok(Math.abs(first.sigma[0]! - reference * Math.sqrt(0.2 / 3)) < 1e-12)
  equal(second.sigma[0], 1e-3)
  ok(Math.abs(choice.miss * 2 - Math.min(2 / 3, reference * Math.sqrt(1 - 9 / 16 - 1 / 16))) < 1e-12)
  const [wideFirst] = wide.factors
  ok(wideFirst?.kind === 'continuous' && Math.abs(wideFirst.sigma[0]! - 3 * first.sigma[0]!) < 1e-12)
})

test('a parameter that is absent counts as anywhere', () => {
  const options = { minBandwidth: 1e-3, bandwidthFactor: 3 }
  const { mixture } = densityOf([{ kind: 'categorical', choices: 4 }], matrixOf([[NaN], [NaN]]), options)
  for (const density of logDensities(mixture, matrixOf([[0.1], [0.9]]))) ok(Math.abs(density + Math.log(4)) < 1e-12)
})

test('the furthest rung with enough trials is learnt from, failures behind all others', () => {
  const study = testStudy(plane, nine, [1, 3])
  const add = (losses: readonly number[], state?: 'failed') => {
    const number = study.view.trialCount
    study.add({
      configuration: { x: number / 10, y: 0.5 },
      curve: losses,
      state: state ?? (losses.length < 9 ? 'paused' : 'complete'),
    })
  }
  add([1])
  add([0.5, 2, 2])
  add([0.8, 1, 1])
  add([0.2], 'failed')
  add([0.7, 3, 3])
  add([0.1])
  deepEqual(modelledRows(study.history(), 3), [2, 1, 4, 3])
  deepEqual(modelledRows(study.history(), 5), [5, 1, 4, 2, 0, 3])
  equal(modelledRows(study.history(), 6), null)
})

/** Lets it tune, three epochs a trial of nine: what it learns from is the rung of three epochs. */
function course(seed: number, options: { readonly [option: string]: unknown } = {}, trials = 80) {
  const { study, propose } = driven(bohb, plane, options, { ...nine, seed }, [1, 3])
  const configurations: Configuration[] = []
  for (let trial = 0; trial < trials; trial++) {
    const proposal = propose()
    ok('configuration' in proposal)
    const { configuration } = proposal
    configurations.push(configuration)
    // At the first epoch the order is the other way round.
    study.add({ configuration, curve: [-value(configuration), 1, value(configuration)], state: 'paused' })
  }
  return configurations
}

test('it closes in on the minimum of that rung, and goes on exploring', () => {
  const late = [1, 2, 3].flatMap((seed) => course(seed).slice(40))
  const near = late.filter((configuration) => Math.sqrt(value(configuration)) < 0.15).length / late.length
  // Of even draws 7 % lie there.
  ok(near > 0.3, `${near} near the minimum`)
  ok(near < 0.9, 'a third is random')
})

test('with every proposal random no loss matters', () => {
  const near = course(1, { randomFraction: 1 }, 60).filter((configuration) => Math.sqrt(value(configuration)) < 0.15)
  ok(near.length < 12)
})

test('where the good region begins to fail it goes elsewhere', () => {
  const { study, propose } = driven(bohb, plane, {}, { seed: 2 })
  let inARow = 0
  let worst = 0
  for (let trial = 0; trial < 80; trial++) {
    const proposal = propose()
    ok('configuration' in proposal)
    const { configuration } = proposal
    const fails = trial >= 30 && Math.sqrt(value(configuration)) < 0.2
    inARow = fails ? inARow + 1 : 0
    worst = Math.max(worst, inARow)
    study.add({ configuration, ...(fails ? { state: 'failed' } : { curve: [value(configuration)] }) })
  }
  ok(worst <= 8, `${worst} failures in a row`)
})
