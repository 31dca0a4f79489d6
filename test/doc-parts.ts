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
import { predictors } from '../src/core/predictors/index.ts'
import { samplers } from '../src/core/samplers/index.ts'
import { schedulers } from '../src/core/schedulers/index.ts'
import type { AlgorithmDefinition } from '../src/core/study/definition.ts'
import { compare, comparisonRows } from '../src/simulation/compare.ts'
import type { Problem } from '../src/simulation/problem.ts'
import type { SimulationResult } from '../src/simulation/simulation-result.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import { root } from './doc-blocks.ts'

const part = /(<!-- from the sources: (.+?) -->\n)[^]*?(<!-- end -->)/g

/** These take seconds, the others take none. */
export function areFigures(what: string): boolean {
  return what === 'comparison' || what === 'prediction'
}

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
    case 'predictor':
      return optionTable(known(predictors, name, what).options)
    case 'scheduler':
      return optionTable(known(schedulers, name, what).options)
    case 'comparison':
      return comparisonTable()
    case 'prediction':
      return predictionTable()
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
  // Where there are as many as this, the sentence on the right says how they are made.
  if (choices !== undefined && choices.length > 10) return 'see right'
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ')
  const words = {
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    text: 'text',
    any: 'any',
    predictor: 'a predictor',
  }
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

const seeds = Array.from({ length: 20 }, (_, seed) => seed)

async function digitsProblem(): Promise<Problem> {
  const table = await readCurveTable(join(root, 'examples/curves/digits.csv'), { metric: 'val_loss' })
  return tableProblem(table, { metric: 'val_loss', direction: 'minimize' })
}

/** 49 trials of the recorded curves under every scheduler, over 20 seeds; with one worker, and the time with eight. */
async function comparisonTable(): Promise<string> {
  const problem = await digitsProblem()
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

const swift = 'swift-hyperband'
const predicting: readonly (readonly [string, AlgorithmDefinition])[] = [
  ['`hyperband`', { type: 'hyperband', eta: 2 }],
  ['`swift-hyperband` (`d: 15`)', { type: swift, eta: 2 }],
  ['`swift-hyperband`, `d: 10`', { type: swift, eta: 2, d: 10 }],
  ['`swift-hyperband`, `d: 6`', { type: swift, eta: 2, d: 6 }],
  ['`swift-hyperband`, `d: 6`, `audit: 0.2`', { type: swift, eta: 2, d: 6, audit: 0.2 }],
  ['`swift-hyperband`, `d: 6`, `predictor: power-law`', { type: swift, eta: 2, d: 6, predictor: 'power-law' }],
  ['`quantum-swift-hyperband`, `d: 6`', { type: 'quantum-swift-hyperband', eta: 2, d: 6 }],
  ['`fast-hyperband`, `d: 6`', { type: 'fast-hyperband', eta: 2, d: 6 }],
]

/** One pass over the recorded curves with every way to predict, over 20 seeds, with one worker and with eight. */
async function predictionTable(): Promise<string> {
  const problem = await digitsProblem()
  const resultsWith = async (workers: number) => {
    const options = predicting.map(([label, scheduler]) => ({ label, options: { problem, scheduler, workers } }))
    return (await compare(options, seeds)).contenders.map(({ results }) => results)
  }
  const alone = await resultsWith(1)
  const together = await resultsWith(8)
  const mean = (results: readonly SimulationResult[], of: (result: SimulationResult) => number): string =>
    (results.reduce((sum, result) => sum + of(result), 0) / results.length).toFixed(0)
  const lines = predicting.map(([label], index) => {
    const [one = [], eight = []] = [alone[index], together[index]]
    const same = one.filter(({ best }, seed) => best?.value === alone[0]?.[seed]?.best?.value).length
    const epochs = [one, eight].map((results) => mean(results, (result) => result.epochs))
    return `| ${label} | ${epochs.join(' | ')} | ${mean(eight, ({ makespan }) => makespan)} | ${same} of ${seeds.length} |`
  })
  return `| scheduler | epochs, one slot | epochs, 8 slots | time on 8 slots | same best |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
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
