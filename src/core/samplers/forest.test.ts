import { forest } from './forest.ts'
import { samplerLaws } from './sampler.laws.ts'

samplerLaws(forest)
