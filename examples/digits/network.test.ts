import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../src/core/maths/stream.ts'
import { pixelsPerImage, readImages } from './images.ts'
import { type ConvolutionShape, convolve, outputSide, softmaxCrossEntropy } from './layers.ts'
import { type Weights, backpropagate, drawWeights, forward, network } from './network.ts'

const image = readImages('training').pixels.subarray(0, pixelsPerImage)
const label = 5

test('the ink-driven convolution is the textbook sum over every window', () => {
  const shape: ConvolutionShape = { side: 28, kernel: 5, stride: 2, pool: 2, filters: 3 }
  const draw = stream(1, 'convolution')
  const weights = Float64Array.from({ length: 25 * 3 }, () => draw.normal())
  const bias = Float64Array.of(0.1, -0.2, 0.3)
  const outputs = outputSide(shape)
  const output = new Float64Array(outputs ** 2 * 3)
  convolve(shape, weights, bias, image, output)
  for (let at = 0; at < output.length; at++) {
    const filter = at % 3
    const top = Math.floor(at / 3 / outputs) * 2
    const left = (Math.floor(at / 3) % outputs) * 2
    let sum = bias[filter]!
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < 5; column++) {
        sum += (image[(top + row) * 28 + left + column]! / 255) * weights[(row * 5 + column) * 3 + filter]!
      }
    }
    assert.ok(Math.abs(output[at]! - sum) < 1e-12, `output ${at} is ${output[at]}, not ${sum}`)
  }
})

test('the gradient of every kind of weight agrees with finite differences, under dropout too', () => {
  const draw = stream(2, 'gradient')
  const net = network(drawWeights(12, draw))
  // Away from zero, where the windows that see only paper would stand exactly on the kink of the ReLU.
  for (const bias of [net.weights.kernelBias, net.weights.hiddenBias]) bias.set(bias.map(() => 0.1 * draw.normal()))
  net.keep.set(net.keep.map((_, unit) => (unit % 3 === 0 ? 0 : 1.5)))
  backpropagate(net, image, label)
  const lossAt = (weights: Float64Array, index: number, value: number): number => {
    const kept = weights[index]!
    weights[index] = value
    const loss = softmaxCrossEntropy(forward(net, image), label)
    weights[index] = kept
    return loss
  }
  const parts = [
    'kernels',
    'kernelBias',
    'hidden',
    'hiddenBias',
    'output',
    'outputBias',
  ] as const satisfies (keyof Weights)[]
  for (const part of parts) {
    const weights = net.weights[part]
    let moving = 0
    for (let count = 0; count < 300; count++) {
      const index = draw.integer(weights.length)
      const width = 1e-5
      const slope =
        (lossAt(weights, index, weights[index]! + width) - lossAt(weights, index, weights[index]! - width)) /
        (2 * width)
      const gradient = net.gradient[part][index]!
      if (gradient !== 0) moving += 1
      assert.ok(
        Math.abs(slope - gradient) < 1e-7 + 1e-5 * Math.abs(slope),
        `${part}[${index}]: ${gradient}, measured ${slope}`,
      )
    }
    assert.ok(moving > 30, `only ${moving} weights of ${part} had a gradient to compare`)
  }
})

test('a loss of probabilities that are certain and wrong is large and finite', () => {
  const loss = softmaxCrossEntropy(Float64Array.of(2000, 0, -2000), 2)
  assert.equal(loss, 4000)
})
