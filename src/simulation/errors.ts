/** The user's mistakes that the simulator finds, sorted by code. */
import { ForetuneError } from '../errors.ts'
import { nearest } from '../wire/nearest.ts'

/** `line` counts from 1; null = the file as a whole (or a Parquet file, which has rows and no lines). */
export function curvesInvalid(
  source: string,
  line: number | string | null,
  expected: string,
  got: string,
): ForetuneError {
  const where = line === null ? source : typeof line === 'number' ? `${source}, line ${line}` : `${source}, ${line}`
  return new ForetuneError('CURVES_INVALID', `${where}: expected ${expected}, got ${got}.`, {
    details: { source, line, expected, got },
  })
}

export function curvesNotFound(source: string, cause: unknown): ForetuneError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ForetuneError(
    'CURVES_NOT_FOUND',
    `Cannot read the table of curves ${source}: ${why}. Give the path of a CSV or Parquet file (to simulate, the name of a built-in problem).`,
    { details: { source }, cause },
  )
}

export function curvesTooShort(source: string, maxEpochs: number, horizon: number): ForetuneError {
  return new ForetuneError(
    'CURVES_TOO_SHORT',
    `--max-epochs ${maxEpochs}: the curves of ${source} have ${horizon} epochs. Give at most --max-epochs ${horizon}.`,
    { details: { source, maxEpochs, horizon } },
  )
}

export function curvesWithoutMetric(
  source: string,
  metric: string | undefined,
  known: readonly string[],
): ForetuneError {
  const names = known.join(', ')
  const message =
    known.length === 0
      ? `${source} has no curves: expected columns METRIC_1, METRIC_2, ... after the parameters (METRIC is any name).`
      : metric === undefined
        ? `${source} holds curves of several metrics (${names}): choose one with --metric.`
        : `${source} has no curves of \`${metric}\`: it holds ${names}. Choose one of them with --metric.`
  return new ForetuneError('CURVES_WITHOUT_METRIC', message, { details: { source, metric, known } })
}

export function faultsInvalid(text: string, expected: string, got: string): ForetuneError {
  return new ForetuneError('FAULTS_INVALID', `--faults ${text}: expected ${expected}, got ${got}.`, {
    details: { text, expected, got },
  })
}

export function secondsInvalid(text: string): ForetuneError {
  return new ForetuneError(
    'SECONDS_INVALID',
    `--seconds-per-epoch ${text}: expected a number above 0, lognormal:SIGMA with SIGMA from 0 to 3 (as in lognormal:0.35), or uniform:LOW:HIGH (as in uniform:30:90).`,
    { details: { text } },
  )
}

export function simulationEndless(problem: string, scheduler: string): ForetuneError {
  return new ForetuneError(
    'SIMULATION_ENDLESS',
    `${scheduler} on ${problem} has no end: name a budget, as in --budget trials=100 or --budget epochs=5000.`,
    { details: { problem, scheduler } },
  )
}

export function simulationNeedsTable(flag: string, problem: string): ForetuneError {
  return new ForetuneError(
    'SIMULATION_NEEDS_TABLE',
    `${flag}: expected a table of curves, got the built-in problem ${problem}, which has no rows and whose one metric, loss, is minimised. Leave it out.`,
    { details: { flag, problem } },
  )
}

export function tooFewRows(need: number, rows: number, maxEpochs: number, largest: number | null): ForetuneError {
  const way =
    largest === null
      ? 'No smaller --max-epochs fits either: use a larger table, or another scheduler.'
      : `The largest --max-epochs that fits is ${largest}.`
  return new ForetuneError(
    'TOO_FEW_ROWS',
    `The schedule for ${maxEpochs} epochs starts ${need} trials, and the table has ${rows} rows. ${way}`,
    { details: { need, rows, maxEpochs, largest } },
  )
}

export function unknownProblem(name: string, known: readonly string[]): ForetuneError {
  return new ForetuneError(
    'UNKNOWN_PROBLEM',
    `\`${name}\` is neither a file nor a built-in problem${meant(name, known)}. The built-in problems are ${known.join(', ')}.`,
    { details: { name, known } },
  )
}

function meant(name: string, known: readonly string[]): string {
  const guess = nearest(name, known)
  return guess === undefined ? '' : ` (did you mean \`${guess}\`?)`
}
