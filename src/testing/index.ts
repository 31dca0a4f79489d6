/**
 * The laws that a sampler and a scheduler must obey, for those who write their own (`foretune/testing`). Each call adds tests to the current file of `node --test`;
 * `fast-check` has to be installed beside Foretune.
 */
export { samplerLaws } from '../core/samplers/sampler.laws.ts'
export type { SamplerLawsOptions } from '../core/samplers/sampler.laws.ts'
export { schedulerLaws } from '../core/schedulers/scheduler.laws.ts'
export type { LawSettings as SchedulerLawsOptions } from '../core/schedulers/scheduler.laws.ts'
