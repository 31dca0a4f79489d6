import { predictorLaws } from './predictor.laws.ts'
import { epsilonSvr } from './epsilon-svr.ts'

predictorLaws(epsilonSvr)
predictorLaws(epsilonSvr, { options: { features: 'curve+differences+hyperparameters', kernel: 'linear' }, runs: 4 })
// The folds of a search follow the order of the losses: turned round, they are others.
predictorLaws(epsilonSvr, { options: { scaling: 'quantile', draws: 3 }, except: ['mirror'], runs: 4 })
