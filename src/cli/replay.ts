import type { AlgorithmDefinition, Budget } from '../core/study/definition.ts'
import type { Study } from '../core/study/study.ts'
import { best } from '../core/study/views/best.ts'
import { configurationText, countText, numberText } from '../core/study/views/number-text.ts'
import { progress } from '../core/study/views/progress.ts'
import { recordedProblem } from '../simulation/recorded-problem.ts'
import { rowOf } from '../simulation/problem.ts'
import { simulate } from '../simulation/simulate.ts'
import { algorithms } from '../library/algorithms.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { schedulersWithSettings } from './simulate-options.ts'
import { openStudyForReading } from './study-reference.ts'
import { tableText, wholeWidth } from './table.ts'

export const command: Command = {
  name: 'replay',
  summary: "What another scheduler would have spent and found on this study's own curves.",
  usage: 'STUDY',
  doc: "The trials come in the order in which they were created. Options of the study's own scheduler hold for another one that has the same, such as `eta`, unless --set says otherwise. A trial that was stopped has no curve beyond its last epoch: where the other scheduler trains it on, its last value is carried on, and the epochs and results that rest on it are marked as not known.",
  operands: [0, 1],
  options: {
    scheduler: { type: 'list', short: 's', value: 'A,B,...', doc: "One or several; default: the study's own." },
    set: { type: 'list', value: 'OPTION=VALUE', doc: 'scheduler.OPTION=VALUE, for each scheduler that has it.' },
    workers: { type: 'number', value: 'N', doc: "Trials at once; default: the study's slots." },
    epochs: { type: 'number', value: 'N', doc: 'A budget of epochs; default none.' },
    json: { ...jsonFlag, doc: 'One scheduler a line, as JSON.' },
    store: storeFlag,
  },
  examples: [
    'foretune replay digits --scheduler hyperband,swift-hyperband',
    'foretune replay digits --scheduler asha,median --set scheduler.eta=4 --workers 8',
  ],
  run: async (args, io) => {
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const { study } = open
      const names = args
        .list('scheduler')
        .flatMap((text) => text.split(','))
        .filter((name) => name !== '')
      const own = study.state.definition.scheduler
      const settings = args.list('set').map((setting) => setting.replace(/^scheduler\./, ''))
      const chosen = schedulersWithSettings(names.length > 0 ? names : [own.type], settings).map((given) => ({
        ...sharedOptions(own, given.type),
        ...given,
      }))
      const epochs = args.number('epochs')
      const options = {
        workers: args.number('workers') ?? Math.max(1, study.state.slots),
        ...(epochs === undefined ? {} : { epochs }),
      }
      const replays: Replay[] = []
      for (const scheduler of chosen) replays.push(await replay(study, scheduler, options))
      if (args.has('json'))
        for (const one of replays) io.stdout.write(`${JSON.stringify({ study: open.name, ...one })}\n`)
      else io.stdout.write(`${replayTable(study, replays, wholeWidth(io)).join('\n')}\n`)
    } finally {
      await open.close()
    }
  },
}

/** Otherwise what is compared would be another `eta`, and not another scheduler. What means something else there is left to its default. */
function sharedOptions(own: AlgorithmDefinition, name: string): { readonly [option: string]: unknown } {
  const known = Object.hasOwn(algorithms.schedulers, name) ? algorithms.schedulers[name]?.options : undefined
  const specs = algorithms.schedulers[own.type]?.options ?? {}
  const isShared = (option: string): boolean =>
    known !== undefined &&
    Object.hasOwn(known, option) &&
    (option === 'eta' || JSON.stringify(known[option]) === JSON.stringify(specs[option]))
  return Object.fromEntries(Object.entries(own).filter(([option]) => isShared(option)))
}

export interface Replay {
  readonly scheduler: string
  readonly trials: number
  readonly epochs: number
  /** Among them: epochs beyond what the study recorded. */
  readonly unknownEpochs: number
  /** Trials that were trained beyond their record. */
  readonly unknownTrials: readonly number[]
  readonly best: {
    /** The study's own number of it. */
    readonly trial: number
    readonly value: number
    readonly epoch: number
    readonly among: string
    /** False: its value there was never recorded. */
    readonly known: boolean
  } | null
}

export async function replay(
  study: Study,
  scheduler: AlgorithmDefinition,
  options: { readonly workers: number; readonly epochs?: number },
): Promise<Replay> {
  const recorded = recordedProblem(study)
  const budget: Budget = {
    trials: recorded.trials.length,
    ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
  }
  const { definition } = study.state
  const { result, study: replayed } = await simulate({
    problem: recorded.problem,
    scheduler,
    order: 'rows',
    workers: options.workers,
    seed: definition.seed,
    budget,
    minEpochs: definition.epochs.min,
  })
  let unknownEpochs = 0
  for (const [row, furthest] of recorded.carried) unknownEpochs += furthest - recorded.known(row)
  const found = best(replayed)
  const [first] = found.trials
  const row = first === undefined ? null : rowOf(replayed.view.note(first.trial))
  return {
    scheduler: result.scheduler,
    trials: result.trials,
    epochs: result.epochs,
    unknownEpochs,
    unknownTrials: [...recorded.carried.keys()].map((one) => recorded.trials[one] as number).sort((a, b) => a - b),
    best:
      first === undefined || row === null
        ? null
        : {
            trial: recorded.trials[row] as number,
            value: first.value,
            epoch: first.epoch,
            among: found.among,
            known: first.epoch <= recorded.known(row),
          },
  }
}

function replayTable(study: Study, replays: readonly Replay[], width: number): string[] {
  const right = { align: 'right' } as const
  const objective = study.state.definition.objectives[0]
  const columns = [
    { title: 'scheduler' },
    { title: 'trials', ...right },
    { title: 'epochs', ...right },
    { title: 'not known', ...right },
    { title: `best ${objective?.metric ?? 'value'} (${objective?.direction ?? 'minimize'})`, ...right },
    { title: 'trial', ...right },
    { title: 'configuration' },
  ]
  const configuration = (trial: number | undefined): string => {
    const record = trial === undefined ? undefined : study.state.trials[trial]
    return record ? configurationText(record.configuration, study.space.names) : ''
  }
  const own = progress(study)
  const [first] = best(study).trials
  const rows = [
    [
      `${study.state.definition.scheduler.type} (the study)`,
      String(own.trials.created),
      String(own.epochs.spent),
      '',
      first ? numberText(first.value) : '',
      first ? String(first.trial) : '',
      configuration(first?.trial),
    ],
    ...replays.map((one) => [
      one.scheduler,
      String(one.trials),
      String(one.epochs),
      one.unknownEpochs === 0
        ? '0'
        : `${countText(one.unknownEpochs, 'epoch')} of ${countText(one.unknownTrials.length, 'trial')}`,
      one.best ? `${numberText(one.best.value)}${one.best.known ? '' : ' ?'}` : '',
      one.best ? String(one.best.trial) : '',
      configuration(one.best?.trial),
    ]),
  ]
  const lines = tableText(columns, rows, width)
  if (replays.some((one) => one.unknownEpochs > 0)) {
    lines.push(
      '',
      'not known: epochs beyond the end of a stopped trial’s curve; its last value was carried on there (`?`: the best rests on it).',
    )
  }
  return lines
}
