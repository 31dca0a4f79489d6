import type { Metrics } from '../core/trial.ts'
import { parseNumber } from '../wire/metrics-source.ts'
import { askOf, trialNumber } from './asked-study.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'

export const command: Command = {
  name: 'report',
  summary: 'One measurement of a trial that `ask` gave; says whether to train on.',
  usage: 'STUDY TRIAL EPOCH METRIC=VALUE...',
  doc: 'Prints how the trial stands as JSON. "goesOn":true means: train the next epoch; false: stop here and `tell`. Numbers may be nan and inf. Saying the same again changes nothing, so that a report may be repeated when no answer came.',
  operands: [4, 100],
  options: { json: { ...jsonFlag, doc: 'JSON is what it prints anyway.' }, store: storeFlag },
  examples: ['foretune report digits 3 1 val_loss=0.31', 'foretune report digits 3 2 val_loss=0.28 accuracy=0.91'],
  run: async (args, io) => {
    const [study, trial = '', epoch = '', ...metrics] = args.operands
    if (!/^[1-9]\d*$/.test(epoch)) throw flagValueInvalid('EPOCH', 'a whole number from 1 on', epoch)
    const data = { trial: trialNumber(trial), epoch: Number(epoch), metrics: metricsOf(metrics) }
    io.stdout.write(`${JSON.stringify(await askOf(study, 'report', data, args, io))}\n`)
  },
}

function metricsOf(words: readonly string[]): Metrics {
  const metrics: { [name: string]: number } = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const value = parseNumber(word.slice(at + 1))
    if (at < 1 || value === null)
      throw flagValueInvalid('METRIC=VALUE', 'a metric and its number, as in loss=0.31', word)
    metrics[word.slice(0, at)] = value
  }
  return metrics
}
