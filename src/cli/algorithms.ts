import { samplers } from '../core/samplers/index.ts'
import { schedulers } from '../core/schedulers/index.ts'
import type { Algorithms } from '../core/study/study.ts'

/** Every sampler and scheduler that a study may name. */
export const algorithms: Algorithms = { samplers, schedulers }
