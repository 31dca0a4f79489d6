/**
 * Trains random configurations of this example to the end and writes their learning curves as a table that `foretune simulate` reads:
 * `node record-curves.ts [ROWS]` (six or seven minutes for 72 rows) writes `../curves/digits.csv`. The same table comes out every time.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { stream } from '../../src/core/maths/stream.ts'
import type { ParameterDefinition } from '../../src/core/space/definition.ts'
import { randomConfiguration, space } from '../../src/core/space/space.ts'
import type { Configuration } from '../../src/core/trial.ts'
import { readImages } from './images.ts'
import { settings } from './settings.ts'
import { type Quality, evaluate, startTraining, trainEpoch } from './training.ts'

const seed = 2024
const rowCount = Number(process.argv[2] ?? 72)
const study = parse(readFileSync(new URL('study.yaml', import.meta.url), 'utf8')) as {
  readonly space: { readonly [name: string]: ParameterDefinition }
  readonly epochs: { readonly max: number }
}
const searched = space({ parameters: study.space, forbidden: [] })
const names = Object.keys(study.space)
const epochs = Array.from({ length: study.epochs.max }, (_, index) => index + 1)
const training = readImages('training')
const validation = readImages('validation')

/** Six significant digits; what is not finite is `nan`. */
function cell(number: number): string {
  return Number.isFinite(number) ? String(Number(number.toPrecision(6))) : 'nan'
}

/** Rounded before it is trained, so that the table holds the very configuration. */
function draw(row: number): Configuration {
  const drawn = randomConfiguration(searched, stream(seed, 'configuration', row))
  return Object.fromEntries(
    Object.entries(drawn ?? {}).map(([name, value]) => [name, typeof value === 'number' ? Number(cell(value)) : value]),
  )
}

function curve(configuration: Configuration, row: number): Quality[] {
  const state = startTraining(settings(configuration), stream(seed, 'trial', row).uint32())
  return epochs.map(() => {
    trainEpoch(state, training)
    return evaluate(state, validation)
  })
}

const lines = [[...names, ...epochs.map((at) => `val_loss_${at}`), ...epochs.map((at) => `val_accuracy_${at}`)]]
for (let row = 0; row < rowCount; row++) {
  const configuration = draw(row)
  const qualities = curve(configuration, row)
  lines.push([
    ...names.map((name) => String(configuration[name] ?? '')),
    ...qualities.map(({ loss }) => cell(loss)),
    ...qualities.map(({ accuracy }) => cell(accuracy)),
  ])
  console.error(`row ${row}: ${JSON.stringify(configuration)} ends at ${cell(qualities.at(-1)?.loss ?? NaN)}`)
}

const file = fileURLToPath(new URL('../curves/digits.csv', import.meta.url))
writeFileSync(`${file}.new`, lines.map((cells) => cells.join(',') + '\n').join(''))
renameSync(`${file}.new`, file)
