/**
 * The accuracy of a trained trial on images that neither training nor tuning has seen:
 * `node test-accuracy.ts STUDY_DIRECTORY/trials/0017/checkpoint` prints `{"epoch":27,"images":2000,"accuracy":0.9645}`.
 */
import { loadCheckpoint } from './checkpoint.ts'
import { readImages } from './images.ts'
import { evaluate } from './training.ts'

const [folder] = process.argv.slice(2)
const training = folder === undefined ? null : loadCheckpoint(folder)
if (training === null) {
  console.error(`Expected the checkpoint folder of a trained trial, got ${folder ?? 'nothing'}.`)
  process.exitCode = 2
} else {
  const images = readImages('test')
  const { accuracy } = evaluate(training, images)
  console.log(JSON.stringify({ epoch: training.epoch, images: images.count, accuracy }))
}
