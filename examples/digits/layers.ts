/**
 * The layers of a small convolutional network, one image at a time, as loops over flat arrays. Each has a forward function and a backward
 * one, which adds to the gradients of its weights; `layers.test.ts` holds every backward function to finite differences.
 */

/** Square convolution windows of `kernel` pixels, `stride` apart, over an image of `side`; then the largest of each `pool` x `pool` outputs. */
export interface ConvolutionShape {
  readonly side: number
  readonly kernel: number
  readonly stride: number
  readonly pool: number
  readonly filters: number
}

export function outputSide(shape: ConvolutionShape): number {
  return Math.floor((shape.side - shape.kernel) / shape.stride) + 1
}

export function pooledSide(shape: ConvolutionShape): number {
  return Math.floor(outputSide(shape) / shape.pool)
}

/**
 * Convolution driven by the ink: most pixels of a digit are zero, so each inked pixel is added to the few windows that see it, instead of
 * each window being multiplied out. `weights` is [row][column][filter], `output` is [row][column][filter].
 */
export function convolve(
  shape: ConvolutionShape,
  weights: Float64Array,
  bias: Float64Array,
  image: Uint8Array,
  output: Float64Array,
): void {
  const { side, kernel, stride, filters } = shape
  const outputs = outputSide(shape)
  for (let at = 0; at < output.length; at += filters) output.set(bias, at)
  for (let row = 0; row < side; row++) {
    const lastTop = Math.min(outputs - 1, Math.floor(row / stride))
    const firstTop = Math.max(0, Math.ceil((row - kernel + 1) / stride))
    for (let column = 0; column < side; column++) {
      const ink = image[row * side + column]! / 255
      if (ink === 0) continue
      const lastLeft = Math.min(outputs - 1, Math.floor(column / stride))
      const firstLeft = Math.max(0, Math.ceil((column - kernel + 1) / stride))
      for (let top = firstTop; top <= lastTop; top++) {
        for (let left = firstLeft; left <= lastLeft; left++) {
          const to = (top * outputs + left) * filters
          const from = ((row - top * stride) * kernel + (column - left * stride)) * filters
          for (let filter = 0; filter < filters; filter++) output[to + filter]! += ink * weights[from + filter]!
        }
      }
    }
  }
}

/** The largest value of each pool, cut off below zero (ReLU); `winners` remembers where it stood, -1 if it was cut off. */
export function poolAndRectify(
  shape: ConvolutionShape,
  input: Float64Array,
  output: Float64Array,
  winners: Int32Array,
): void {
  const { pool, filters } = shape
  const inputs = outputSide(shape)
  const pools = pooledSide(shape)
  for (let row = 0; row < pools; row++) {
    for (let column = 0; column < pools; column++) {
      const to = (row * pools + column) * filters
      for (let filter = 0; filter < filters; filter++) {
        let largest = 0
        let winner = -1
        for (let down = 0; down < pool; down++) {
          for (let right = 0; right < pool; right++) {
            const from = ((row * pool + down) * inputs + column * pool + right) * filters + filter
            if (input[from]! > largest) {
              largest = input[from]!
              winner = from
            }
          }
        }
        output[to + filter] = largest
        winners[to + filter] = winner
      }
    }
  }
}

/** Through pool and convolution at once: only the window that won its pool has a gradient. */
export function convolveBackward(
  shape: ConvolutionShape,
  image: Uint8Array,
  winners: Int32Array,
  outputGradient: Float64Array,
  weightGradient: Float64Array,
  biasGradient: Float64Array,
): void {
  const { side, kernel, stride, filters } = shape
  const outputs = outputSide(shape)
  for (let at = 0; at < winners.length; at++) {
    const gradient = outputGradient[at]!
    const winner = winners[at]!
    if (winner < 0 || gradient === 0) continue
    const filter = winner % filters
    const window = (winner - filter) / filters
    const left = (window % outputs) * stride
    const top = Math.floor(window / outputs) * stride
    biasGradient[filter]! += gradient
    for (let row = 0; row < kernel; row++) {
      for (let column = 0; column < kernel; column++) {
        const ink = image[(top + row) * side + left + column]!
        if (ink !== 0) weightGradient[(row * kernel + column) * filters + filter]! += (gradient * ink) / 255
      }
    }
  }
}

/**
 * output = input · weights + bias, with `weights` as [input][output]. Inputs are what a ReLU let through, so about half of them are exactly
 * zero, and their rows of weights are passed over.
 */
export function dense(weights: Float64Array, bias: Float64Array, input: Float64Array, output: Float64Array): void {
  const width = output.length
  output.set(bias)
  for (let row = 0; row < input.length; row++) {
    const value = input[row]!
    if (value === 0) continue
    const start = row * width
    for (let column = 0; column < width; column++) output[column]! += value * weights[start + column]!
  }
}

/** The gradient of an input of zero is left at zero: the ReLU below lets nothing through there. */
export function denseBackward(
  weights: Float64Array,
  input: Float64Array,
  outputGradient: Float64Array,
  weightGradient: Float64Array,
  biasGradient: Float64Array,
  inputGradient: Float64Array,
): void {
  const width = outputGradient.length
  for (let column = 0; column < width; column++) biasGradient[column]! += outputGradient[column]!
  for (let row = 0; row < input.length; row++) {
    const value = input[row]!
    let sum = 0
    if (value !== 0) {
      const start = row * width
      for (let column = 0; column < width; column++) {
        const gradient = outputGradient[column]!
        weightGradient[start + column]! += value * gradient
        sum += weights[start + column]! * gradient
      }
    }
    inputGradient[row] = sum
  }
}

/** ReLU and dropout in one: `gates` holds for each unit what passes, and its gradient: 0, or the dropout's scale. */
export function rectify(values: Float64Array, gates: Float64Array, keep: Float64Array): void {
  for (let unit = 0; unit < values.length; unit++) {
    const gate = values[unit]! > 0 ? keep[unit]! : 0
    gates[unit] = gate
    values[unit] = gate === 0 ? 0 : values[unit]! * gate
  }
}

/** Turns logits into the gradient of the cross-entropy (softmax minus the one-hot label), and returns that loss. */
export function softmaxCrossEntropy(logits: Float64Array, label: number): number {
  let largest = -Infinity
  for (const logit of logits) largest = Math.max(largest, logit)
  const own = logits[label]! - largest
  let sum = 0
  for (let index = 0; index < logits.length; index++) {
    logits[index] = Math.exp(logits[index]! - largest)
    sum += logits[index]!
  }
  for (let index = 0; index < logits.length; index++) logits[index]! /= sum
  logits[label]! -= 1
  return Math.log(sum) - own
}
