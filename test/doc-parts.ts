/**
 * The parts of the documents that follow from the sources: the help of every command, the options of every algorithm, figures of simulations.
 * They stand between `<!-- from the sources: WHAT -->` and `<!-- end -->`; a test holds them equal, and `node test/doc-parts.ts` writes them anew.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from '../src/cli/commands.ts'
import { commandHelp } from '../src/cli/help-text.ts'
import type { Io } from '../src/cli/command.ts'
import type { OptionSpec, OptionSpecs } from '../src/core/options.ts'
import { samplers } from '../src/core/samplers/index.ts'
import { schedulers } from '../src/core/schedulers/index.ts'
import type { AlgorithmDefinition } from '../src/core/study/definition.ts'
import { compare, comparisonRows } from '../src/simulation/compare.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import { root } from './doc-blocks.ts'

const part = /(<!-- from the sources: (.+?) -->\n)[^]*?(<!-- end -->)/g

/** Takes seconds, the others take none. */
export const figures = 'comparison'

/** The page with every part, or those that are wanted, as the sources say. */
export async function withParts(page: string, isWanted: (what: string) => boolean = () => true): Promise<string> {
  const texts = new Map<string, string>()
  for (const what of partsOf(page)) if (isWanted(what)) texts.set(what, await partText(what))
  return page.replaceAll(part, (all, head: string, what: string, end: string) =>
    texts.has(what) ? `${head}${texts.get(what)}${end}` : all,
  )
}

/** What the parts of a page are about. */
export function partsOf(page: string): string[] {
  return [...page.matchAll(part)].map(([, , what = '']) => what)
}

async function partText(what: string): Promise<string> {
  const [kind = '', name = ''] = what.split(' ')
  switch (kind) {
    case 'commands':
      return commandTexts()
    case 'sampler':
      return optionTable(known(samplers, name, what).options)
    case 'scheduler':
      return optionTable(known(schedulers, name, what).options)
    case figures:
      return comparisonTable()
    default:
      throw new Error(`the sources have no part '${what}'`)
  }
}

function known<Kind>(kinds: { readonly [name: string]: Kind }, name: string, what: string): Kind {
  const kind = kinds[name]
  if (kind === undefined) throw new Error(`the sources have no ${what}`)
  return kind
}

const plain = { colours: false, isTerminal: false, columns: 100 } as Io

async function commandTexts(): Promise<string> {
  const lines = ['', '| command | what it does |', '|---|---|']
  for (const { name, summary } of commands)
    lines.push(`| [\`${name}\`](#${name}) | ${summary.replaceAll('|', '\\|')} |`)
  for (const [group, entries] of Map.groupBy(commands, (entry) => entry.group)) {
    lines.push('', `## ${group}`)
    for (const entry of entries) {
      const { command } = await entry.load()
      lines.push('', `### ${entry.name}`, '', '```text', commandHelp(command, plain).trimEnd(), '```')
    }
  }
  return `${lines.join('\n')}\n\n`
}

function optionTable(options: OptionSpecs): string {
  const entries = Object.entries(options)
  if (entries.length === 0) return 'No options.\n'
  const rows = entries.map(
    ([name, spec]) => `| \`${name}\` | ${typeText(spec)} | ${defaultText(spec)} | ${spec.doc.replaceAll('|', '\\|')} |`,
  )
  return `| option | value | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function typeText({ type, choices, atLeast, above, atMost }: OptionSpec): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ')
  const words = { integer: 'whole number', number: 'number', boolean: 'true or false', text: 'text', any: 'any' }
  const bounds = [
    atLeast === undefined ? '' : ` from ${atLeast}`,
    above === undefined ? '' : ` above ${above}`,
    atMost === undefined ? '' : ` up to ${atMost}`,
  ]
  return words[type] + bounds.join('')
}

function defaultText(spec: OptionSpec): string {
  return spec.default === null ? 'see right' : `\`${spec.default}\``
}

const contenders: readonly (readonly [string, AlgorithmDefinition, { readonly minEpochs?: number }?])[] = [
  ['`none`', { type: 'none' }],
  ['`median`', { type: 'median' }],
  ['`successive-halving`', { type: 'successive-halving' }],
  ['`hyperband`', { type: 'hyperband' }],
  ['`asha`, promotion', { type: 'asha', form: 'promotion' }],
  ['`asha`, promotion, `epochs.min: 3`', { type: 'asha', form: 'promotion' }, { minEpochs: 3 }],
  ['`asha`, stopping', { type: 'asha', form: 'stopping' }],
  ['`asha`, stopping, `epochs.min: 3`', { type: 'asha', form: 'stopping' }, { minEpochs: 3 }],
]

/** 49 trials of the recorded curves under every scheduler, over 20 seeds; with one worker, and the time with eight. */
async function comparisonTable(): Promise<string> {
  const table = await readCurveTable(join(root, 'examples/curves/digits.csv'), { metric: 'val_loss' })
  const problem = tableProblem(table, { metric: 'val_loss', direction: 'minimize' })
  const seeds = Array.from({ length: 20 }, (_, seed) => seed)
  const rowsWith = async (workers: number) =>
    comparisonRows(
      await compare(
        contenders.map(([label, scheduler, more]) => ({
          label,
          options: { problem, scheduler, workers, budget: { trials: 49 }, ...more },
        })),
        seeds,
      ),
    )
  const alone = await rowsWith(1)
  const together = await rowsWith(8)
  const lines = alone.map(({ label, mean, difference }, index) => {
    const best = difference?.best
    const against = best ? `${fourPlaces(best.mean)} [${fourPlaces(best.low)}, ${fourPlaces(best.high)}]` : ''
    const makespan = together[index]?.mean.makespan?.toFixed(0)
    return `| ${label} | ${mean.epochs?.toFixed(0)} | ${makespan} | ${fourPlaces(mean.best)} | ${against} |`
  })
  return `| scheduler | epochs | time on 8 slots | best val_loss | worse than \`none\` by |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}

/** Without the sign of a zero. */
function fourPlaces(value: number | null): string {
  return value === null ? '-' : (Math.round(value * 1e4) / 1e4).toFixed(4)
}

if (import.meta.main) {
  for (const path of globSync('docs/*.md', { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8')
    const now = await withParts(text)
    if (now === text) continue
    writeFileSync(join(root, path), now)
    console.log(`wrote ${path}`)
  }
}
