import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { countText, durationText } from '../core/study/views/number-text.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { ForetuneError } from '../errors.ts'
import { savedCurves } from '../library/earlier-lessons.ts'
import { measureAccuracy, planAccuracy } from '../library/predictor-accuracy.ts'
import type { AccuracyOptions, AccuracyPlan, OnProgress } from '../library/predictor-accuracy.ts'
import { accuracySvg } from '../pictures/accuracy-svg.ts'
import type { RecordedCurves } from '../simulation/recorded-curves.ts'
import { encodePredictor } from '../wire/predictor-file.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { writeTo } from './file-out.ts'
import { accuracyOptions, askedPredictors, defaultPredictor, recordedCurves } from './predict-options.ts'
import { accuracyLines, cellJson, cellSummary, titleText } from './predict-text.ts'
import type { CellSummary } from './predict-text.ts'
import { wholeWidth } from './table.ts'

export const command: Command = {
  name: 'predict',
  summary: 'How well predictors tell from the start of recorded curves how they end; saves one for reuse.',
  usage: 'CURVES|STUDY',
  doc: 'CURVES is a table as `simulate` reads it, STUDY a study whose own curves are taken. Each predictor learns from so many curves, chosen at random, and is asked about others of which only the start is known: how far it is off (R2, rank correlation, root mean square), and whether its 80 % intervals hold 80 % of the truth. Curves that end before the target neither teach nor are asked about.\nWhat --save writes teaches another study from its first trial: `scheduler: { type: swift-hyperband, predictor: { type: nu-svr, from: FILE } }`.',
  operands: [1, 1],
  options: {
    predictor: { type: 'text', short: 'p', value: 'A,B,...', doc: `One or several. Default ${defaultPredictor}.` },
    set: { type: 'list', value: 'OPTION=VALUE', doc: 'predictor.OPTION=VALUE, for each predictor that has it.' },
    features: { type: 'text', value: 'FEATURES', doc: 'As --set predictor.features=FEATURES.' },
    known: {
      type: 'text',
      value: 'SHARES',
      doc: 'How much of the way to the target is known. Default 0.1,0.25,0.5,0.75,0.9.',
    },
    curves: {
      type: 'text',
      value: 'COUNTS',
      doc: 'How many curves are learnt from. Default 15,20,40,80,160,320, as far as a fifth is left to be asked about.',
    },
    splits: { type: 'number', value: 'N', doc: 'Random splits for each number. Default 20.' },
    split: {
      type: 'text',
      value: 'BY',
      choices: ['configurations', 'rows'],
      doc: 'Rows of one configuration stay together, and one of them teaches; or each row is by itself, as in the published studies. Default configurations.',
    },
    seed: { type: 'number', value: 'N', doc: 'Of splits and fits. Default 0.' },
    target: { type: 'number', value: 'EPOCH', doc: 'What is predicted. Default: the last epoch.' },
    metric: { type: 'text', value: 'METRIC', doc: 'Which curves, if there are those of several metrics.' },
    direction: {
      type: 'text',
      value: 'DIRECTION',
      choices: ['minimize', 'maximize'],
      doc: "Of a table. Default minimize; a study's own is known.",
    },
    resource: { type: 'text', value: 'NAME', doc: 'What the columns of a table count, for --save. Default epochs.' },
    'non-finite': {
      type: 'text',
      value: 'HOW',
      choices: ['failed', 'worst'],
      doc: 'Of a table: a value that is not finite is missing, or is the worst finite one. Default failed.',
    },
    save: {
      type: 'text',
      value: 'FILE',
      doc: 'Write the predictor with up to 100 complete curves, for other studies.',
    },
    svg: { type: 'text', value: 'FILE', doc: 'Write a picture of accuracy and calibration.' },
    json: { ...jsonFlag, doc: 'One object a line for each predictor, number of curves and known share.' },
    store: storeFlag,
  },
  examples: [
    'foretune predict digits-curves.csv --predictor nu-svr,forest,last-value --svg accuracy.svg',
    'foretune predict digits-curves.csv --known 0.25,0.5 --curves 15,40 --features curve+hyperparameters',
    'foretune predict digits --save digits.predictor.json',
  ],
  run: async (args, io) => {
    const predictors = askedPredictors(args)
    const save = args.text('save')
    const [first] = predictors
    if (save !== undefined && predictors.length > 1)
      throw flagValueInvalid('--save', 'one predictor, which it writes', predictors.map(({ type }) => type).join(','))
    const recorded = await recordedCurves(args, io)
    const options = accuracyOptions(args, recorded)
    if (save !== undefined && first) await writePredictor(save, recorded, options.target, first, io)
    const plan = planUnlessSaved(recorded, options, save, io)
    if (plan === null) return
    const isJson = args.has('json')
    const isWatched = io.stderrIsTerminal && !(isJson && io.isTerminal)
    const cells: CellSummary[] = []
    try {
      for await (const measured of measureAccuracy(plan, predictors, isWatched ? progressOn(io) : breathe)) {
        const cell = cellSummary(measured)
        cells.push(cell)
        if (isJson) io.stdout.write(`${cellJson(cell, plan, options.by)}\n`)
      }
    } finally {
      if (isWatched) io.stderr.write('\r\u001b[K')
    }
    if (!isJson) {
      const width = wholeWidth(io)
      io.stdout.write(`${accuracyLines(plan, options.by, cells, width).join('\n')}\n`)
    }
    const svg = args.text('svg')
    if (svg !== undefined) await writePicture(svg, plan, options, cells, io)
  },
}

/** Too few curves to measure by may still be enough to teach: what was saved stays. */
function planUnlessSaved(
  recorded: RecordedCurves,
  options: AccuracyOptions,
  save: string | undefined,
  io: Io,
): AccuracyPlan | null {
  try {
    return planAccuracy(recorded, options)
  } catch (error) {
    if (save === undefined || !(error instanceof ForetuneError)) throw error
    io.stderr.write(`its accuracy was not measured: ${error.message}\n`)
    return null
  }
}

async function writePredictor(
  file: string,
  recorded: RecordedCurves,
  target: number,
  predictor: AlgorithmDefinition,
  io: Io,
): Promise<void> {
  const saved = savedCurves(recorded, target, predictor)
  await writeTo(resolve(io.cwd, file), io.stdout, (out) => void out.write(encodePredictor(saved)))
  const { epochs, objective, curves } = saved
  const whose = `${objective.metric} (${objective.direction}) over ${epochs.max} ${epochs.resource}`
  io.stderr.write(
    `wrote ${file}: ${predictor.type} with ${countText(curves.length, 'curve')} of ${whose}, for studies with the same\n`,
  )
}

async function writePicture(
  file: string,
  plan: AccuracyPlan,
  { by }: AccuracyOptions,
  cells: readonly CellSummary[],
  io: Io,
): Promise<void> {
  const svg = accuracySvg({ title: titleText(plan, by), cells })
  await writeTo(resolve(io.cwd, file), io.stdout, (out) => void out.write(svg))
  io.stderr.write(`wrote ${file}\n`)
}

/** Between two fits the process listens: to Ctrl-C, and to a reader that went away. */
const breathe: OnProgress = async () => {
  await turn()
}

function progressOn(io: Io): OnProgress {
  const begun = performance.now()
  let shownAt = -Infinity
  return async (predictor, done) => {
    const elapsed = performance.now() - begun
    if (elapsed - shownAt > 100) {
      shownAt = elapsed
      const left = done > 0 && elapsed > 500 ? `, about ${durationText((elapsed * (1 - done)) / done)} left` : ''
      io.stderr.write(`\r\u001b[K${predictor}: ${Math.floor(100 * done)} %${left}`)
    }
    await turn()
  }
}
