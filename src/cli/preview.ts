import { existsSync } from 'node:fs'
import { space as spaceOf } from '../core/space/space.ts'
import type { PreviewRow } from '../core/schedulers/scheduler.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import type { Study } from '../core/study/study.ts'
import { countText, durationText, numberText } from '../core/study/views/number-text.ts'
import { forecast } from '../core/study/views/forecast.ts'
import type { Forecast } from '../core/study/views/forecast.ts'
import { planSlots } from '../executors/slots.ts'
import type { SlotOptions } from '../executors/slots.ts'
import { algorithms, resolveAlgorithms } from '../library/algorithms.ts'
import { storeIfThere } from '../library/check-study.ts'
import { taughtScheduler } from '../library/earlier-lessons.ts'
import { whyNothingIsPredicted } from '../library/prediction-need.ts'
import { foldStudy } from '../runtime/fold.ts'
import { openStore } from '../stores/open.ts'
import type { Program } from '../wire/program.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { readFileAsStudy } from './run.ts'
import { storeUrl } from './study-reference.ts'
import { tableText } from './table.ts'

export const command: Command = {
  name: 'preview',
  summary: 'What a study will train, and how long that takes, before any training.',
  usage: 'FILE',
  doc: 'How many trials reach which epoch, all epochs together against training every trial to the end, and the likely and the longest time on so many slots. An epoch lasts as long as --seconds-per-epoch says, else as it did in the study if the store holds it; without either, time is counted in epochs that follow one another.',
  operands: [1, 1],
  options: {
    slots: { type: 'number', value: 'N', doc: 'Trials at once, instead of what the file says.' },
    'seconds-per-epoch': { type: 'number', value: 'S', doc: 'How long one epoch of one trial lasts.' },
    json: jsonFlag,
    store: storeFlag,
  },
  examples: ['foretune preview study.yaml', 'foretune preview study.yaml --slots 8 --seconds-per-epoch 40'],
  run: async (args, io) => {
    const { definition: written, program } = await readFileAsStudy(args.operands[0] as string, args, io)
    const slots = slotsOf(program, args)
    const taught = await withLessons(written, program, args, io)
    const definition = resolveAlgorithms(withGridAsBudget(taught), slots)
    const rows = algorithms.schedulers[definition.scheduler.type]?.preview({
      definition,
      options: definition.scheduler,
    })
    const plan = forecast(definition, rows ?? [], slots)
    const pace = await paceOf(definition.name, args, io)
    const { timeMs } = definition.budget
    if (args.has('json')) {
      const seconds = pace && {
        perEpoch: pace.seconds,
        from: pace.from,
        likely: plan.likely * pace.seconds,
        worst: plan.worst * pace.seconds,
      }
      const { name: study, scheduler } = definition
      io.stdout.write(
        `${JSON.stringify({ study, scheduler: scheduler.type, ...plan, seconds, timeBudgetMs: timeMs ?? null })}\n`,
      )
      return
    }
    const head = `${definition.name}: ${definition.scheduler.type} scheduler, up to ${definition.epochs.max} epochs a trial`
    const nothing = whyNothingIsPredicted(definition)
    const warning = nothing === null ? [] : ['', nothing]
    io.stdout.write([head, '', ...tables(plan, io), '', ...totals(plan, pace, timeMs), ...warning, ''].join('\n'))
  },
}

/** What an earlier study teaches is taken into account: fewer trials are trained only to teach. */
async function withLessons(
  definition: StudyDefinition,
  program: Program,
  args: Args,
  io: Io,
): Promise<StudyDefinition> {
  const store = await storeIfThere(storeUrl(args, io))
  try {
    const scheduler = await taughtScheduler(definition.scheduler, definition, { store, folder: program.folder })
    return { ...definition, scheduler }
  } finally {
    await store?.close()
  }
}

/** A grid ends by itself, where it has an end. */
function withGridAsBudget(definition: StudyDefinition): StudyDefinition {
  const { budget, sampler, space } = definition
  if (sampler.type !== 'grid' || budget.trials !== undefined) return definition
  const { size } = spaceOf(space)
  return size < Infinity ? { ...definition, budget: { ...budget, trials: size } } : definition
}

function slotsOf({ executor }: Program, args: Args): number {
  const given = args.number('slots')
  if (given !== undefined && !(Number.isSafeInteger(given) && given > 0))
    throw flagValueInvalid('--slots', 'a whole number from 1 on', String(given))
  return (
    given ?? (executor.type === 'local' ? planSlots(executor as SlotOptions).length : Number(executor['slots'] ?? 1))
  )
}

interface Pace {
  readonly seconds: number
  readonly from: 'flag' | 'study'
}

async function paceOf(name: string, args: Args, io: Io): Promise<Pace | null> {
  const given = args.number('seconds-per-epoch')
  if (given !== undefined) {
    if (!(given > 0)) throw flagValueInvalid('--seconds-per-epoch', 'a number above 0', String(given))
    return { seconds: given, from: 'flag' }
  }
  const url = storeUrl(args, io)
  if (url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))) return null
  const store = await openStore(url, { readOnly: true })
  try {
    const folded = await foldStudy(store, name, algorithms)
    const seconds = folded && measuredSeconds(folded.study)
    return seconds === null ? null : { seconds, from: 'study' }
  } finally {
    await store.close()
  }
}

/** The median over attempts: one that waited at its limit for more does not count for much. */
function measuredSeconds({ state }: Study): number | null {
  const seconds: number[] = []
  for (const trial of state.trials) {
    for (const { from, epoch, startedAt, endedAt } of trial.attempts)
      if (epoch > from) seconds.push((endedAt - startedAt) / 1000 / (epoch - from))
  }
  seconds.sort((a, b) => a - b)
  return seconds[seconds.length >> 1] ?? null
}

function tables({ rows, reach, trials, least }: Forecast, io: Io): string[] {
  const share = (count: number): string => `${numberText((100 * count) / trials, 3)} %`
  const reached = tableText(
    [
      { title: 'epoch', align: 'right' },
      { title: 'trials that reach it', align: 'right' },
      { title: 'share', align: 'right' },
      ...(least === null ? [] : [{ title: 'at least', align: 'right' } as const]),
    ],
    reach.map(({ epoch, trials: count }, index) => [
      String(epoch),
      String(count),
      share(count),
      ...(least === null ? [] : [String(least.reach[index]?.trials ?? count)]),
    ]),
    io.isTerminal ? io.columns : Infinity,
  )
  const groups = Map.groupBy(rows, ({ group }) => group)
  if (groups.size < 2) return reached
  const lines = [...groups].map(([group, ofGroup]) => [group, ofGroup.map(roundText).join(', then ')])
  return [...reached, '', ...tableText([{ title: '' }, { title: 'trials and epochs' }], lines, Infinity)]
}

/** `64 to 2`; `64 to 1, 32 or more of them to 2` where predictions decide. */
function roundText({ epoch, trials, least }: PreviewRow): string {
  if (least === undefined || least.trials === trials) return `${trials} to ${epoch}`
  return `${trials} to ${least.epoch} and ${least.trials} or more of them to ${epoch}`
}

function totals(plan: Forecast, pace: Pace | null, timeMs: number | undefined): string[] {
  const { epochs, least, epochsToTheEnd, trials, isOpen, isAbout, rounds, slots, likely, worst } = plan
  const saved = epochsToTheEnd > 0 ? Math.round(100 * (1 - epochs / epochsToTheEnd)) : 0
  const lines = [
    ['trials', isOpen ? `${trials} in one round; no budget of trials says how many in all` : String(trials)],
    ['epochs', `${epochs}${isOpen && rounds === null ? ' in one round' : ''}`],
  ]
  if (!isOpen && saved > 0) lines.push(['', `${saved} % less than the ${epochsToTheEnd} of training all to the end`])
  if (least !== null && least.epochs < epochs)
    lines.push([
      '',
      `at most: how many trials go on is up to predictions, and ${least.epochs} epochs are trained whatever they say`,
    ])
  if (isAbout) lines.push(['', 'about: trials are promoted as they come, a few more or less than these shares'])
  if (rounds !== null)
    lines.push(['', `the budget of epochs pays for ${numberText(rounds, 3)} times what is shown above`])
  const time = (count: number): string =>
    pace ? durationText(count * pace.seconds * 1000) : `${count} epochs one after the other`
  const on = `on ${countText(slots, 'slot')}`
  lines.push([
    'time',
    likely === worst ? `${time(worst)} ${on}` : `likely ${time(likely)} ${on}, ${time(worst)} at the longest`,
  ])
  if (pace)
    lines.push([
      '',
      `at ${numberText(pace.seconds, 3)} s an epoch${pace.from === 'study' ? ', as measured in this study' : ''}`,
    ])
  else lines.push(['', '--seconds-per-epoch S tells it in hours'])
  if (timeMs !== undefined) lines.push(['', `the budget of time ends it after ${durationText(timeMs)}`])
  return lines.map(([label = '', text = '']) => `${label.padEnd(6)}  ${text}`)
}
