/** The document: its head, its sections, and how to have it again. */
import { cpus } from 'node:os'
import { version } from '../src/library/version.ts'
import { fixed, page, table, wrapped } from './markdown.ts'
import type { Measure } from './measurement.ts'
import { seedsUpTo, type Scope } from './scope.ts'
import { searches, searchNames, specsOf, type SearchName } from './searches.ts'
import { differences } from './sections/differences.ts'
import { fewCurvesSection } from './sections/few-curves.ts'
import { mlpfSection } from './sections/mlpf.ts'
import { otherTablesSection } from './sections/other-tables.ts'
import { predictionSection } from './sections/prediction.ts'
import type { Section } from './sections/section.ts'
import { wallTimeSection } from './sections/wall-time.ts'
import { spreadOf } from './statistics.ts'

export interface Conditions {
  readonly threads: number
  /** Since the command began. */
  readonly seconds: () => number
  /** Of all threads, in seconds. */
  readonly processor: () => number
}

export async function documentOf(measure: Measure, scope: Scope, conditions: Conditions): Promise<Section> {
  const names = Object.keys(searches) as SearchName[]
  const [sections, timed] = await Promise.all([
    Promise.all([
      mlpfSection(measure, scope),
      otherTablesSection(measure, scope),
      predictionSection(measure, scope),
      fewCurvesSection(measure, scope),
      wallTimeSection(measure, scope),
    ]),
    Promise.all(
      names.map((name) =>
        measure(
          'simulation',
          specsOf({ table: 'mlpf', scheduler: searches[name], keepsTrajectory: true }, seedsUpTo(scope.searches)),
        ),
      ),
    ),
  ])
  const wallSeconds = timed.map((outcomes) => spreadOf(outcomes.map(({ result }) => result.wallMs / 1000)))
  const text = page(
    head(scope),
    ...sections.map((section) => section.text),
    differences,
    again(),
    measured(
      names.map((name, index) => [searchNames[name], wallSeconds[index] as (typeof wallSeconds)[number]]),
      conditions,
    ),
  )
  const figures = Object.assign({}, ...sections.map((section) => section.figures)) as Section['figures']
  return { text: `${wrapped(text)}\n`, figures }
}

function head({ isQuick }: Scope): string {
  return page(
    '# The published results, derived again',
    '<!-- Written by npm run reproduce. Edit reproduce/, not this page. -->',
    ...(isQuick ? ['**Made with `--quick`: few seeds, to see that everything works. Not for reading.**'] : []),
    `This page repeats the published studies of Swift-Hyperband and of its predictors with Foretune, on the public curve tables. Published values stand beside ours. _Published_ are the authors' public repositories \`qtml-hybrid-workflow\` and
\`performance-pred\`, the posters of CHEP 2023 and QTML 2023, and Baker et al. 2017 (arXiv 1705.10823); figures that these only draw were recomputed from their data and notebooks by an independent program, before this one was written: where a table says _recomputed_ or _independent_, it is that program.`,
    `The words: a _search_ is one pass of an algorithm over all brackets; a _draw_ is a random choice and order of rows; a _division_ splits rows into training and test. Spread is ± one sample standard deviation unless an interval [from, to] is given.`,
  )
}

function again(): string {
  return page(
    '## How to have this page again',
    `\`\`\`
npm ci
npm run reproduce -- PATH_TO_CURVES
\`\`\``,
    `PATH_TO_CURVES holds \`mlpf.csv\`, \`deepobs_fmnist_2c2d.csv\`, \`taskset_imdb_lstm128.csv\`, \`mnist_6hp.csv\` and \`mnist_6hp_loss.csv\`: columns of hyperparameters, then METRIC_1 to METRIC_T. Without it the folder \`shared/data/curves\` beside the checkout is taken. The tables are not part of
Foretune. Sources: \`JP-Amboage/performance-pred\` (MLPF, MNIST), \`fsschneider/DeepOBS_Baselines\`, \`releaunifreiburg/DyHPO\` (TaskSet).`,
    `Seeds are 0, 1, 2, ... for draws, divisions and annealing. All of this page but the next section follows from tables and seeds, whatever the number of cores. \`--quick\` takes about a minute, with few seeds. Foretune ${version}; the exact versions of everything else stand in \`package-lock.json\`.`,
  )
}

function measured(
  rows: readonly (readonly [string, ReturnType<typeof spreadOf>])[],
  { threads, seconds, processor }: Conditions,
): string {
  const published: { readonly [name: string]: string } = {
    [searchNames.hyperband]: 'below 1',
    [searchNames.fast]: '-',
    [searchNames.swift]: 'below 1',
    [searchNames.quantumSwift]: '40 to 56 (the first 1324)',
  }
  return page(
    '## Measured seconds',
    'The only part of this page that changes from one time to the next. One simulated search on MLPF (R = 100), its fits and anneals included. The published times of Quantum-Swift are those of a real annealer with queue and network.',
    table(
      ['algorithm', 'published, s', 'here, s (mean)', 'least', 'most'],
      rows.map(([name, { mean, min, max }]) => [
        name,
        published[name] ?? '-',
        fixed(mean, 2),
        fixed(min, 2),
        fixed(max, 2),
      ]),
    ),
    `The whole command took ${fixed(seconds() / 60, 1)} minutes on ${threads} threads, ${fixed(processor() / 60, 1)} minutes of processor time in all (${cpus()[0]?.model.trim() ?? 'an unknown processor'}, Node ${process.versions.node}).`,
  )
}
