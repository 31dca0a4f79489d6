/**
 * What goes wrong, drawn from a seed. Every draw has an address of its own (attempt, worker, trial, append), so that one fault more or
 * fewer elsewhere changes nothing here, and two schedulers meet the same bad worker.
 */
import { stream } from '../core/maths/stream.ts'
import type { Stream } from '../core/maths/stream.ts'
import { faultsInvalid } from './errors.ts'

/** Probabilities. */
export interface Faults {
  /** An attempt is lost in the middle of a random epoch of its order. */
  readonly loss: number
  /** A report is read up to ten epochs late. */
  readonly late: number
  /** A report is read after its successor. */
  readonly reorder: number
  /** A report is read twice. */
  readonly double: number
  /** A worker needs four times as long. */
  readonly slow: number
  /** A start is refused. */
  readonly refuse: number
  /** A trial's curve is not finite from a random epoch on. */
  readonly nan: number
  /** A predictor cannot be trained. */
  readonly fit: number
  /** The controller dies at an append, half of the times before the append is durable and half of the times after it. */
  readonly crash: number
}

export const noFaults: Faults = {
  loss: 0,
  late: 0,
  reorder: 0,
  double: 0,
  slow: 0,
  refuse: 0,
  nan: 0,
  fit: 0,
  crash: 0,
}

const slowFactor = 4
const lateEpochsMax = 10

/** `loss=0.01,late=0.05,crash=0.001`. */
export function parseFaults(text: string): Faults {
  const given: { -readonly [fault in keyof Faults]?: number } = {}
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue
    const [name = '', value = '', ...more] = entry.split('=').map((part) => part.trim())
    if (!isFault(name)) throw faultsInvalid(text, `one of ${Object.keys(noFaults).join(', ')}`, `\`${name}\``)
    const probability = Number(value)
    if (more.length > 0 || value === '' || !(probability >= 0 && probability <= 1)) {
      throw faultsInvalid(text, `${name}=PROBABILITY from 0 to 1`, `\`${entry.trim()}\``)
    }
    if (given[name] !== undefined) throw faultsInvalid(text, `\`${name}\` once`, 'it twice')
    given[name] = probability
  }
  return { ...noFaults, ...given }
}

function isFault(name: string): name is keyof Faults {
  return Object.hasOwn(noFaults, name)
}

/** What will befall one attempt. */
export interface AttemptFaults {
  readonly isRefused: boolean
  /** Epochs after which it is lost; Infinity = it is not. */
  readonly lostAfter: number
  /** The part of the fatal epoch that was trained. */
  readonly lostPart: number
  /** How the next line is read: a delay in epochs, and whether it comes twice. */
  line(): { readonly delayEpochs: number; readonly isDoubled: boolean }
}

export function attemptFaults(
  faults: Faults,
  seed: number,
  attempt: { readonly trial: number; readonly attempt: number; readonly from: number; readonly until: number },
): AttemptFaults | null {
  if (!(faults.loss || faults.late || faults.reorder || faults.double || faults.refuse)) return null
  const chance = stream(seed, 'faults', 'attempt', attempt.trial, attempt.attempt)
  const isRefused = chance.uniform() < faults.refuse
  const isLost = chance.uniform() < faults.loss
  const lostAfter = chance.integer(Math.max(1, attempt.until - attempt.from))
  return {
    isRefused,
    lostAfter: isLost ? lostAfter : Infinity,
    lostPart: chance.uniform(),
    line: () => lineFault(faults, chance),
  }
}

/** Always four draws, so that one line's fate does not move the next one's. */
function lineFault(faults: Faults, chance: Stream): { readonly delayEpochs: number; readonly isDoubled: boolean } {
  const isLate = chance.uniform() < faults.late
  const delay = chance.uniform() * lateEpochsMax
  const isReordered = chance.uniform() < faults.reorder
  const isDoubled = chance.uniform() < faults.double
  return { delayEpochs: isLate ? delay : isReordered ? 1.5 : 0, isDoubled }
}

export function slowness(faults: Faults, seed: number, worker: number): number {
  return faults.slow > 0 && stream(seed, 'faults', 'worker', worker).uniform() < faults.slow ? slowFactor : 1
}

/** The epoch from which on the trial reports NaN; Infinity = never. */
export function nonFiniteFrom(faults: Faults, seed: number, trial: number, epochs: number): number {
  if (faults.nan === 0) return Infinity
  const chance = stream(seed, 'faults', 'nan', trial)
  return chance.uniform() < faults.nan ? 1 + chance.integer(epochs) : Infinity
}

export function isFitRefused(faults: Faults, seed: number, fit: number): boolean {
  return faults.fit > 0 && stream(seed, 'faults', 'fit', fit).uniform() < faults.fit
}

/** Whether the controller dies at the study's n-th append (counted over all its lives), and how long it is away. */
export function crashAt(
  faults: Faults,
  seed: number,
  append: number,
): { readonly when: 'before' | 'after'; readonly awayMs: number } | null {
  if (faults.crash === 0) return null
  const chance = stream(seed, 'faults', 'crash', append)
  if (chance.uniform() >= faults.crash) return null
  return { when: chance.uniform() < 0.5 ? 'before' : 'after', awayMs: chance.uniform() * 60_000 }
}
