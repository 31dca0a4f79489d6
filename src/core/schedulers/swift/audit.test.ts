import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runStudy } from '../mini-study.laws.ts'
import type { Course, World } from '../mini-world.laws.ts'
import { chance } from '../scheduler.laws.ts'
import { swiftHyperband } from '../swift-hyperband.ts'
import type { AuditConclusion, RelaxConclusion } from './audit.ts'
import type { SelectionConclusion } from './conclusions.ts'

/** Whoever is ahead at one target is behind at the next, and a last value that is taken as it stands tells the opposite of what will be. */
const crossing = (trial: number, epoch: number): number =>
  (Math.floor(Math.log2(epoch)) % 2 === 1 ? chance(0, trial, 1) : 1 - chance(0, trial, 1)) +
  0.01 * chance(0, trial, epoch)

const parallel = (trial: number, epoch: number): number =>
  chance(0, trial, 1) + 1 / epoch + 0.01 * chance(0, trial, epoch)

const naive = { type: 'last-value', correction: 'none' }
const world: Omit<World, 'value'> = { slots: 4, maxEpochs: 64 }

function course(value: World['value'], options: { readonly [option: string]: unknown }): Course {
  return runStudy(swiftHyperband, { eta: 2, d: 4, passes: 3, ...options }, { ...world, value })
}

const all = ({ conclusions }: Course): { readonly [field: string]: unknown }[] =>
  conclusions.map(({ data }) => data as { readonly [field: string]: unknown })
const audits = (of: Course): AuditConclusion[] => all(of).filter((data) => 'isFalseDrop' in data) as AuditConclusion[]
const relaxations = (of: Course): RelaxConclusion[] =>
  all(of).filter((data) => 'relaxation' in data && 'audits' in data) as RelaxConclusion[]

function droppedByPass(of: Course): number[] {
  const selections = all(of).filter((data) => data['isFree'] === false) as SelectionConclusion[]
  return [0, 1, 2].map((pass) =>
    selections.filter((one) => one.pass === pass).reduce((sum, { dropped }) => sum + dropped.length, 0),
  )
}

test('an audited trial was dropped falsely if it ended better than the quantile of those that were sent', () => {
  for (const value of [crossing, parallel]) {
    const seen = course(value, { audit: 1, predictor: naive })
    const selections = all(seen).filter((data) => data['isFree'] === false) as SelectionConclusion[]
    for (const { pass, bracket, round, trial, epoch, threshold, isFalseDrop, value: told } of audits(seen)) {
      const its = selections.find((one) => one.pass === pass && one.bracket === bracket && one.round === round)
      assert.equal(threshold, its?.threshold)
      assert.equal(told, value(trial, epoch))
      assert.equal(isFalseDrop, (told ?? NaN) < (threshold ?? NaN))
    }
  }
})

test('where curves cross, prediction relaxes again and again until hardly anybody is dropped', () => {
  const seen = course(crossing, { audit: 0.2, predictor: naive })
  const [first, ...further] = relaxations(seen)
  assert.ok(first && first.relaxation === 0.5 && first.falseDrops / first.audits > 0.5)
  assert.deepEqual(
    further.map(({ relaxation }) => relaxation),
    further.map((_, index) => 1 + index / 2),
  )
  const dropped = droppedByPass(seen)
  const blindly = droppedByPass(course(crossing, { audit: 0, predictor: naive }))
  assert.ok(dropped[2]! < blindly[2]! / 4, `${dropped.join()} of ${blindly.join()}`)
})

test('where curves run side by side, prediction never relaxes', () => {
  for (const audit of [0.2, 1])
    for (const predictor of [naive, 'nu-svr']) {
      const seen = course(parallel, { audit, predictor })
      assert.ok(audits(seen).length > 30)
      assert.deepEqual(relaxations(seen), [])
    }
})

test('an audit changes nobody’s fate as long as prediction does not relax', () => {
  const fates = (of: Course): unknown =>
    (all(of).filter((data) => 'isFree' in data || 'survivors' in data) as SelectionConclusion[]).map((data) => [
      data.pass,
      data.bracket,
      data.round,
      data.selected,
      data.dropped,
      data['survivors'],
    ])
  const sorted = (of: Course): string[] => (fates(of) as unknown[]).map((fate) => JSON.stringify(fate)).toSorted()
  assert.deepEqual(
    sorted(course(parallel, { audit: 0.5, predictor: naive })),
    sorted(course(parallel, { audit: 0, predictor: naive })),
  )
})

test('audits of a bracket are trained before the next bracket begins, so that they can be of use', () => {
  const seen = runStudy(
    swiftHyperband,
    { eta: 2, d: 4, audit: 1, predictor: naive, order: 'published' },
    { slots: 1, maxEpochs: 64, value: parallel },
  )
  const audited = seen.orders.findIndex(({ order }) => order.why.rule === 'swift-audit')
  const lastStart = seen.orders.findLastIndex(({ isNew }) => isNew)
  assert.ok(audited >= 0 && audited < lastStart)
})
