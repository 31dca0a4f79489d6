import { ForetuneError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** A name that this version does not have: mistyped, made by a newer version, or one of the user's own. */
export function unknownAlgorithm(
  what: 'sampler' | 'scheduler' | 'predictor',
  name: string,
  known: readonly string[],
): ForetuneError {
  const guess = nearest(name, known)
  const meant = guess === undefined ? '' : ` (did you mean \`${guess}\`?)`
  return new ForetuneError(
    `UNKNOWN_${what.toUpperCase()}`,
    `Expected a ${what} that this version has (${known.join(', ')}), got \`${name}\`${meant}. Name one of those, or use the version that made the study.`,
    { details: { what, name, known } },
  )
}
