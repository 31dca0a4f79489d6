/** The sets of features that the published studies compare: hyperparameters as they stand in the file, and parts of the known curve. */

export const featureSets = {
  hp: ['hp'],
  c: ['c'],
  'c + d1 + d2': ['c', 'd1', 'd2'],
  'hp + c': ['hp', 'c'],
  'hp + c + d1': ['hp', 'c', 'd1'],
  'hp + c + d2': ['hp', 'c', 'd2'],
  'hp + c + d1 + d2': ['hp', 'c', 'd1', 'd2'],
  'hp + second half of the known curve': ['hp', 'half'],
  'hp + every second value': ['hp', 'second'],
} as const

export type FeatureSet = keyof typeof featureSets

type Part = (typeof featureSets)[FeatureSet][number]

const parts: {
  readonly [part in Part]: (hp: readonly number[], curve: readonly number[]) => readonly number[]
} = {
  hp: (hp) => hp,
  c: (_, curve) => curve,
  d1: (_, curve) => differences(curve),
  d2: (_, curve) => differences(differences(curve)),
  half: (_, curve) => curve.slice(Math.floor(curve.length / 2)),
  second: (_, curve) => curve.filter((_value, epoch) => epoch % 2 === 0),
}

/** With nothing known the hyperparameters alone. */
export function featuresOf(set: FeatureSet, hp: readonly number[], known: readonly number[]): number[] {
  const names: readonly Part[] = known.length === 0 ? ['hp'] : featureSets[set]
  return names.flatMap((name) => parts[name](hp, known))
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] as number))
}
