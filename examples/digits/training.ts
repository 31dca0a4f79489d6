/**
 * Training as a pure sequence of epochs: what epoch 7 does depends on the settings, the seed and the state after epoch 6, and on nothing
 * else. So a trial that was stopped and continued from its checkpoint has exactly the curve of one that was never interrupted.
 */
import { type Stream, stream } from '../../src/core/maths/stream.ts'
import { type Images, pixelsPerImage, side } from './images.ts'
import { softmaxCrossEntropy } from './layers.ts'
import { type Network, backpropagate, drawWeights, forward, network, weightsOf } from './network.ts'
import { type Optimiser, optimiser, step } from './optimiser.ts'
import type { Settings } from './settings.ts'

const batchSize = 32

export interface Training {
  readonly settings: Settings
  readonly seed: number
  readonly network: Network
  readonly optimiser: Optimiser
  /** Epochs trained so far. */
  epoch: number
}

/** All of a training that its next epoch depends on, as plain data. */
export interface Snapshot {
  readonly settings: Settings
  readonly seed: number
  readonly epoch: number
  readonly weights: Float64Array
  readonly optimiser: Optimiser
}

export interface Quality {
  readonly loss: number
  readonly accuracy: number
}

export function startTraining(settings: Settings, seed: number): Training {
  const weights = drawWeights(settings.hidden, stream(seed, 'weights'))
  return { settings, seed, network: network(weights), optimiser: optimiser(settings, weights.all.length), epoch: 0 }
}

/** Holds the training's own arrays, not copies: to be written away before the next epoch. */
export function snapshot({ settings, seed, epoch, network, optimiser }: Training): Snapshot {
  return { settings, seed, epoch, weights: network.weights.all, optimiser }
}

export function continueTraining({ settings, seed, epoch, weights, optimiser }: Snapshot): Training {
  return { settings, seed, epoch, network: network(weightsOf(settings.hidden, weights)), optimiser }
}

/**
 * Trains one more epoch, on images that are each moved by up to a pixel, so that the network cannot learn them by heart. All that is
 * drawn for it comes from the addresses (seed, ..., epoch).
 */
export function trainEpoch(training: Training, images: Images): void {
  const { settings, seed, network } = training
  const epoch = training.epoch + 1
  const order = stream(seed, 'shuffle', epoch).permutation(images.count)
  const dropout = stream(seed, 'dropout', epoch)
  const shift = stream(seed, 'shift', epoch)
  const image = new Uint8Array(pixelsPerImage)
  const { all: weights } = network.weights
  const { all: gradient } = network.gradient
  for (let start = 0; start < images.count; start += batchSize) {
    const batch = order.slice(start, start + batchSize)
    gradient.fill(0)
    for (const index of batch) {
      if (settings.dropout > 0) dropUnits(network.keep, settings.dropout, dropout)
      copyMoved(imageAt(images, index), image, shift.integer(3) - 1, shift.integer(3) - 1)
      backpropagate(network, image, images.labels[index]!)
    }
    for (let index = 0; index < gradient.length; index++) gradient[index]! /= batch.length
    step(training.optimiser, settings, weights, gradient)
  }
  network.keep.fill(1)
  training.epoch = epoch
}

/** Mean cross-entropy and share of right answers, without dropout. */
export function evaluate({ network }: Training, images: Images): Quality {
  let loss = 0
  let right = 0
  for (let index = 0; index < images.count; index++) {
    const label = images.labels[index]!
    const logits = forward(network, imageAt(images, index))
    if (logits.every((logit, digit) => digit === label || logit < logits[label]!)) right += 1
    loss += softmaxCrossEntropy(logits, label)
  }
  return { loss: loss / images.count, accuracy: right / images.count }
}

function imageAt({ pixels }: Images, index: number): Uint8Array {
  return pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage)
}

/** What moves in from outside is paper. */
function copyMoved(image: Uint8Array, copy: Uint8Array, down: number, right: number): void {
  copy.fill(0)
  const first = Math.max(0, -right)
  const end = side - Math.max(0, right)
  for (let row = Math.max(0, -down); row < side - Math.max(0, down); row++) {
    const from = row * side
    const to = from + down * side + right
    for (let column = first; column < end; column++) copy[to + column] = image[from + column]!
  }
}

/** Kept units are scaled up, so that the layer above sees the same sum on average. */
function dropUnits(keep: Float64Array, rate: number, stream: Stream): void {
  const limit = rate * 2 ** 32
  for (let unit = 0; unit < keep.length; unit++) keep[unit] = stream.uint32() < limit ? 0 : 1 / (1 - rate)
}
