/** Pythons that have Optuna, one a version: `.ci/run` makes them. Without them the tests that need them are skipped; with `CI=true` that is a failure. */
const named = process.env['FORETUNE_OPTUNA_PYTHONS'] ?? ''

export const optuna: { readonly skip: string | false; readonly pythons: readonly string[] } = {
  skip: named === '' ? 'needs FORETUNE_OPTUNA_PYTHONS, Pythons with optuna, separated by colons' : false,
  pythons: named.split(':').filter((python) => python !== ''),
}
