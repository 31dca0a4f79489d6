/** What can be missing or go wrong on the way to an annealer, each with what to do. */
import { ForetuneError } from '../errors.ts'

type Details = { readonly [key: string]: unknown }

function worldError(code: string, message: string, details: Details): ForetuneError {
  return new ForetuneError(code, message, { details, exit: 3 })
}

export function pythonMissing(python: string, got: string): ForetuneError {
  return new ForetuneError(
    'ANNEALER_PYTHON_MISSING',
    `Expected Python 3.9 or newer as "${python}", which D-Wave's Ocean needs, got ${got}. Install it, or name another one with FORETUNE_PYTHON.`,
    { details: { python, got } },
  )
}

export function packageMissing(python: string, packages: readonly string[], problem: string): ForetuneError {
  return new ForetuneError(
    'ANNEALER_PACKAGE_MISSING',
    `${python} has no ${packages.join(' and no ')} (${problem}). \`${python} -m pip install ${packages.join(' ')}\` installs what is missing; ` +
      'where the system forbids that, make a virtual environment and name its Python with FORETUNE_PYTHON.',
    { details: { python, packages } },
  )
}

export function notConfigured(problem: string): ForetuneError {
  return new ForetuneError(
    'ANNEALER_NOT_CONFIGURED',
    `D-Wave's service cannot be used: ${problem}. \`dwave config create\` writes a configuration with your API token, or set DWAVE_API_TOKEN. ` +
      'Without an account, the solvers "simulated-annealing" and "mock" need none.',
    { details: { problem } },
  )
}

export function solverUnknown(solver: string | null, known: readonly string[], problem: string): ForetuneError {
  const there = known.length === 0 ? 'your account has none' : `there is ${known.join(', ')}`
  return new ForetuneError(
    'ANNEALER_SOLVER_UNKNOWN',
    `Expected a solver of D-Wave's service, got ${solver === null ? 'none from its configuration' : `"${solver}"`} (${problem}): ${there}. ` +
      'Another region (DWAVE_API_REGION) has others.',
    { details: { solver, known } },
  )
}

export function unreachable(problem: string, tries: number): ForetuneError {
  return worldError(
    'ANNEALER_UNREACHABLE',
    `D-Wave's service could not be reached, or failed, ${times(tries)}; the last time: ${problem}. ` +
      'Check the network, DWAVE_API_ENDPOINT and the state of the service.',
    { problem, tries },
  )
}

export function silent(timeLimitMs: number): ForetuneError {
  return worldError(
    'ANNEALER_SILENT',
    `The annealer gave no answer within ${timeLimitMs / 1000} s, and was given up. Its queue may be long: try again later, or with fewer reads.`,
    { timeLimitMs },
  )
}

export function refused(problem: string): ForetuneError {
  return new ForetuneError(
    'ANNEALER_REFUSED',
    `The solver does not take this: ${problem}. Change the setting that it names.`,
    { details: { problem } },
  )
}

export function noRoom(problem: string): ForetuneError {
  return new ForetuneError(
    'ANNEALER_PROBLEM_TOO_LARGE',
    `${problem}. Make the problem smaller (fewer curves in a chunk, fewer bits), or name a larger solver.`,
    { details: { problem } },
  )
}

/** `said`: the last of what it wrote to its standard error. */
export function bridgeFailed(problem: string, said: string, tries: number): ForetuneError {
  const text = said === '' ? '' : ` It said: ${said}`
  return worldError(
    'ANNEALER_BRIDGE_FAILED',
    `The Python process between Foretune and Ocean ${problem}, ${times(tries)}.${text}`,
    { problem, said, tries },
  )
}

function times(tries: number): string {
  return tries === 1 ? 'once' : `${tries} times`
}
