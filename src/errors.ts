/**
 * A user's mistake, or the world's: something a person can act on. Every one has a stable code and says what was expected, what was
 * got, where, and what to do. Each is made by a named function beside the code that finds it; `docs/errors.md` lists them.
 * `exit` is the command line's status: 2 the user's mistake, 3 the world.
 */
export class ForetuneError extends Error {
  readonly code: string
  readonly details: { readonly [key: string]: unknown }
  readonly exit: number

  constructor(
    code: string,
    message: string,
    options: { details?: { readonly [key: string]: unknown }; cause?: unknown; exit?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ForetuneError'
    this.code = code
    this.details = options.details ?? {}
    this.exit = options.exit ?? 2
  }
}
