/**
 * Foretune as a library: the digits training as a function of this process. Outside a clone the imports read `from 'foretune'`.
 *
 *   node examples/library/digits.ts
 */
import { asha, categorical, float, int, study } from '../../src/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../digits/checkpoint.ts'
import { readImages } from '../digits/images.ts'
import { settings } from '../digits/settings.ts'
import { evaluate, startTraining, trainEpoch } from '../digits/training.ts'

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
  const fresh = () => startTraining(settings(trial.configuration), trial.seed)
  let state = (trial.resumed ? loadCheckpoint(trial.checkpoint) : null) ?? fresh()
  for await (const epoch of trial.epochs()) {
    if (state.epoch >= epoch) state = fresh()
    while (state.epoch < epoch) trainEpoch(state, training)
    const { loss, accuracy } = evaluate(state, validation)
    await trial.report({ val_loss: loss, val_accuracy: accuracy })
    saveCheckpoint(trial.checkpoint, state)
  }
})

console.log(JSON.stringify(result.best))
