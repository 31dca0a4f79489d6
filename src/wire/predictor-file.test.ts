import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodePredictor, encodePredictor } from './predictor-file.ts'
import type { SavedPredictor } from './predictor-file.ts'

const saved: SavedPredictor = {
  source: 'digits',
  objective: { metric: 'acc', direction: 'maximize' },
  epochs: { max: 3, resource: 'steps' },
  predictor: { type: 'nu-svr', C: 2, gamma: null, features: 'curve' },
  parameters: ['lr', 'kind'],
  curves: [
    { configuration: { lr: 1e-3, kind: 'a' }, losses: [-0.5, -0.75, -0.8125] },
    { configuration: { kind: 'b' }, losses: [-0.1, -0.2, -1e-300] },
  ],
}

test('what is written is read again, and each curve has a line of its own', async () => {
  const text = encodePredictor(saved)
  assert.deepEqual(await decodePredictor(text, 'a.json'), saved)
  assert.equal(text.split('\n').filter((line) => line.includes('"losses"')).length, 2)
  const bare = { ...saved, predictor: null }
  assert.deepEqual(await decodePredictor(encodePredictor(bare), 'a.json'), bare)
})

test('a file that is no predictor, or a broken one, is refused with its name, the place and the way out', async () => {
  const text = encodePredictor(saved)
  const without = (part: string, instead: string): string => {
    assert.ok(text.includes(part), part)
    return text.replace(part, instead)
  }
  for (const [broken, says] of [
    ['', /a\.json: expected a JSON file, got .*predict CURVES --save FILE/],
    [text.slice(0, -20), /expected a JSON file/],
    ['[]', /expected "format": "foretune-predictor", got nothing/],
    ['{"format":"other"}', /got "other"/],
    [without('"version": 1', '"version": 2'), /expected "version": 1, which this Foretune reads, got 2/],
    [without('-0.75', 'null'), /curves\.0\.losses\.1/],
    [without('-0.2,', ''), /curves\.1\.losses: expected 3 losses, as epochs\.max says, got 2/],
    [without('"maximize"', '"up"'), /objective\.direction/],
    [without('"max": 3', '"max": 0'), /epochs\.max/],
    [encodePredictor({ ...saved, curves: [] }), /got curves: /],
  ] as const)
    await assert.rejects(decodePredictor(broken, 'a.json'), { code: 'PREDICTOR_FILE_INVALID', message: says })
})
