import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Study } from '../core/study/study.ts'
import { createStudy } from '../core/study/study.ts'
import { countText } from '../core/study/views/number-text.ts'
import { ForetuneError } from '../errors.ts'
import { askStudyAll } from '../library/asking.ts'
import type { AskedStudy } from '../library/asking.ts'
import { draftsFromCsv } from '../library/import-csv.ts'
import { draftsFromJson } from '../library/import-json.ts'
import { asWish, judge, newResults } from '../library/import-results.ts'
import type { Results } from '../library/import-results.ts'
import { importInvalid } from '../runtime/perform.ts'
import { algorithms } from '../library/algorithms.ts'
import { withAskedStudy } from './asked-study.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { openIn } from './study-reference.ts'

/** More problems than this are counted. */
const shownMax = 20

export const command: Command = {
  name: 'import',
  summary: 'Known results into a study, for a warm start.',
  usage: 'STUDY FILE',
  doc: 'FILE is CSV with a column for every parameter, and the objectives as final values (with a column `epoch` if that is not the last one) or as curves METRIC_1, METRIC_2, ...; or what `export` wrote as csv, curves or json. STUDY may be a study file that was not run yet. Nothing is imported unless everything fits; what the study knows already is skipped; reports beyond its last epoch are left out. Works beside a running controller.',
  operands: [2, 2],
  options: {
    ignore: { type: 'list', value: 'COLUMN', doc: 'A column that is neither a parameter nor a metric.' },
    'dry-run': { type: 'boolean', doc: 'Check the file, import nothing.' },
    json: jsonFlag,
    store: storeFlag,
  },
  examples: [
    'foretune import digits earlier.csv',
    'foretune export old --format json > old.json; foretune import study.yaml old.json',
  ],
  run: async (args, io) => {
    const [reference, file = ''] = args.operands
    const text = await readResults(file, io)
    await withAskedStudy(reference, args, io, async (asked) => {
      const study = await studyToCheck(asked, io)
      const results = resultsIn(text, file, study, args)
      const fresh = newResults(study, results.results)
      const isDry = args.has('dry-run')
      if (!isDry && fresh.length > 0)
        await askStudyAll(
          asked,
          fresh.map((result) => asWish(result, basename(file))),
        )
      tell(asked.name, results, fresh.length, args, io)
    })
  },
}

async function readResults(file: string, io: Io): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8')
  } catch (cause) {
    throw importUnreadable(file, cause)
  }
}

/** As far as the store knows it, or as it will begin. */
async function studyToCheck({ store, name, create }: AskedStudy, io: Io): Promise<Study> {
  if (!create) return (await openIn(store, name)).study
  return createStudy({ type: 'StudyCreated', at: io.now(), version: '', ...create }, algorithms)
}

function resultsIn(text: string, file: string, study: Study, args: Args): Results {
  const isJson = /^\uFEFF?\s*[{[]/.test(text)
  const { drafts, problems } = isJson
    ? draftsFromJson(text.replace(/^\uFEFF/, ''), study)
    : draftsFromCsv(text, file, study, args.list('ignore'))
  const results = judge(study, drafts)
  const all = [...problems, ...results.problems]
  if (all.length > shownMax) all.splice(shownMax, Infinity, `and ${countText(all.length - shownMax, 'more problem')}`)
  if (all.length > 0)
    throw importInvalid(
      study.state.definition.name,
      all.map((problem) => `${file}, ${problem}`),
    )
  return results
}

function tell(study: string, { results, empty, cut }: Results, fresh: number, args: Args, io: Io): void {
  const isDry = args.has('dry-run')
  const known = results.length - fresh
  if (args.has('json')) {
    const imported = isDry ? 0 : fresh
    io.stdout.write(`${JSON.stringify({ study, imported, new: fresh, known, empty, cut })}\n`)
    return
  }
  const parts = [isDry ? `${countText(fresh, 'result')} could be imported` : `${countText(fresh, 'result')} imported`]
  if (known > 0) parts.push(`${known} known already`)
  if (empty > 0) parts.push(`${empty} without a result`)
  if (cut > 0) parts.push(`${cut} only up to the study's last epoch`)
  io.stdout.write(`${study}: ${parts.join(', ')}\n`)
}

function importUnreadable(path: string, cause: unknown): ForetuneError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ForetuneError(
    'IMPORT_UNREADABLE',
    `Expected a file of results at ${path}, but it cannot be read: ${why}. \`foretune export\` writes one.`,
    { details: { path }, cause },
  )
}
