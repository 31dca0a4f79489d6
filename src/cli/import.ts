import { basename, extname } from 'node:path'
import type { Study } from '../core/study/study.ts'
import { createStudy } from '../core/study/study.ts'
import { countText } from '../core/study/views/number-text.ts'
import { algorithms } from '../library/algorithms.ts'
import { askStudyAll } from '../library/asking.ts'
import type { AskedStudy } from '../library/asking.ts'
import { asWish, judge, newResults } from '../library/import-results.ts'
import type { Results } from '../library/import-results.ts'
import { gatherResults, ofStudy } from '../library/import-source.ts'
import type { GatheredResults, ImportSource } from '../library/import-source.ts'
import { importInvalid } from '../runtime/perform.ts'
import { openStore } from '../stores/open.ts'
import { withAskedStudy } from './asked-study.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { openIn, resolveStudy, storeUrl } from './study-reference.ts'

/** More problems than this are counted. */
const shownMax = 20

export const command: Command = {
  name: 'import',
  summary: 'Known results into a study, for a warm start.',
  usage: 'STUDY SOURCE',
  doc: 'SOURCE is another study (its name or study file), an Optuna storage (SQLite or journal file), or a table: CSV with a column for every parameter, and the objectives as final values (with a column `epoch` if that is not the last one) or as curves METRIC_1, METRIC_2, ...; or what `export` wrote as csv, curves or json. STUDY may be a study file that was not run yet. A table has to fit as a whole, else nothing is imported; of another study come the trials that fit, and the others are counted with the reason. What the study knows already is skipped; reports beyond its last epoch are left out. Works beside a running controller; an Optuna storage is neither locked nor changed.',
  operands: [2, 2],
  options: {
    'from-store': { type: 'text', value: 'URL', doc: 'The store that holds the other study, if it is another one.' },
    study: { type: 'text', value: 'NAME', doc: 'Which study of a storage that holds several.' },
    rename: {
      type: 'list',
      value: 'THEIRS=OURS',
      doc: 'A parameter or metric of the other study that has another name here.',
    },
    final: {
      type: 'boolean',
      doc: 'Only the final values of the other study, as of the last epoch: where its steps are not epochs of this one.',
    },
    ignore: { type: 'list', value: 'COLUMN', doc: 'A column of a table that is neither a parameter nor a metric.' },
    'dry-run': { type: 'boolean', doc: 'Say what would come, import nothing.' },
    json: jsonFlag,
    store: storeFlag,
  },
  examples: [
    'foretune import digits earlier.csv',
    'foretune import study.yaml digits --from-store sqlite:last-year.db',
    'foretune import study.yaml optuna.db --study resnet --rename learning_rate=lr --dry-run',
    'foretune export old --format json > old.json; foretune import study.yaml old.json',
  ],
  run: async (args, io) => {
    const [reference, source = ''] = args.operands
    const names = renames(args)
    await withAskedStudy(reference, args, io, async (asked) => {
      const study = await studyToCheck(asked, io)
      const gathered = await gather(source, names, asked, study, args, io)
      const judged = judge(study, gathered.drafts)
      const results = { ...judged, empty: judged.empty + gathered.empty }
      refuse([...gathered.problems, ...results.problems], source, study)
      const fresh = newResults(study, results.results)
      if (!args.has('dry-run') && fresh.length > 0)
        await askStudyAll(
          asked,
          fresh.map((result) => asWish(result, basename(source))),
        )
      tell(asked.name, results, gathered.fit, fresh.length, args, io)
    })
  },
}

function renames(args: Args): ReadonlyMap<string, string> {
  return new Map(
    args.list('rename').map((text) => {
      const [, theirs, ours] = /^([^=]+)=([^=]+)$/.exec(text) ?? []
      if (theirs === undefined || ours === undefined) throw flagValueInvalid('--rename', 'THEIRS=OURS', text)
      return [theirs, ours] as const
    }),
  )
}

async function gather(
  reference: string,
  names: ReadonlyMap<string, string>,
  { store }: AskedStudy,
  study: Study,
  args: Args,
  io: Io,
): Promise<GatheredResults> {
  const source: ImportSource = {
    reference,
    store,
    folder: io.cwd,
    algorithms,
    wanted: args.text('study'),
    finalOnly: args.has('final'),
    ignored: args.list('ignore'),
    names,
  }
  const url = args.text('from-store')
  if (url !== undefined) {
    const other = await openStore(storeUrl({ text: () => url }, io), { readOnly: true })
    try {
      return ofStudy((await openIn(other, await resolveStudy(other, reference, io.cwd))).study, source, study)
    } finally {
      await other.close()
    }
  }
  // A study file stands for its study.
  const isStudyFile = ['.yaml', '.yml'].includes(extname(reference))
  const meant = isStudyFile ? await resolveStudy(store, reference, io.cwd) : reference
  const gathered = await gatherResults({ ...source, reference: meant }, study)
  if (gathered.fit === null) refuseForTable(args)
  return gathered
}

/** A table has its names in its own head. */
function refuseForTable(args: Args): void {
  for (const flag of ['study', 'rename', 'final'])
    if (args.has(flag)) throw flagValueInvalid(`--${flag}`, 'it beside another study', 'it beside a table or JSON')
}

/** As far as the store knows it, or as it will begin. */
async function studyToCheck({ store, name, create }: AskedStudy, io: Io): Promise<Study> {
  if (!create) return (await openIn(store, name)).study
  return createStudy({ type: 'StudyCreated', at: io.now(), version: '', ...create }, algorithms)
}

function refuse(problems: string[], source: string, study: Study): void {
  if (problems.length > shownMax)
    problems.splice(shownMax, Infinity, `and ${countText(problems.length - shownMax, 'more problem')}`)
  if (problems.length > 0)
    throw importInvalid(
      study.state.definition.name,
      problems.map((problem) => `${source}, ${problem}`),
    )
}

function tell(
  study: string,
  { results, empty, cut }: Results,
  fit: GatheredResults['fit'],
  fresh: number,
  args: Args,
  io: Io,
): void {
  const isDry = args.has('dry-run')
  const known = results.length - fresh
  if (args.has('json')) {
    const imported = isDry ? 0 : fresh
    io.stdout.write(`${JSON.stringify({ study, imported, new: fresh, known, empty, cut, ...fit })}\n`)
    return
  }
  const parts = [isDry ? `${countText(fresh, 'result')} could be imported` : `${countText(fresh, 'result')} imported`]
  if (known > 0) parts.push(`${known} known already`)
  if (empty > 0) parts.push(`${empty} without a result`)
  if (cut > 0) parts.push(`${cut} only up to the study's last epoch`)
  io.stdout.write(`${study}: ${parts.join(', ')}\n`)
  for (const { what, trials } of fit?.skipped ?? [])
    io.stdout.write(`  ${countText(trials, 'trial')} skipped: ${what}\n`)
  for (const { what, trials } of fit?.dropped ?? [])
    io.stdout.write(`  ${what} left out of ${countText(trials, 'trial')}: ${study} has no such parameter there\n`)
  for (const note of fit?.notes ?? []) io.stdout.write(`  ${note}\n`)
}
