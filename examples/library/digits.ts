/**
 * Foretune as a library: the digits training as a function of this process. Outside a clone the imports read `from 'foretune'`.
 *
 *   node examples/library/digits.ts
 */
import { asha, categorical, float, int, study } from '../../src/index.ts'
import { readImages } from '../digits/images.ts'
import { settings } from '../digits/settings.ts'
import { type Training, evaluate, startTraining, trainEpoch } from '../digits/training.ts'

const training = readImages('training')
const validation = readImages('validation')

const digits = await study({
  name: 'digits-library',
  space: {
    lr: float(1e-3, 0.1, { log: true }),
    hidden: int(8, 32, { log: true }),
    optimizer: categorical(['sgd', 'adam']),
    momentum: float(0, 0.95, { when: { optimizer: 'sgd' } }),
  },
  objective: { metric: 'val_loss', direction: 'minimize' },
  epochs: { max: 9 },
  scheduler: asha({ eta: 3 }),
  budget: { trials: 12 },
  seed: 7,
  store: 'memory',
})

const result = await digits.run(async (trial) => {
  const state =
    (trial.checkpoint.get() as Training | undefined) ?? startTraining(settings(trial.configuration), trial.seed)
  for await (const epoch of trial.epochs()) {
    while (state.epoch < epoch) trainEpoch(state, training)
    const { loss, accuracy } = evaluate(state, validation)
    await trial.report({ val_loss: loss, val_accuracy: accuracy })
    trial.checkpoint.set(state)
  }
})

console.log(JSON.stringify(result.best))
