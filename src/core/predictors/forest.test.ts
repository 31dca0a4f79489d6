import { forest } from './forest.ts'
import { predictorLaws } from './predictor.laws.ts'

// Rounding decides between splits that part the curves alike: where it may differ, other trees come out.
predictorLaws(forest, { options: { trees: 20 }, except: ['shift and scale', 'mirror'] })
predictorLaws(forest, { options: { trees: 20, learns: 'change' }, except: ['mirror'] })
predictorLaws(forest, {
  options: { trees: 10, features: 'curve+hyperparameters', splits: 'random' },
  except: ['shift and scale', 'mirror'],
  runs: 4,
})
