/** How much is measured: the whole study, or enough to see that everything works. */

export interface Scope {
  readonly isQuick: boolean
  /** Seeds of each algorithm on each table. */
  readonly searches: number
  /** Seeds of Swift-Hyperband with one worker, and with each other number of them. */
  readonly swiftSeeds: number
  readonly parallelSeeds: number
  readonly fastSeeds: number
  /** Seeds of each makespan. */
  readonly makespanSeeds: number
  /** Repetitions of a 5-fold division. */
  readonly foldRepeats: number
  /** Random divisions of nu-SVR by number of curves, and of SVR with 20 curves. */
  readonly divisions: number
  readonly svrDivisions: number
  readonly annealedDivisions: number
  readonly predictorDivisions: number
  readonly mnistDraws: number
}

export const whole: Scope = {
  isQuick: false,
  searches: 10,
  swiftSeeds: 200,
  parallelSeeds: 100,
  fastSeeds: 20,
  makespanSeeds: 20,
  foldRepeats: 20,
  divisions: 100,
  svrDivisions: 1000,
  annealedDivisions: 10,
  predictorDivisions: 50,
  mnistDraws: 5,
}

export const quick: Scope = {
  isQuick: true,
  searches: 2,
  swiftSeeds: 6,
  parallelSeeds: 2,
  fastSeeds: 2,
  makespanSeeds: 2,
  foldRepeats: 1,
  divisions: 10,
  svrDivisions: 50,
  annealedDivisions: 2,
  predictorDivisions: 2,
  mnistDraws: 1,
}

export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, seed) => seed)
}
