import { best } from '../core/study/views/best.ts'
import type { Best, BestTrial } from '../core/study/views/best.ts'
import { numberText, valueText } from '../core/study/views/number-text.ts'
import type { Configuration } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import { quoteForShell } from '../wire/placeholders.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { amongText } from './status-text.ts'
import { openStudyForReading } from './study-reference.ts'

export const command: Command = {
  name: 'best',
  summary: 'The best configuration of a study, or its Pareto front.',
  usage: 'STUDY',
  doc: 'Looks at complete trials that meet the constraints; if there are none, at the trials of the furthest rung, and says so.',
  operands: [0, 1],
  options: {
    json: jsonFlag,
    format: {
      type: 'text',
      choices: ['text', 'json', 'args', 'env'],
      value: 'FORMAT',
      doc: 'args: --name value ...; env: name=value lines for a shell. Of a front, its first trial.',
    },
    store: storeFlag,
  },
  examples: ['foretune best digits', 'python train.py $(foretune best digits --format args)'],
  run: async (args, io) => {
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const found = best(open.study)
      const format = args.has('json') ? 'json' : (args.text('format') ?? 'text')
      if (format === 'json') io.stdout.write(`${JSON.stringify({ study: open.name, ...found })}\n`)
      else if (format === 'text') io.stdout.write(bestScreen(found, open.study.space.names))
      else {
        const first = firstOf(found, open.name)
        // What a shell takes for the answer must not hide that no trial is complete.
        if (found.among !== 'complete') io.stderr.write(`note: ${amongText(found)}\n`)
        io.stdout.write(
          `${format === 'args' ? asArguments(first.configuration) : asEnvironment(first.configuration)}\n`,
        )
      }
      return found.trials.length > 0 ? 0 : 1
    } finally {
      await open.close()
    }
  },
}

function bestScreen(found: Best, names: readonly string[]): string {
  if (found.trials.length === 0) {
    const missed = found.infeasible > 0 ? ` (${found.infeasible} complete trials miss a constraint)` : ''
    return `no best trial yet: ${amongText(found)}${missed}\n`
  }
  const lines = [found.trials.length > 1 ? `front of ${found.trials.length}, ${amongText(found)}` : amongText(found)]
  for (const trial of found.trials) {
    lines.push('', `trial ${trial.trial} at epoch ${trial.epoch}${trial.imported ? ' (imported)' : ''}`)
    const shown: [string, string][] = found.objectives.map(({ metric, direction }) => [
      metric,
      `${numberText(trial.values[metric] ?? NaN, 8)} (${direction})`,
    ])
    for (const name of names) {
      const value = trial.configuration[name]
      if (value !== undefined) shown.push([name, valueText(value, 17)])
    }
    const width = Math.max(...shown.map(([name]) => name.length))
    for (const [name, text] of shown) lines.push(`  ${name.padEnd(width)}  ${text}`)
  }
  return `${lines.join('\n')}\n`
}

function firstOf(found: Best, study: string): BestTrial {
  const [first] = found.trials
  if (first) return first
  throw new ForetuneError('NO_BEST_TRIAL', `The study ${study} has no best trial yet: ${amongText(found)}.`, {
    details: { study },
    exit: 1,
  })
}

/** `--lr 0.001 --optimizer sgd`; words for a shell are quoted where they must be. */
function asArguments(configuration: Configuration): string {
  return Object.entries(configuration)
    .map(([name, value]) => `--${name} ${quoteForShell(String(value))}`)
    .join(' ')
}

/** One line a parameter, for `eval "$(...)"`; what a shell's name cannot hold becomes `_`. */
export function asEnvironment(configuration: Configuration): string {
  return Object.entries(configuration)
    .map(([name, value]) => `${name.replace(/[^A-Za-z0-9_]/g, '_')}=${quoteForShell(String(value))}`)
    .join('\n')
}
