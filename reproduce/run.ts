/**
 * The published results, derived again from the curve tables: `npm run reproduce -- FOLDER_OF_CURVES [--quick] [--out FOLDER] [--threads N]`. Writes one document,
 * `docs/reproduction.md`, and its figures. Everything in it but the measured seconds depends on the tables alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { shared } from '../test/shared.ts'
import { documentOf } from './document.ts'
import { pool } from './pool.ts'
import { reportProgress } from './progress.ts'
import { quick, whole } from './scope.ts'
import { figuresFolder } from './sections/section.ts'
import { missingFiles } from './tables.ts'

const usage = `usage: npm run reproduce -- [FOLDER_OF_CURVES] [--quick] [--out FOLDER] [--threads N]
  FOLDER_OF_CURVES  holds the five tables; default: shared/data/curves beside the checkout
  --quick           few seeds, about a minute; not for reading
  --out FOLDER      where reproduction.md and its figures go; default: docs
  --threads N       how many measure at the same time; default: one a core
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      threads: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const threads = Number(values.threads ?? availableParallelism())
  const isThreads = Number.isSafeInteger(threads) && threads >= 1
  if (values.help || positionals.length > 1 || !isThreads) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  const folder = resolve(positionals[0] ?? shared.path('data/curves'))
  const missing = missingFiles(folder)
  if (missing.length > 0) {
    process.stderr.write(`${folder} lacks ${missing.join(', ')}\n${usage}`)
    return 2
  }
  const out = resolve(values.out ?? fileURLToPath(new URL('../docs', import.meta.url)))
  await write(folder, out, threads, values.quick)
  return 0
}

async function write(folder: string, out: string, threads: number, isQuick: boolean): Promise<void> {
  const begun = performance.now()
  const measuring = pool(folder, threads)
  const progress = reportProgress(measuring.progress)
  try {
    const seconds = (): number => (performance.now() - begun) / 1000
    const processor = (): number => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    }
    const { text, figures } = await documentOf(measuring.measure, isQuick ? quick : whole, {
      threads,
      seconds,
      processor,
    })
    mkdirSync(join(out, figuresFolder), { recursive: true })
    for (const [file, svg] of Object.entries(figures)) writeFileSync(join(out, figuresFolder, file), svg)
    const file = join(out, 'reproduction.md')
    writeFileSync(file, text)
    progress.end(
      `wrote ${file} and ${Object.keys(figures).length} figures beside it in ${dirname(join(out, figuresFolder, '-'))}`,
    )
  } finally {
    progress.end(null)
    await measuring.close()
  }
}

process.exitCode = await main()
