/** Holds the documents to the sources. What they show being run is run in `e2e/docs.test.ts`. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commands } from '../src/cli/commands.ts'
import { predictors } from '../src/core/predictors/index.ts'
import { samplers } from '../src/core/samplers/index.ts'
import { schedulers } from '../src/core/schedulers/index.ts'
import { readStudyFile, studyFileJsonSchema } from '../src/wire/study-file.ts'
import { isLike, pages, root } from './doc-blocks.ts'
import { areFigures, partsOf, withParts } from './doc-parts.ts'

const all = pages()
const pageText = (path: string): string => all.find((page) => page.path === path)?.text ?? assert.fail(`no ${path}`)

test('every whole study file in the documents can be read, and those that are shown as wrong cannot', async () => {
  let count = 0
  for (const { page, line, language, isWrong, text } of all.flatMap(({ blocks }) => blocks)) {
    if (language !== 'yaml' || !/^objectives?:/m.test(text) || !/^space:/m.test(text)) continue
    count++
    const problem = await readStudyFile(text, { path: 'study.yaml' }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    if (isWrong) assert.notEqual(problem, null, `${page}:${line} is shown as wrong and can be read`)
    else assert.equal(problem, null, `${page}:${line}`)
  }
  assert.ok(count >= 5, `found only ${count} study files`)
})

test('help and options stand in the documents as the sources have them', async () => {
  for (const { path, text } of all)
    assert.equal(
      await withParts(text, (what) => !areFigures(what)),
      text,
      `${path} is behind: node test/doc-parts.ts writes it`,
    )
})

test('every command, sampler, scheduler and predictor has its section', () => {
  assert.deepEqual(partsOf(pageText('docs/commands.md')), ['commands'])
  const sections = (path: string): string[] =>
    [...pageText(path).matchAll(/^## `?([\w-]+)`?/gm)].map(([, name = '']) => name)
  for (const [path, kind, kinds] of [
    ['docs/samplers.md', 'sampler', samplers],
    ['docs/schedulers.md', 'scheduler', schedulers],
    ['docs/predictors.md', 'predictor', predictors],
  ] as const) {
    const names = Object.keys(kinds).sort()
    assert.deepEqual(partsOf(pageText(path)).sort(), names.map((name) => `${kind} ${name}`).sort(), path)
    assert.deepEqual(
      names.filter((name) => !sections(path).includes(name)),
      [],
      path,
    )
  }
})

test('the documents name no command that there is not', () => {
  const known = new Set(commands.map(({ name }) => name))
  const wrong: string[] = []
  for (const { path, text } of all) {
    text.split('\n').forEach((line, index) => {
      for (const [, name = ''] of line.matchAll(/(?:^\$ |^|`|bin\/)foretune ([a-z]+)(?![\w-]*[.:])/g))
        if (!known.has(name)) wrong.push(`${path}:${index + 1} names \`foretune ${name}\``)
    })
  }
  assert.deepEqual(wrong, [])
})

interface Schema {
  readonly properties?: { readonly [name: string]: Schema }
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
}

/** The names of all fields at any depth. */
function fieldsOf(schema: Schema, into: Set<string> = new Set()): Set<string> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    into.add(name)
    fieldsOf(field, into)
  }
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), schema.items, schema.additionalProperties])
    if (inner !== undefined && typeof inner === 'object') fieldsOf(inner, into)
  return into
}

test('every field of the study file is described', async () => {
  const { properties = {} } = (await studyFileJsonSchema()) as Schema
  const text = pageText('docs/study-file.md')
  // The options of algorithms have pages of their own.
  const described = Object.entries(properties).filter(([name]) => name !== 'sampler' && name !== 'scheduler')
  const names = new Set(['sampler', 'scheduler', ...fieldsOf({ properties: Object.fromEntries(described) })])
  const codes = [...text.matchAll(/`[^`\n]+`/g)].join('\n')
  const missing = [...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(codes))
  assert.deepEqual(missing, [])
})

/** Words in capitals that are no codes: variables of the environment, codes of libraries, operands in usage lines. */
const notCodes =
  /^(?:FORETUNE|CUDA|ROCR|OMPI|PMI|SLURM|TORCHELASTIC|LOCAL|WORLD|ERR|OMP|XDG)_|^(?:NO_COLOR|FORCE_COLOR|INF_POS|INF_NEG|INVALID_OPTION|MULTIPLE_DOCS|FILE_OR_STUDY)$/

test('every code of an error has a row, and every row a code', () => {
  const codes = new Set<string>()
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (/\.(test|laws)\.ts$/.test(file)) continue
    const text = readFileSync(join(root, file), 'utf8')
    for (const [, code = ''] of text.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)) if (!notCodes.test(code)) codes.add(code)
    for (const [, end = ''] of text.matchAll(/`\$\{kind\.toUpperCase\(\)\}(_[A-Z]+)`/g))
      for (const kind of ['SAMPLER', 'SCHEDULER']) codes.add(kind + end)
  }
  const rows = [...pageText('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code)
  assert.deepEqual(
    [...codes].filter((code) => !rows.includes(code)).sort(),
    [],
    'codes without a row in docs/errors.md',
  )
  assert.deepEqual(rows.filter((code) => !codes.has(code)).sort(), [], 'rows of docs/errors.md without a code')
  assert.equal(new Set(rows).size, rows.length, 'a code has two rows')
})

test('a shown output is like a printed one up to what differs from run to run', () => {
  assert.ok(isLike('time  11s of running', 'time  9.5s of running'))
  assert.ok(isLike('...\nend', 'a\nb\nend'))
  assert.ok(isLike('begin\n...', 'begin'))
  assert.ok(isLike('epochs  ... overrun', 'epochs  12 overrun'))
  assert.ok(!isLike('begin\n...', 'beginning\nmore'))
  assert.ok(!isLike('best 0.5', 'best 0.6'))
  assert.ok(!isLike('a\nb', 'a'))
})
