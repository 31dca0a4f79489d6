/** Listed values that have an order: neighbours in the list are alike. */
import type { Kind } from './parameter.ts'
import { listedParameter, listProblems } from './listed.ts'

export const ordinal: Kind<'ordinal'> = {
  problems: ({ values }) => listProblems('values', values),
  create: ({ values }) => listedParameter(values, true),
}
