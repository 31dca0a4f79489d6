/** One trial: trains the network of this example epoch by epoch. Runs by hand too: `node train.ts`. */
import { attempt } from '../../src/trial/index.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { readImages } from './images.ts'
import { settings } from './settings.ts'
import { evaluate, startTraining, trainEpoch } from './training.ts'

const trial = attempt()
const training = readImages('training')
const validation = readImages('validation')

const fresh = () => startTraining(settings(trial.configuration), trial.seed)
let state = (trial.resumed ? loadCheckpoint(trial.checkpoint) : null) ?? fresh()

for await (const epoch of trial.epochs()) {
  // A process that died between report and checkpoint left the checkpoint behind the reports, and a machine that lost its power may have
  // left it ahead. Training is exact, so the missing epochs, or all of them, are simply trained again.
  if (state.epoch >= epoch) state = fresh()
  while (state.epoch < epoch) trainEpoch(state, training)
  const { loss, accuracy } = evaluate(state, validation)
  trial.report({ val_loss: loss, val_accuracy: accuracy })
  saveCheckpoint(trial.checkpoint, state)
}
