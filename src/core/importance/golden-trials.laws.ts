/** The stored trials of the importance goldens, as rows of the unit cube. */
import { readFileSync } from 'node:fs'
import { matrixOf, type Matrix } from '../maths/matrix.ts'
import type { ParameterDefinition } from '../space/definition.ts'
import { encode, space, type Space } from '../space/space.ts'
import type { Configuration } from '../trial.ts'

interface ByParameter<T> {
  readonly [parameter: string]: T
}

export interface GoldenImportance {
  readonly exact: { readonly mainEffects: ByParameter<number>; readonly interactionGH: number }
  readonly fanova: { readonly importancesWithLog10OfB: ByParameter<{ readonly mean: number }> }
  readonly pedAnova: readonly {
    readonly targetQuantile: number
    readonly regionQuantile: number
    readonly evaluateOnLocal: boolean
    readonly raw: ByParameter<number>
    readonly normalised: ByParameter<number>
  }[]
}

interface Stored extends GoldenImportance {
  readonly space: ByParameter<
    | { readonly low: number; readonly high: number; readonly log: boolean; readonly integer: boolean }
    | { readonly choices: readonly string[] }
  >
  readonly trials: readonly { readonly params: Configuration; readonly value: number }[]
}

export const golden: Stored = JSON.parse(
  readFileSync(new URL('../../../test/golden/reference/importance.json', import.meta.url), 'utf8'),
) as Stored

export const goldenSpace: Space = space({
  parameters: Object.fromEntries(
    Object.entries(golden.space).map(([name, stored]): [string, ParameterDefinition] => {
      if ('choices' in stored) return [name, { type: 'categorical', choices: stored.choices }]
      const { low, high, log, integer } = stored
      return [name, { type: integer ? 'int' : 'float', low, high, log }]
    }),
  ),
  forbidden: [],
})

export const goldenPlaces: Matrix = matrixOf(golden.trials.map(({ params }) => [...encode(goldenSpace, params)]))

export const goldenLosses: Float64Array = Float64Array.from(golden.trials, ({ value }) => value)

/** What the stored trials are values of. */
export function goldenFunction(configuration: Configuration): number {
  const [a, b, c, g, h] = ['a', 'b', 'c', 'g', 'h'].map((name) => Number(configuration[name])) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return 4 * a + Math.log10(b) + 0.3 * c + 'xyz'.indexOf(String(configuration['d'])) + 2 * g * h
}
