/** A Python that has dwave-system and dwave-samplers: `.ci/run` makes one. Without it the tests that need it are skipped; with `CI=true` that is a failure. */
const named = process.env['FORETUNE_OCEAN_PYTHON'] ?? ''

export const ocean: { readonly skip: string | false; readonly python: string } = {
  skip: named === '' ? 'needs FORETUNE_OCEAN_PYTHON, a Python with dwave-system and dwave-samplers' : false,
  python: named,
}
