/** Predictors trained on 20 curves, or 80: classical and annealed support vector regression; and those of Baker et al. */
import { spanChart } from '../chart.ts'
import { figure, fixed, page, score, scoreSpread, table } from '../markdown.ts'
import type { Measure, PredictorSpec, Scores, ScalingSpec } from '../measurement.ts'
import {
  baker,
  combinationOfFour,
  lowestKnownEnergy,
  qsvrOn20,
  qsvrRecomputed,
  svrOn20,
  type PublishedScores,
} from '../published.ts'
import { seedsUpTo, type Scope } from '../scope.ts'
import { spreadOf, type Spread } from '../statistics.ts'
import { minMax, onMlpf, quantileOfAll, scoresOver } from '../studies.ts'
import { tableNames, tables, type TableName } from '../tables.ts'
import { figuresFolder, type Section } from './section.ts'

const published = { type: 'epsilon-svr', C: 67.61, epsilon: 0.02, gamma: 0.1 } as const

type Kind = keyof Scores

export async function fewCurvesSection(measure: Measure, scope: Scope): Promise<Section> {
  const [classical, annealed, energy, models] = await Promise.all([
    classicalScores(measure, scope),
    annealedScores(measure, scope),
    measure('energy', [{ reads: 1000 }]),
    bakerTable(measure, scope),
  ])
  const rows = [
    ...svrRows(classical, scope),
    ...qsvrOn20.map(({ name, scores }, index) =>
      spanRow(
        `QSVR, ${name}`,
        scores,
        annealed.quantile.map((division) => division[index] as Scores),
      ),
    ),
    spanRow('four QSVRs, 80 curves', combinationOfFour, annealed.four),
  ]
  const svg = spanChart(
    'R2 of predictors trained on 20 curves, MLPF, a quarter of the curve known',
    'R2 on the quantile-scaled target',
    rows,
    { low: 0.4, high: 1 },
  )
  const text = page(
    '## Prediction from few curves',
    `What Swift-Hyperband has to live with: 15 to 20 curves. A quarter of the curve known, curve values only, half of the 295 rows tested. All R2 of this section's first tables are on the quantile-scaled target, as published (50 quantiles, by all rows),
unless a column says _on the loss_. _Exchanged_: truth and prediction in the order in which the published notebooks call the R2 function.`,
    '### Classical SVR, 20 curves',
    `epsilon = 0.02, gamma = 0.1, C = 67.61; ${scope.svrDivisions} random divisions, other ones than the published 1000. The worst is one unlucky division, and as such differs.`,
    classicalTable(classical),
    '### QSVR by simulated annealing, 20 curves',
    `Published: 10 divisions on a D-Wave Advantage. Here: ${scope.annealedDivisions} divisions, our own annealer (1000 reads, the 4 best kept), on exactly the published QUBO (120 variables). An independent simulated annealing of the same QUBO had ${score(qsvrRecomputed.mean)} (${score(qsvrRecomputed.min)} to ${score(qsvrRecomputed.max)}) with every combination but the best alone.
The first 20 rows make a problem whose lowest known energy is ${lowestKnownEnergy}; our annealer finds ${fixed(energy[0]?.lowest ?? NaN, 5)}.`,
    qsvrTable(annealed),
    '### Four QSVRs, 80 curves',
    'The published combination: four chunks of 20 curves; of each the best of its seven regressors on the curves of the others, weighted with its R2 there.',
    scoresTable([
      ['published', combinationOfFour, null],
      ['here', spreadOf(annealed.four.map(({ scaled }) => scaled)), spreadOf(annealed.four.map(({ loss }) => loss))],
    ]),
    figure(`${figuresFolder}/r2-few-curves.svg`, 'Range and mean of R2 of classical, annealed and combined SVRs'),
    'From the least to the largest R2 over the divisions; the dot is the mean. Simulated annealing spreads less than the quantum annealer did and is better in the mean, whatever the combination. Four QSVRs together spread less than one.',
    models,
  )
  return { text, figures: { 'r2-few-curves.svg': svg } }
}

function svrRows(classical: readonly Scores[], scope: Scope) {
  return [spanRow(`SVR, ${scope.svrDivisions} divisions`, svrOn20, classical)]
}

function spanRow(label: string, from: PublishedScores | null, scores: readonly Scores[]) {
  return { label, published: from, ours: spreadOf(scores.map(({ scaled }) => scaled)) }
}

function classicalScores(measure: Measure, scope: Scope): Promise<readonly Scores[]> {
  return scoresOver(measure, svrSpec(quantileOfAll), scope.svrDivisions)
}

function svrSpec(scaling: ScalingSpec) {
  return {
    ...onMlpf,
    features: 'c',
    model: published,
    scaling,
    splits: { type: 'random', train: 20, test: 148 },
  } as const
}

interface AnnealedScores {
  readonly quantile: readonly (readonly Scores[])[]
  readonly minMax: readonly (readonly Scores[])[]
  readonly four: readonly Scores[]
}

async function annealedScores(measure: Measure, scope: Scope): Promise<AnnealedScores> {
  const divisions = seedsUpTo(scope.annealedDivisions)
  const of = async (scaling: ScalingSpec, chunks: number) =>
    (
      await measure(
        'annealing',
        divisions.map((split) => ({ scaling, chunks, split })),
      )
    ).map(({ scores }) => scores)
  const [quantile, ofMinMax, four] = await Promise.all([of(quantileOfAll, 1), of(minMax, 1), of(quantileOfAll, 4)])
  return { quantile, minMax: ofMinMax, four: four.map(([scores]) => scores as Scores) }
}

function classicalTable(scores: readonly Scores[]): string {
  const of = (kind: Kind): Spread => spreadOf(scores.map((one) => one[kind]))
  const cells = ({ max, min, mean, sd, median }: PublishedScores): string[] => [max, min, mean, sd, median].map(score)
  return table(
    ['', 'best', 'worst', 'mean', 'sd', 'median'],
    [
      ['published (exchanged)', ...cells(svrOn20)],
      ['here, exchanged', ...cells(of('exchanged'))],
      ['here, scaled target', ...cells(of('scaled'))],
      ['here, on the loss', ...cells(of('loss'))],
    ],
  )
}

function qsvrTable({ quantile, minMax: byMinMax }: AnnealedScores): string {
  return table(
    [
      'combination',
      'published, mean (min to max)',
      'here, mean (min to max)',
      'on the loss, quantile',
      'on the loss, min-max',
    ],
    qsvrOn20.map(({ name, scores }, index) => {
      const of = (divisions: readonly (readonly Scores[])[], kind: Kind): Spread =>
        spreadOf(divisions.map((division) => (division[index] as Scores)[kind]))
      const range = ({ mean, min, max }: PublishedScores): string => `${score(mean)} (${score(min)} to ${score(max)})`
      return [
        name,
        scores === null ? '-' : range(scores),
        range(of(quantile, 'scaled')),
        scoreSpread(of(quantile, 'loss')),
        scoreSpread(of(byMinMax, 'loss')),
      ]
    }),
  )
}

function scoresTable(rows: readonly (readonly [string, PublishedScores, Spread | null])[]): string {
  return table(
    ['', 'min', 'max', 'mean', 'median', 'sd', 'on the loss'],
    rows.map(([label, { min, max, mean, median, sd }, loss]) => [
      label,
      ...[min, max, mean, median, sd].map(score),
      loss === null ? '-' : scoreSpread(loss),
    ]),
  )
}

const features = 'curve+differences+second-differences+hyperparameters'
const models = [
  { name: 'nu-SVR, RBF', predictor: { type: 'nu-svr', features } },
  { name: 'nu-SVR, linear', predictor: { type: 'nu-svr', features, kernel: 'linear' } },
  { name: 'random forest', predictor: { type: 'forest', features } },
  { name: 'least squares', predictor: { type: 'least-squares', features } },
] as const

/** Half of the rows where there are fewer than 200. */
function sizesOf(name: TableName): Pick<PredictorSpec, 'rows' | 'train' | 'test' | 'known'> {
  const { rows, horizon } = tables[name]
  const train = Math.min(100, Math.floor(rows / 2))
  const which = name === 'mlpf' ? 'without row 52' : name === 'language' ? 'below 1' : 'all'
  return { rows: which, train, test: Math.min(200, rows - train), known: Math.round(horizon / 4) }
}

async function bakerTable(measure: Measure, scope: Scope): Promise<string> {
  const found = await Promise.all(
    tableNames.map((name) =>
      measure(
        'predictor',
        models.map(({ predictor }) => ({ table: name, predictor, ...sizesOf(name), splits: scope.predictorDivisions })),
      ),
    ),
  )
  const heads = models.map(({ name }) => name)
  return page(
    '### The models of Baker et al.',
    `Published: R2 with 100 training curves and a quarter of the curve known, all features. Their data are not public here; our tables stand beside them for orientation only. Ours are the predictors as users name them, without a search for their
hyperparameters; forest and least squares learn the change from the last known loss. ${scope.predictorDivisions} divisions, equal configurations on one side.`,
    table(
      ['data', ...heads],
      baker.map(({ data, scores }) => [data, ...scores.map(score)]),
    ),
    'Here, R2 on the plain loss or accuracy, mean ± standard deviation. MLPF is without row 52. The language table is without the 150 trainings whose loss ever reaches 1: chance is 0.69, and a single diverging training would decide R2. Where R2 is far below the rank correlation, a few predictions are far off, as linear models have it with 40 to 80 columns from 100 curves.',
    table(
      ['table (training curves)', ...heads],
      tableNames.flatMap((name, index) => {
        const label = `${tables[name].title} (${sizesOf(name).train})`
        const outcomes = found[index] ?? []
        return [
          [label, ...outcomes.map(({ loss }) => scoreSpread(spreadOf(loss)))],
          ['- rank correlation (Spearman)', ...outcomes.map(({ spearman }) => scoreSpread(spreadOf(spearman)))],
        ]
      }),
    ),
  )
}
