/** All algorithms that a study file may name. */
import { samplers } from '../core/samplers/index.ts'
import { schedulers } from '../core/schedulers/index.ts'
import type { Algorithms } from './schema-algorithms.ts'

export const algorithms: Algorithms = {
  samplers: Object.values(samplers),
  schedulers: Object.values(schedulers),
}
