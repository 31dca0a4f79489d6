import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classCount, pixelsPerImage, readImages } from './images.ts'

for (const part of ['training', 'validation', 'test'] as const) {
  const images = readImages(part)

  test(`the ${part} images hold every digit about equally often`, () => {
    const counts = new Uint32Array(classCount)
    for (const label of images.labels) counts[label]! += 1
    assert.equal(images.labels.length, images.count)
    for (const [digit, count] of counts.entries()) {
      const share = count / images.count
      assert.ok(share > 0.07 && share < 0.13, `digit ${digit} has the share ${share}`)
    }
  })

  test(`the ${part} images are ink on paper: none is blank or faint, and the corners are paper`, () => {
    assert.equal(images.pixels.length, images.count * pixelsPerImage)
    for (let index = 0; index < images.count; index++) {
      const image = images.pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage)
      const inked = image.filter((ink) => ink > 0).length
      assert.ok(inked > 20 && inked < 400, `image ${index} has ${inked} inked pixels`)
      assert.ok(image[0] === 0 && image[pixelsPerImage - 1] === 0, `image ${index} has ink in a corner`)
      assert.ok(Math.max(...image) > 200, `image ${index} is faint`)
    }
  })
}

test('a zero looks like a zero: ink around an empty middle', () => {
  const { count, pixels, labels } = readImages('training')
  const mean = (digit: number, row: number, column: number): number => {
    let sum = 0
    let seen = 0
    for (let index = 0; index < count; index++) {
      if (labels[index] !== digit) continue
      sum += pixels[index * pixelsPerImage + row * 28 + column]!
      seen += 1
    }
    return sum / seen
  }
  assert.ok(mean(0, 14, 14) < 30, 'the middle of a zero is paper')
  assert.ok(mean(1, 14, 14) > 150, 'the middle of a one is ink')
})
