/**
 * The published figures, and where they stand.
 *
 * Two public repositories of the authors hold programs, notebooks and result files: `qtml-hybrid-workflow` (Swift-Hyperband) and `performance-pred` (predictors). The
 * posters of CHEP 2023 and QTML 2023 show them. Figures marked `recomputed` were made from the public data by an independent program before this one was written.
 */

export interface PublishedScores {
  readonly mean: number
  readonly median: number
  readonly min: number
  readonly max: number
  readonly sd: number
}

/** qtml-hybrid-workflow, results on MLPF: 10 simulated searches each. */
export const mlpfSearches = {
  best: { mean: 442.42, sd: 0.24 },
  hyperband: { epochs: 3213 },
  swift: { epochs: 2926, sd: 40 },
  quantumSwift: { epochs: 2953, sd: 61 },
} as const

/** The same, on targets whose curves are not public: epochs of Hyperband, Swift with SVR and with QSVR. */
export const otherTargets = [
  { target: 'CIFAR-10 CNN', R: 100, hyperband: 3213, svr: 3014, qsvr: 2960, seconds: [13846, 16052, 15130] },
  { target: 'Tiny-ImageNet ResNet-18', R: 35, hyperband: 872, svr: 839, qsvr: 835, seconds: [34952, 33359, 32607] },
  { target: 'LSTM, bAbI task 17', R: 300, hyperband: 15380, svr: 13276, qsvr: 14304, seconds: [4904, 5808, 6103] },
] as const

/** Recomputed: Swift-Hyperband as published, by workers: simulations, epochs, the share that found Hyperband's best. */
export const swiftByWorkers = [
  { workers: 1, count: 200, mean: 2910, sd: 53, sameBest: 0.96 },
  { workers: 4, count: 60, mean: 2923, sd: 57, sameBest: 0.95 },
  { workers: 10, count: 60, mean: 2934, sd: 43, sameBest: 0.83 },
  { workers: 50, count: 60, mean: 2935, sd: 45, sameBest: 0.87 },
] as const

/** Recomputed, with 15 curves: the three readings of Fast-Hyperband's bar; `inOrder`: on the rows in order. */
export const fastReadings = {
  share: { mean: 2953, sd: 78, predictors: 125, inOrder: 2846 },
  all: { mean: 3084, sd: 66, predictors: 129, inOrder: 2959 },
  best: { mean: 2679, sd: 104, predictors: 119, inOrder: 2666 },
} as const

/** Recomputed from the notebooks of performance-pred: 5-fold R2, all features. */
export const byKnownShare = {
  shares: [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1],
  svr: [0.431, 0.855, 0.906, 0.915, 0.932, 0.936, 0.948],
  nuSvr: [0.43, 0.87, 0.918, 0.941, 0.96, 0.97, 0.989],
} as const

/** Recomputed: 5-fold R2 of nu-SVR, a quarter of the curve known. */
export const byFeatures = {
  'hp + c + d1 + d2': 0.918,
  'hp + c': 0.919,
  'hp + c + d1': 0.92,
  'hp + c + d2': 0.916,
  'hp + second half of the known curve': 0.907,
  'hp + every second value': 0.911,
  c: 0.903,
  'c + d1 + d2': 0.912,
} as const

/** performance-pred, read off a plot: R2 of nu-SVR by the number of training curves. */
export const byTrainingCurves = {
  counts: [20, 40, 50, 60, 80, 100],
  nuSvr: [0.892, 0.899, 0.909, 0.911, 0.915, 0.92],
} as const

/** Recomputed, from 20 to 100 training curves. */
export const byScaling = [
  { features: 'c', scaling: 'quantile', from: 0.925, to: 0.939 },
  { features: 'c', scaling: 'min-max', from: 0.888, to: 0.902 },
  { features: 'hp + c + d1 + d2', scaling: 'quantile', from: 0.883, to: 0.913 },
  { features: 'hp + c + d1 + d2', scaling: 'min-max', from: 0.858, to: 0.903 },
] as const

/** performance-pred, notebook SVR_training: 236 training curves, 59 tested. */
export const largeTraining = {
  defaults: { fold: 0.92, foldSd: 0.027, test: 0.871 },
  tuned: { fold: 0.93, test: 0.8905 },
} as const

/** performance-pred: 20 training curves, half of the rows tested, 1000 random divisions. */
export const svrOn20: PublishedScores = { min: 0.437, max: 0.957, mean: 0.89, median: 0.902, sd: 0.048 }

/** performance-pred, on the annealer: 10 divisions, by the name of the combination. */
export const qsvrOn20: readonly { readonly name: string; readonly scores: PublishedScores | null }[] = [
  { name: '1/MSE', scores: { min: 0.642, max: 0.948, mean: 0.866, median: 0.895, sd: 0.086 } },
  { name: 'softmax of 1/MSE', scores: { min: 0.761, max: 0.946, mean: 0.879, median: 0.893, sd: 0.055 } },
  { name: '1/log-cosh', scores: { min: 0.64, max: 0.948, mean: 0.865, median: 0.895, sd: 0.087 } },
  { name: 'softmax of 1/log-cosh', scores: { min: 0.742, max: 0.948, mean: 0.881, median: 0.897, sd: 0.056 } },
  { name: 'best solution', scores: { min: 0.761, max: 0.946, mean: 0.876, median: 0.892, sd: 0.057 } },
  { name: 'equal weights', scores: { min: -0.701, max: 0.898, mean: 0.659, median: 0.867, sd: 0.471 } },
  { name: 'softmax of R2', scores: null },
  { name: 'mean of the seven', scores: null },
  { name: 'lowest energy', scores: { min: 0.735, max: 0.916, mean: 0.846, median: 0.853, sd: 0.057 } },
]

/** Four QSVRs on 80 training curves, 10 divisions. */
export const combinationOfFour: PublishedScores = { min: 0.857, max: 0.927, mean: 0.899, median: 0.897, sd: 0.019 }

/** Recomputed by simulated annealing elsewhere: 10 divisions, quantile-scaled target. */
export const qsvrRecomputed = { min: 0.909, max: 0.942, mean: 0.925 } as const

/** The lowest energy known of the first 20 rows' QUBO: found elsewhere by long annealing and exchanges. */
export const lowestKnownEnergy = -1.27498

/** performance-pred, MNIST: 300 trials, tuned nu-SVR, R2 by the known share. */
export const mnistByShare = {
  shares: [0, 0.1, 0.25, 0.5, 0.75, 0.95],
  four: [0.224, 0.9, 0.99, 0.998, 0.995, 0.996],
  six: [0.182, 0.843, 0.918, 0.987, 0.988, 0.995],
} as const

/** Baker, Gupta, Raskar, Naik 2017: R2 with 100 training curves and a quarter known. */
export const baker = [
  { data: 'MetaQNN CNNs, CIFAR-10', scores: [0.9422, 0.9444, 0.9227, 0.9322] },
  { data: 'ResNets, TinyImageNet', scores: [0.8578, 0.918, 0.9137, 0.9015] },
  { data: 'LSTM, Penn Treebank', scores: [0.8329, 0.9859, 0.9138, 0.898] },
] as const

/** An independent simulation of the rules, 20 seeds, MLPF, R = 100: makespan at 4, 10 and 50 workers with equal and with log-normal epochs. */
export const makespans: { readonly [variant: string]: readonly number[] } = {
  hyperbandWaves: [1132, 760, 702, 1416, 987, 909],
  swiftWaves: [1104, 799, 773, 1333, 940, 880],
  hyperbandPublished: [834, 361, 121, 852, 390, 190],
  hyperbandPath: [828, 338, 117, 832, 359, 183],
  arrivalNever: [779, 329, 125, 780, 346, 181],
  arrivalIdle: [768, 320, 113, 770, 340, 174],
  planNever: [756, 342, 169, 778, 369, 220],
  planIdle: [748, 321, 113, 770, 350, 182],
}
