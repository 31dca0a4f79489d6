/** Listed values without an order. */
import type { Kind } from './parameter.ts'
import { listedParameter, listProblems } from './listed.ts'

export const categorical: Kind<'categorical'> = {
  problems: ({ choices }) => listProblems('choices', choices),
  create: ({ choices }) => listedParameter(choices, false),
}
