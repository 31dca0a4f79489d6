import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditedDrop, PredictionView } from '../../schedulers/scheduler.ts'
import type { Study } from '../study.ts'
import { plannedEpochs } from './progress.ts'
import { intervalSds, prediction, type PredictionReport } from './prediction.ts'
import { aStudy, schedulerOf, type SmallStudy, type SmallWorld } from './small-study.laws.ts'

const epochs = { min: 1, max: 27, resource: 'epochs' }

function swiftStudy(options: { readonly [option: string]: unknown } = {}, world: SmallWorld = {}): SmallStudy {
  const scheduler = schedulerOf('swift-hyperband', { eta: 3, d: 4, predictor: 'last-value', ...options })
  return aStudy({ slots: 4, ...world, definition: { epochs, scheduler, budget: {} } })
}

function reportOf({ study }: Pick<SmallStudy, 'study'>): PredictionReport {
  const report = prediction(study)
  assert.ok(report)
  return report
}

/** The report on a study whose scheduler says this of its predictions. */
function told(seen: Partial<PredictionView>, change: (study: Study) => void = () => undefined): PredictionReport {
  const { study } = aStudy({ events: 5 })
  change(study)
  const whole: PredictionView = {
    predictor: 'nu-svr',
    models: [],
    dropped: 0,
    spared: 0,
    audit: null,
    outcomes: [],
    relaxation: 0,
    earlier: null,
    ...seen,
  }
  return reportOf({ study: { ...study, scheduler: { ...study.scheduler, prediction: () => whole } } })
}

const outcome = { trial: 0, pass: 0, bracket: 1, round: 0, known: 2, epoch: 4, predicted: 1, sd: 0.1, value: 1 }

const audited = (...verdicts: (boolean | null)[]): PredictionView['audit'] => ({
  share: 0.05,
  epochs: 7,
  harmAt: 0.2,
  blind: 0.25,
  audits: verdicts.map((isFalseDrop, trial): AuditedDrop => ({ ...outcome, trial, threshold: 0.5, isFalseDrop })),
})

test('a scheduler that predicts nothing has no report', () => {
  assert.equal(prediction(aStudy().study), null)
})

test('what is spared net is what Hyperband would have trained more, whatever is audited and trained ahead', () => {
  for (const audit of [0, 0.3, 1])
    for (const slots of [1, 4, 30]) {
      const { study } = swiftStudy({ audit }, { slots })
      const { state, schedulerKind } = study
      assert.ok(state.finished)
      const { definition } = state
      const hyperband = plannedEpochs(schedulerKind.preview({ definition, options: definition.scheduler }))
      const report = reportOf({ study })
      assert.equal(
        report.epochs.net,
        hyperband - state.epochsTrained - state.epochsOverrun,
        `audit ${audit}, ${slots} slots`,
      )
      assert.ok(report.epochs.spared > 0)
      if (slots === 30 && audit === 0) assert.ok(report.epochs.speculative > 0)
      assert.equal(report.epochs.audit === report.epochs.spared, audit === 1)
      assert.equal(report.audit?.audits.length === report.dropped, audit === 1)
    }
})

test('predictors are counted as trained, under way and failed', () => {
  const failing = reportOf(swiftStudy({}, { fitFails: (fit) => fit === 1 })).predictors
  assert.deepEqual([failing.failed, failing.trained, failing.underway], [1, failing.models.length, 0])
  const { study, log } = swiftStudy()
  const until = log.findIndex(({ event }) => event.type === 'FitPredictor') + 1
  const underway = reportOf(swiftStudy({}, { events: until })).predictors
  assert.deepEqual([underway.trained, underway.underway, underway.models], [0, 1, []])
  const { models } = reportOf({ study }).predictors
  const order = models.map(({ known, target }) => 1000 * target + known)
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  )
})

test('predictions are held against the reports of their trials', () => {
  const { study } = swiftStudy({ audit: 1 })
  const { audit, outcomes } = reportOf({ study })
  const all = [...(audit?.audits ?? []), ...outcomes]
  assert.ok(all.length > 10)
  for (const { trial, epoch, known, value } of all) {
    assert.ok(known < epoch)
    assert.equal(value, study.view.loss(trial, epoch))
  }
})

test('coverage counts what lies within the 80 % interval, errors are true less predicted', () => {
  const { accuracy } = told({
    outcomes: [
      { ...outcome, value: 1 + 0.0999 * intervalSds },
      { ...outcome, value: 1.3 },
      { ...outcome, value: 0.9 },
      { ...outcome, value: null },
    ],
    audit: { ...audited(false)!, audits: [{ ...outcome, value: 3, threshold: 2, isFalseDrop: false }] },
  })
  const { selected, audited: ofAudits, all } = accuracy
  assert.equal(selected.count, 3)
  assert.equal(selected.coverage?.value, 2 / 3)
  assert.ok(Math.abs(selected.meanError! - (0.0999 * intervalSds + 0.3 - 0.1) / 3) < 1e-12)
  assert.ok(Math.abs(selected.rmse! - Math.sqrt(((0.0999 * intervalSds) ** 2 + 0.09 + 0.01) / 3)) < 1e-12)
  assert.deepEqual([ofAudits.count, ofAudits.coverage?.value, ofAudits.meanError, ofAudits.rmse], [1, 0, 2, 2])
  assert.equal(all.count, 4)
  assert.deepEqual(told({}).accuracy.all, { count: 0, coverage: null, meanError: null, rmse: null })
})

test('the share of false drops has its exact interval, and waits for those that are not judged', () => {
  const { audit } = told({ audit: audited(true, false, null, false, false, false, false, false, false, false, false) })
  assert.deepEqual([audit?.judged, audit?.pending, audit?.falseDrops], [10, 1, 1])
  assert.equal(audit?.falseDropRate?.value, 0.1)
  assert.ok(Math.abs(audit.falseDropRate.low - 0.002528578544446455) < 1e-9)
  assert.ok(Math.abs(audit.falseDropRate.high - 0.4450161174281811) < 1e-9)
})

test('the verdict says on which side of harm the interval lies', () => {
  const verdictOf = (...verdicts: (boolean | null)[]): unknown => told({ audit: audited(...verdicts) }).audit?.verdict
  const times = (count: number, isFalseDrop: boolean): boolean[] => Array.from({ length: count }, () => isFalseDrop)
  assert.equal(verdictOf(), 'waiting')
  assert.equal(verdictOf(null), 'waiting')
  assert.equal(verdictOf(false, false), 'open')
  assert.equal(verdictOf(...times(40, false)), 'below')
  assert.equal(verdictOf(...times(8, true), ...times(4, false)), 'above')
  assert.equal(told({ audit: { ...audited()!, share: 0 } }).audit?.verdict, 'off')
  assert.equal(told({}).audit, null)
})

test('with a maximised metric values, thresholds and false drops are in the user’s sign', () => {
  const scheduler = schedulerOf('swift-hyperband', { eta: 3, d: 4, predictor: 'last-value', audit: 1 })
  const objectives = [{ metric: 'score', direction: 'maximize', value: 'last' }] as const
  const { study } = aStudy({
    slots: 4,
    definition: { epochs, scheduler, budget: {}, objectives },
    report: ({ x }, epoch, trial) => ({ score: 10 + Number(x) - 1 / epoch + ((trial * 7) % 11) / (5 * epoch) }),
  })
  const audits = reportOf({ study }).audit?.audits ?? []
  assert.ok(audits.length > 3)
  for (const { predicted, value, threshold, isFalseDrop } of audits) {
    assert.ok(predicted > 8 && value! > 8 && threshold! > 8)
    assert.equal(isFalseDrop, value! > threshold!)
  }
})
