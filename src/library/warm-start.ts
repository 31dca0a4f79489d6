/**
 * Where an earlier study says a new one should begin: `warmStart: { from: STUDY-or-FILE }` becomes the places of its best trials, once, when the study is
 * created. So they stand in the study's first event, and nothing that happens to the earlier study or the file changes what is proposed.
 *
 * Only trials that came to their end teach. They are compared with one another, never with trials of the new study: their metric may be of another
 * scale. Parameters go by their names; those that only one of the two studies has do not matter.
 */
import { goodPlaces } from '../core/samplers/transfer.ts'
import type { EarlierTrial } from '../core/samplers/transfer.ts'
import { encode } from '../core/space/space.ts'
import type { StudyDefinition, WarmStart } from '../core/study/definition.ts'
import { createStudy } from '../core/study/study.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { algorithms as allAlgorithms } from './algorithms.ts'
import type { Draft } from './import-results.ts'
import { gatherResults } from './import-source.ts'

export interface WarmStartPlace {
  /** Null: only files are looked for. */
  readonly store: Store | null
  /** Where a relative path starts. */
  readonly folder: string
  readonly algorithms?: Algorithms
}

/** The definition with the places of the good trials filled in; as it is where there is nothing to fill in. */
export async function withWarmStart(definition: StudyDefinition, place: WarmStartPlace): Promise<StudyDefinition> {
  const { warmStart, sampler, name } = definition
  if (warmStart === undefined || warmStart.places !== undefined) return definition
  const { store, folder, algorithms = allAlgorithms } = place
  if (algorithms.samplers[sampler.type]?.ownPlaces) throw warmStartUnused(sampler.type)
  const study = withoutAlgorithms(definition)
  const { from: reference, study: wanted, rename = {}, share } = warmStart
  const names = new Map(Object.entries(rename))
  const source = { reference, store, folder, algorithms, wanted, names, finalOnly: true, isPartial: true }
  const { drafts, problems } = await gatherResults(source, study).catch((error: unknown) => {
    throw error instanceof ForetuneError ? warmStartUnusable(name, warmStart, error.message, error) : error
  })
  if (problems.length > 0) throw warmStartUnusable(name, warmStart, problems.slice(0, 5).join('; '))
  const places = goodPlaces(
    drafts.flatMap((draft) => earlierTrial(draft, study)),
    share,
  )
  if (places.length === 0)
    throw warmStartUnusable(
      name,
      warmStart,
      'none of its trials came to its end with a result, and has parameters of this study',
    )
  return { ...definition, warmStart: { ...warmStart, places } }
}

/** For its space and what it measures; its algorithms are not resolved yet. */
function withoutAlgorithms(definition: StudyDefinition): Study {
  const plain = { ...definition, sampler: { type: 'random' }, scheduler: { type: 'none' } }
  return createStudy(
    { type: 'StudyCreated', at: 0, version: '', definition: plain, program: null, directory: '' },
    allAlgorithms,
  )
}

/** None of a trial that did not come to its end. */
function earlierTrial(
  { configuration, state, reports, problems }: Draft,
  { space, state: { definition } }: Study,
): EarlierTrial[] {
  const isWhole = state === 'complete' || (state === null && reports.at(-1)?.epoch === definition.epochs.max)
  if (!isWhole || problems.length > 0) return []
  const losses = definition.objectives.map(({ metric, direction, value }) => {
    const sign = direction === 'maximize' ? -1 : 1
    const said = reports.flatMap(({ metrics }) => (metrics[metric] === undefined ? [] : [sign * metrics[metric]]))
    return (value === 'best' ? Math.min(...said) : said.at(-1)) ?? NaN
  })
  return [{ place: encode(space, configuration), losses }]
}

function warmStartUnusable(study: string, { from }: WarmStart, why: string, cause?: unknown): ForetuneError {
  return new ForetuneError(
    'WARM_START_UNUSABLE',
    `warmStart.from: '${study}' cannot begin from ${from}: ${why.replace(/^Nothing was imported into '.*?'[,:] /, '')} \`foretune import --dry-run\` shows what fits.`,
    { details: { study, from }, cause },
  )
}

function warmStartUnused(sampler: string): ForetuneError {
  return new ForetuneError(
    'WARM_START_UNUSED',
    `warmStart: expected a sampler that may begin where an earlier study was good, got ${sampler}, which goes through places of its own. Take another sampler, or leave \`warmStart\` out.`,
    { details: { sampler } },
  )
}
