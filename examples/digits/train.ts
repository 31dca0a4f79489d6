/** One trial of `foretune run`: trains the network of this example epoch by epoch. Runs by hand too: `node train.ts`. */
import type { Configuration } from '../../src/core/trial.ts'
import { attempt } from '../../src/trial/index.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { readImages } from './images.ts'
import { byHand, settings } from './settings.ts'
import { evaluate, startTraining, trainEpoch } from './training.ts'

const trial = attempt<Configuration>({ defaults: byHand, epochs: 9 })
const training = readImages('training')
const validation = readImages('validation')
const saved = trial.resumed ? loadCheckpoint(trial.checkpoint) : null
const state = saved ?? startTraining(settings(trial.configuration), trial.seed)

for await (const epoch of trial.epochs()) {
  // A process that died just after it had saved is asked for that epoch again: nothing is left to train, and the report is the same.
  while (state.epoch < epoch) trainEpoch(state, training)
  const { loss, accuracy } = evaluate(state, validation)
  trial.report({ val_loss: loss, val_accuracy: accuracy })
  saveCheckpoint(trial.checkpoint, state)
}
