import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { type Images, pixelsPerImage, readImages } from './images.ts'
import { type Settings, byHand, settings } from './settings.ts'
import { type Training, evaluate, startTraining, trainEpoch } from './training.ts'

const everyKind: readonly Settings[] = [
  { lr: 0.02, hidden: 16, dropout: 0.2, optimizer: 'sgd', momentum: 0.9 },
  { lr: 0.003, hidden: 8, dropout: 0, optimizer: 'adam' },
]
const training = first(readImages('training'), 300)
const validation = first(readImages('validation'), 200)

function first(images: Images, count: number): Images {
  return { count, pixels: images.pixels.subarray(0, count * pixelsPerImage), labels: images.labels.subarray(0, count) }
}

function curve(state: Training, until: number): number[] {
  const losses = []
  while (state.epoch < until) {
    trainEpoch(state, training)
    losses.push(evaluate(state, validation).loss)
  }
  return losses
}

for (const choice of everyKind) {
  test(`a ${choice.optimizer} training that is saved and continued after any epoch has the uninterrupted curve`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'digits-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const whole = curve(startTraining(choice, 11), 4)
    for (const stop of [1, 3]) {
      const before = startTraining(choice, 11)
      const start = curve(before, stop)
      saveCheckpoint(folder, before)
      const after = loadCheckpoint(folder)
      assert.ok(after)
      assert.equal(after.epoch, stop)
      assert.deepEqual([...start, ...curve(after, 4)], whole)
    }
    assert.deepEqual(readdirSync(folder), ['training.v8'])
  })

  test(`a ${choice.optimizer} training depends on its seed`, () => {
    assert.notDeepEqual(curve(startTraining(choice, 11), 2), curve(startTraining(choice, 12), 2))
  })
}

test('a checkpoint that was being written when the power went is not read', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'digits-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'training.v8.new'), 'half a check')
  assert.equal(loadCheckpoint(folder), null)
})

test('two epochs on 3,000 images already read most digits, and a learning rate far too high reads none', () => {
  const images = readImages('training')
  const accuracy = (choice: Settings): number => {
    const state = startTraining(choice, 3)
    for (let epoch = 0; epoch < 2; epoch++) trainEpoch(state, images)
    return evaluate(state, validation).accuracy
  }
  assert.ok(accuracy(settings({ ...byHand })) > 0.8)
  assert.ok(accuracy(settings({ lr: 1 })) < 0.3)
})

test('momentum is read with sgd only, and what a configuration lacks is as set by hand', () => {
  assert.deepEqual(settings({ optimizer: 'adam', lr: 0.1 }), { lr: 0.1, hidden: 32, dropout: 0.1, optimizer: 'adam' })
  assert.deepEqual(settings({}), byHand)
  assert.throws(() => settings({ optimizer: 'lion' }), /sgd or adam, got lion/)
})
