import { resolve } from 'node:path'
import { compare } from '../simulation/compare.ts'
import { comparisonHtml, comparisonSvg } from '../simulation/picture.ts'
import { eventsOf } from '../simulation/simulate.ts'
import type { Simulation } from '../simulation/simulate.ts'
import { encodeEvent } from '../wire/event-line.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Command, Io } from './command.ts'
import { jsonFlag } from './command.ts'
import { writeTo } from './file-out.ts'
import { askedSimulations, defaultScheduler } from './simulate-options.ts'
import { comparisonLines, simulationLines } from './simulate-text.ts'
import { wholeWidth } from './table.ts'

const samplerDoc =
  'Who proposes; any other than `table` proposes the rows nearest to what it would try. Default: table, or random for a built-in problem.'

export const command: Command = {
  name: 'simulate',
  summary: 'Schedulers on recorded learning curves, in virtual time: what each spends and finds.',
  usage: 'CURVES|PROBLEM',
  doc: 'CURVES is a CSV or Parquet table: a column for each parameter, then METRIC_1 ... METRIC_T, one column an epoch; empty cells at the end are a shorter curve, nan is a diverged one. `foretune export --format curves` writes such a table. PROBLEM is a built-in one: branin, hartmann6, curves, conditional.\nIt is the controller of real studies that runs here, on a virtual clock. One scheduler with one seed gives a summary; several schedulers or seeds a comparison, with differences from the first scheduler seed by seed. Without a budget a scheduler of brackets makes one pass and the others go through the whole table.',
  operands: [1, 1],
  options: {
    scheduler: {
      type: 'text',
      short: 's',
      value: 'A,B,...',
      doc: `One or several. Default ${defaultScheduler}, as in a study file.`,
    },
    eta: { type: 'number', value: 'N', doc: 'For each scheduler that has it; as --set scheduler.eta=N.' },
    'max-epochs': { type: 'number', value: 'N', doc: 'The last epoch. Default: all of the table; 81 for a problem.' },
    'min-epochs': { type: 'number', value: 'N', doc: 'The first rung lies no lower. Default 1.' },
    sampler: { type: 'text', value: 'NAME', doc: samplerDoc },
    order: {
      type: 'text',
      value: 'ORDER',
      choices: ['rows', 'shuffled'],
      doc: 'Of the table: trial n is row n, or shuffled by the seed. Default shuffled.',
    },
    workers: { type: 'number', short: 'w', value: 'N', doc: 'Trials at once. Default 1.' },
    seed: { type: 'number', value: 'N', doc: 'Default 0.' },
    seeds: { type: 'number', value: 'N', doc: 'So many seeds, from --seed on.' },
    direction: { type: 'text', value: 'DIRECTION', choices: ['minimize', 'maximize'], doc: 'Default minimize.' },
    metric: { type: 'text', value: 'METRIC', doc: 'Which curves, if the table has those of several metrics.' },
    set: { type: 'list', value: 'OPTION=VALUE', doc: 'scheduler.OPTION=VALUE or sampler.OPTION=VALUE.' },
    budget: { type: 'text', value: 'LIMITS', doc: 'As in trials=100,epochs=5000,time=8h,target=0.05.' },
    'max-trials': { type: 'number', value: 'N', doc: 'As --budget trials=N.' },
    'seconds-per-epoch': {
      type: 'text',
      value: 'SECONDS',
      doc: 'Virtual seconds, lognormal:SIGMA for a factor of mean 1 drawn for each row, or uniform:LOW:HIGH. Default 1.',
    },
    'seconds-column': { type: 'text', value: 'NAME', doc: 'The column that holds the seconds an epoch of each row.' },
    'non-finite': {
      type: 'text',
      value: 'HOW',
      choices: ['failed', 'worst'],
      doc: 'A value that is not finite fails the trial, or is the worst finite one of the table. Default failed.',
    },
    faults: {
      type: 'text',
      value: 'FAULTS',
      doc: 'Probabilities, as in loss=0.01,late=0.05,crash=0.001; also reorder, double, slow, refuse, nan.',
    },
    'fit-seconds': {
      type: 'text',
      value: 'SECONDS',
      doc: 'Virtual cost of a proposal or a fit; `measured` is the time that it takes here. Default 0.',
    },
    events: { type: 'text', value: 'FILE', doc: 'Write the log of the study, one event a line (one simulation only).' },
    svg: { type: 'text', value: 'FILE', doc: 'Write a picture: the best value against epochs and against time.' },
    html: { type: 'text', value: 'FILE', doc: 'Write a page with the picture and the table.' },
    json: { ...jsonFlag, doc: 'One object a line for each scheduler and seed.' },
  },
  examples: [
    'foretune simulate digits-curves.csv --scheduler hyperband --eta 2 --order rows',
    'foretune simulate digits-curves.csv --scheduler none,asha,hyperband --seeds 20 --workers 8 --svg digits.svg',
    'foretune simulate curves --scheduler asha --max-trials 1000 --workers 50 --seconds-per-epoch lognormal:0.35',
    'foretune simulate branin --scheduler hyperband --set scheduler.passes=2 --faults loss=0.01,crash=0.001 --json',
  ],
  run: async (args, io) => {
    const { contenders, seeds } = await askedSimulations(args, io)
    const total = contenders.length * seeds.length
    const events = args.text('events')
    if (events !== undefined && total > 1)
      throw flagValueInvalid('--events', 'one scheduler and one seed, whose log it writes', `${total} simulations`)
    const isJson = args.has('json')
    const isWatched = total > 1 && io.stderrIsTerminal && !(isJson && io.isTerminal)
    let done = 0
    let last: Simulation | undefined
    const comparison = await compare(contenders, seeds, (label, simulation) => {
      if (isJson) io.stdout.write(`${JSON.stringify(simulation.result)}\n`)
      done++
      if (isWatched) io.stderr.write(`\r\u001b[K${done} of ${total}: ${label}, seed ${simulation.result.seed}`)
      if (total === 1) last = simulation
    }).finally(() => isWatched && io.stderr.write('\r\u001b[K'))
    if (!isJson) {
      // The answer stands on the right: below 80 columns it wraps rather than vanish.
      const width = wholeWidth(io)
      const lines = last ? simulationLines(contenders[0].options.problem, last) : comparisonLines(comparison, width)
      io.stdout.write(`${lines.join('\n')}\n`)
    }
    if (events !== undefined && last) await writeEvents(events, last, io)
    if (args.has('svg')) await writeNamed(args.text('svg') as string, comparisonSvg(comparison), io)
    if (args.has('html')) await writeNamed(args.text('html') as string, comparisonHtml(comparison), io)
  },
}

async function writeEvents(file: string, simulation: Simulation, io: Io): Promise<void> {
  const events = await eventsOf(simulation)
  await writeTo(resolve(io.cwd, file), io.stdout, (out) => {
    for (const event of events) out.write(`${encodeEvent(event)}\n`)
  })
  io.stderr.write(`wrote ${file}\n`)
}

async function writeNamed(file: string, text: string, io: Io): Promise<void> {
  await writeTo(resolve(io.cwd, file), io.stdout, (out) => void out.write(text))
  io.stderr.write(`wrote ${file}\n`)
}
