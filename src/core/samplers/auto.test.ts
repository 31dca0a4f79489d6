import { auto } from './auto.ts'
import { samplerLaws } from './sampler.laws.ts'

samplerLaws(auto)
