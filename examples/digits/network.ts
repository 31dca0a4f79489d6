/**
 * The network of this example: convolution 5 x 5 with stride 2 and 8 filters, ReLU, 2 x 2 pooling; a hidden layer with ReLU and dropout; ten
 * logits. All its weights lie in one flat array, so that optimiser, checkpoint and gradient check treat them as one vector.
 */
import type { Stream } from '../../src/core/maths/stream.ts'
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  dense,
  denseBackward,
  outputSide,
  poolAndRectify,
  pooledSide,
  rectify,
  softmaxCrossEntropy,
} from './layers.ts'
import { classCount, side } from './images.ts'

const shape: ConvolutionShape = { side, kernel: 5, stride: 2, pool: 2, filters: 8 }
const featureCount = pooledSide(shape) ** 2 * shape.filters

/** Weights, or their gradient: the named parts are views into `all`. */
export interface Weights {
  readonly all: Float64Array
  readonly kernels: Float64Array
  readonly kernelBias: Float64Array
  readonly hidden: Float64Array
  readonly hiddenBias: Float64Array
  readonly output: Float64Array
  readonly outputBias: Float64Array
}

export function weightCount(hidden: number): number {
  return (shape.kernel ** 2 + 1) * shape.filters + (featureCount + 1) * hidden + (hidden + 1) * classCount
}

export function weightsOf(hidden: number, all: Float64Array = new Float64Array(weightCount(hidden))): Weights {
  let end = 0
  const next = (length: number): Float64Array => all.subarray(end, (end += length))
  return {
    all,
    kernels: next(shape.kernel ** 2 * shape.filters),
    kernelBias: next(shape.filters),
    hidden: next(featureCount * hidden),
    hiddenBias: next(hidden),
    output: next(hidden * classCount),
    outputBias: next(classCount),
  }
}

/** He's start: normal weights with variance 2 / (inputs of the unit), no bias. */
export function drawWeights(hidden: number, stream: Stream): Weights {
  const weights = weightsOf(hidden)
  const fill = (part: Float64Array, inputs: number): void => {
    const scale = Math.sqrt(2 / inputs)
    for (let index = 0; index < part.length; index++) part[index] = scale * stream.normal()
  }
  fill(weights.kernels, shape.kernel ** 2)
  fill(weights.hidden, featureCount)
  fill(weights.output, hidden)
  return weights
}

/** What one image leaves behind on its way through the network, made once and written over by every image. */
interface Activations {
  readonly convolved: Float64Array
  readonly features: Float64Array
  readonly winners: Int32Array
  readonly hidden: Float64Array
  readonly gates: Float64Array
  readonly logits: Float64Array
  readonly featureGradient: Float64Array
  readonly hiddenGradient: Float64Array
}

export interface Network {
  readonly weights: Weights
  readonly gradient: Weights
  readonly activations: Activations
  /** Per hidden unit: 1 to keep it as it is; dropout writes 0, or 1 / (1 - rate), before each image. */
  readonly keep: Float64Array
}

export function network(weights: Weights): Network {
  const hidden = weights.hiddenBias.length
  return {
    weights,
    gradient: weightsOf(hidden),
    activations: {
      convolved: new Float64Array(outputSide(shape) ** 2 * shape.filters),
      features: new Float64Array(featureCount),
      winners: new Int32Array(featureCount),
      hidden: new Float64Array(hidden),
      gates: new Float64Array(hidden),
      logits: new Float64Array(classCount),
      featureGradient: new Float64Array(featureCount),
      hiddenGradient: new Float64Array(hidden),
    },
    keep: new Float64Array(hidden).fill(1),
  }
}

/** The image's logits, valid until the next call. */
export function forward({ weights, activations, keep }: Network, image: Uint8Array): Float64Array {
  const { convolved, features, winners, hidden, gates, logits } = activations
  convolve(shape, weights.kernels, weights.kernelBias, image, convolved)
  poolAndRectify(shape, convolved, features, winners)
  dense(weights.hidden, weights.hiddenBias, features, hidden)
  rectify(hidden, gates, keep)
  dense(weights.output, weights.outputBias, hidden, logits)
  return logits
}

/** The loss of one labelled image, after adding its gradient to `network.gradient`. */
export function backpropagate(network: Network, image: Uint8Array, label: number): number {
  const { weights, gradient, activations } = network
  const { features, winners, hidden, gates, featureGradient, hiddenGradient } = activations
  const logits = forward(network, image)
  const loss = softmaxCrossEntropy(logits, label)
  denseBackward(weights.output, hidden, logits, gradient.output, gradient.outputBias, hiddenGradient)
  for (let unit = 0; unit < gates.length; unit++) hiddenGradient[unit]! *= gates[unit]!
  denseBackward(weights.hidden, features, hiddenGradient, gradient.hidden, gradient.hiddenBias, featureGradient)
  convolveBackward(shape, image, winners, featureGradient, gradient.kernels, gradient.kernelBias)
  return loss
}
