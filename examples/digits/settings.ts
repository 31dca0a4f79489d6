/** The hyperparameters of this example, as `study.yaml` searches them. */
import type { Configuration } from '../../src/core/trial.ts'

export type Settings = {
  readonly lr: number
  /** Units of the hidden layer. */
  readonly hidden: number
  /** Share of hidden units that each training image does without. */
  readonly dropout: number
} & ({ readonly optimizer: 'sgd'; readonly momentum: number } | { readonly optimizer: 'adam' })

/** A sound choice made by hand: what the program trains when nobody tunes it. */
export const byHand = { lr: 0.02, hidden: 32, dropout: 0.1, optimizer: 'sgd', momentum: 0.9 } as const

/** Parameters that the configuration lacks are as in `byHand`. */
export function settings(configuration: Configuration): Settings {
  const number = (name: 'lr' | 'hidden' | 'dropout' | 'momentum'): number => Number(configuration[name] ?? byHand[name])
  const shared = { lr: number('lr'), hidden: number('hidden'), dropout: number('dropout') }
  const optimizer = configuration['optimizer'] ?? byHand.optimizer
  if (optimizer === 'adam') return { ...shared, optimizer }
  if (optimizer === 'sgd') return { ...shared, optimizer, momentum: number('momentum') }
  throw new Error(`Expected optimizer to be sgd or adam, got ${String(optimizer)}.`)
}
