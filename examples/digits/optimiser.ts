/** Gradient steps on one flat vector of weights. What an optimiser remembers is one flat vector too, so that a checkpoint can hold it. */
import type { Settings } from './settings.ts'

export interface Optimiser {
  /** SGD: the velocity. Adam: first moments, then second moments. */
  readonly memory: Float64Array
  /** How many steps have been taken: Adam's bias correction needs it. */
  stepCount: number
}

export function optimiser(settings: Settings, weightCount: number): Optimiser {
  return { memory: new Float64Array(settings.optimizer === 'adam' ? 2 * weightCount : weightCount), stepCount: 0 }
}

export function step(optimiser: Optimiser, settings: Settings, weights: Float64Array, gradient: Float64Array): void {
  optimiser.stepCount += 1
  if (settings.optimizer === 'adam') adam(optimiser, settings.lr, weights, gradient)
  else momentumSgd(optimiser, settings.lr, settings.momentum, weights, gradient)
}

function momentumSgd(
  { memory: velocity }: Optimiser,
  lr: number,
  momentum: number,
  weights: Float64Array,
  gradient: Float64Array,
): void {
  for (let index = 0; index < weights.length; index++) {
    velocity[index] = momentum * velocity[index]! + gradient[index]!
    weights[index]! -= lr * velocity[index]!
  }
}

/** Adam with its usual constants (Kingma and Ba, 2015, Algorithm 1). */
function adam({ memory, stepCount }: Optimiser, lr: number, weights: Float64Array, gradient: Float64Array): void {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]
  const first = memory.subarray(0, weights.length)
  const second = memory.subarray(weights.length)
  const correction1 = 1 - beta1 ** stepCount
  const correction2 = 1 - beta2 ** stepCount
  for (let index = 0; index < weights.length; index++) {
    const slope = gradient[index]!
    first[index] = beta1 * first[index]! + (1 - beta1) * slope
    second[index] = beta2 * second[index]! + (1 - beta2) * slope * slope
    weights[index]! -= (lr * (first[index]! / correction1)) / (Math.sqrt(second[index]! / correction2) + epsilon)
  }
}
