/** What the flags of `predict` mean: recorded curves, the predictors that are tried on them, and how. */
import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { defaultsOf } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import type { Direction } from '../core/trial.ts'
import type { AccuracyOptions } from '../library/predictor-accuracy.ts'
import { readCurveTable } from '../simulation/curve-file.ts'
import { curvesInvalid } from '../simulation/errors.ts'
import { curvesOfStudy, curvesOfTable } from '../simulation/recorded-curves.ts'
import type { RecordedCurves } from '../simulation/recorded-curves.ts'
import { algorithmWithSettings } from './algorithm-settings.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Io } from './command.ts'
import { openStudyForReading } from './study-reference.ts'

export const defaultPredictor = 'nu-svr'
const defaultKnown = [0.1, 0.25, 0.5, 0.75, 0.9]
const defaultSplits = 20

/** A file is a table, unless it is one of those that name a study; so is what looks like one and is not there. */
export async function recordedCurves(args: Args, io: Io): Promise<RecordedCurves> {
  const [operand = ''] = args.operands
  const path = resolve(io.cwd, operand)
  const isStudyFile = /\.(?:ya?ml|json)$/i.test(operand)
  const isTable = existsSync(path) ? statSync(path).isFile() && !isStudyFile : /\.\w+$/.test(operand) && !isStudyFile
  const recorded = isTable ? await tableCurves(path, args) : await studyCurves(args, io)
  if (recorded.epochs < 2)
    throw curvesInvalid(recorded.source, null, 'curves of at least 2 epochs, to predict one from another', '1')
  return recorded
}

async function tableCurves(path: string, args: Args): Promise<RecordedCurves> {
  const metric = args.text('metric')
  const resource = args.text('resource')
  const table = await readCurveTable(path, metric === undefined ? {} : { metric })
  return curvesOfTable(
    { ...table, source: basename(path) },
    {
      direction: directionOf(args) ?? 'minimize',
      nonFinite: args.text('non-finite') === 'worst' ? 'worst' : 'failed',
      ...(metric === undefined ? {} : { metric }),
      ...(resource === undefined ? {} : { resource }),
    },
  )
}

async function studyCurves(args: Args, io: Io): Promise<RecordedCurves> {
  const open = await openStudyForReading(args.operands[0], args, io)
  try {
    for (const flag of ['resource', 'non-finite'])
      if (args.has(flag))
        throw flagValueInvalid(`--${flag}`, `a table of curves, not the study ${open.name}`, args.text(flag) ?? '')
    const metric = args.text('metric')
    const direction = directionOf(args)
    const recorded = curvesOfStudy(open.study, {
      ...(metric === undefined ? {} : { metric }),
      ...(direction === undefined ? {} : { direction }),
    })
    if (direction !== undefined && direction !== recorded.direction)
      throw flagValueInvalid('--direction', `${recorded.direction}, as the study ${open.name} says`, direction)
    return recorded
  } finally {
    await open.close()
  }
}

function directionOf(args: Args): Direction | undefined {
  return args.text('direction') as Direction | undefined
}

/** With every option filled in. An option is given to every predictor that has it; one that none of them has is a mistake. */
export function askedPredictors(args: Args): AlgorithmDefinition[] {
  const names = [...new Set((args.text('predictor') ?? defaultPredictor).split(',').map((name) => name.trim()))]
  const features = args.text('features')
  const settings = [...(features === undefined ? [] : [`features=${features}`]), ...settingsOf(args)]
  const optionOf = (setting: string): string => setting.slice(0, setting.indexOf('='))
  const has = (name: string, setting: string): boolean =>
    Object.hasOwn(predictors, name) && Object.hasOwn(predictors[name]!.options, optionOf(setting))
  return names.map((name) => {
    const its = settings.filter((setting) => has(name, setting) || !names.some((other) => has(other, setting)))
    const given = algorithmWithSettings('predictor', name, predictors, its, 'predictor.')
    return { ...defaultsOf(predictors[name]!.options), ...given }
  })
}

function settingsOf(args: Args): string[] {
  return args.list('set').map((setting) => {
    const [, rest] = /^predictor\.(.+=.*)$/s.exec(setting) ?? []
    if (rest === undefined) throw flagValueInvalid('--set', 'predictor.OPTION=VALUE', setting)
    return rest
  })
}

export function accuracyOptions(args: Args, recorded: RecordedCurves): AccuracyOptions {
  const known = listOf(args, 'known', (share) => share > 0 && share < 1, 'shares between 0 and 1, as in 0.1,0.25,0.5')
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 2
  return {
    known: known ?? defaultKnown,
    counts: listOf(args, 'curves', isCount, 'whole numbers from 2 on, as in 15,20,40'),
    target: targetOf(args, recorded),
    splits: wholeNumber(args, 'splits', 1) ?? defaultSplits,
    seed: wholeNumber(args, 'seed', 0) ?? 0,
    by: args.text('split') === 'rows' ? 'rows' : 'configurations',
  }
}

function targetOf(args: Args, { epochs, source }: RecordedCurves): number {
  const target = wholeNumber(args, 'target', 2) ?? epochs
  if (target <= epochs) return target
  throw flagValueInvalid('--target', `an epoch from 2 to ${epochs}, the last of ${source}`, String(target))
}

/** Each number once, in their order. */
function listOf(args: Args, flag: string, isRight: (value: number) => boolean, expected: string): number[] | null {
  const text = args.text(flag)
  if (text === undefined) return null
  const values = text.split(',').map((word) => (word.trim() === '' ? NaN : Number(word)))
  const wrong = values.findIndex((value) => !isRight(value))
  if (wrong >= 0) throw flagValueInvalid(`--${flag}`, expected, text.split(',')[wrong] ?? '')
  return [...new Set(values)]
}

function wholeNumber(args: Args, flag: string, least: number): number | undefined {
  const value = args.number(flag)
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value
  throw flagValueInvalid(`--${flag}`, `a whole number from ${least} on`, String(value))
}
