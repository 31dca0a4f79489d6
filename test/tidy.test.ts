/** House rules that a machine can check: see CONTRIBUTING.md. Each failure names the file, the line and what to do instead. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = globSync('src/**/*.ts', { cwd: root }).sort()
const isTest = (file: string): boolean => /\.(test|laws)\.ts$/.test(file)
const sources = files.filter((file) => !isTest(file))
const text = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Which rooms of `src` a room may import from, besides itself. `errors` is open to all but the core. */
const mayImport: { readonly [room: string]: readonly string[] } = {
  core: [],
  errors: [],
  ports: ['core'],
  wire: ['core', 'ports', 'errors'],
  trial: ['core', 'wire', 'errors'],
  stores: ['core', 'wire', 'ports', 'errors'],
  executors: ['core', 'wire', 'ports', 'errors'],
  annealers: ['core', 'wire', 'ports', 'errors'],
  runtime: ['core', 'wire', 'ports', 'errors'],
  simulation: ['core', 'wire', 'ports', 'runtime', 'stores', 'pictures', 'errors'],
  pictures: ['core', 'errors'],
  library: ['core', 'wire', 'ports', 'runtime', 'stores', 'executors', 'annealers', 'simulation', 'pictures', 'errors'],
  cli: [
    'core',
    'wire',
    'ports',
    'runtime',
    'stores',
    'executors',
    'annealers',
    'simulation',
    'pictures',
    'library',
    'errors',
  ],
  testing: ['core'],
  index: ['core', 'wire', 'ports', 'runtime', 'stores', 'executors', 'simulation', 'library', 'trial', 'errors'],
}

function roomOf(file: string): string {
  const [first = ''] = relative('src', file).split('/')
  return first.replace(/\.ts$/, '')
}

function importsOf(file: string): { readonly line: number; readonly target: string }[] {
  const found: { line: number; target: string }[] = []
  for (const match of text(file).matchAll(/(?:^|\s)(?:from|import)\s*(?:\(\s*)?'([^'\n]+)'/g)) {
    const line = text(file).slice(0, match.index).split('\n').length
    found.push({ line, target: match[1] as string })
  }
  return found
}

test('arrows between rooms point inward', () => {
  const wrong: string[] = []
  for (const file of sources) {
    const room = roomOf(file)
    const allowed = mayImport[room]
    assert.ok(allowed, `${file}: the room '${room}' stands in no table of test/tidy.test.ts`)
    for (const { line, target } of importsOf(file)) {
      if (!target.startsWith('.')) {
        if (room === 'core') wrong.push(`${file}:${line} imports ${target}: the core imports nothing from outside`)
        continue
      }
      const other = roomOf(relative(root, resolve(root, dirname(file), target)))
      if (other !== room && !allowed.includes(other))
        wrong.push(`${file}:${line} imports ${target}: ${room} may import only ${allowed.join(', ')}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('the core knows no clock and no chance of its own', () => {
  const wrong: string[] = []
  for (const file of sources.filter((name) => roomOf(name) === 'core')) {
    text(file)
      .split('\n')
      .forEach((line, index) => {
        if (/^\s*(\*|\/\/|\/\*)/.test(line)) return
        for (const banned of ['Math.random', 'new Date', 'Date.now', 'Intl.', 'toLocale', 'localeCompare', 'console.'])
          if (line.includes(banned))
            wrong.push(`${file}:${index + 1} uses ${banned}: take a stream, or the time of a fact`)
      })
  }
  assert.deepEqual(wrong, [])
})

test('files stay small and functions short', () => {
  const wrong: string[] = []
  for (const file of sources) {
    const lines = text(file).split('\n')
    if (lines.length > 350 && !tables.has(file)) wrong.push(`${file}: ${lines.length} lines; split it by subject`)
    for (const [start, end] of functionsOf(lines))
      if (end - start > 70 && !tables.has(file)) wrong.push(`${file}:${start + 1}: a function of ${end - start} lines`)
  }
  assert.deepEqual(wrong, [])
})

/** Long for a reason: tables of published numbers. */
const tables = new Set<string>(['src/core/maths/joe-kuo.ts'])

/** Top-level functions by their first and last line. */
function functionsOf(lines: readonly string[]): [number, number][] {
  const found: [number, number][] = []
  for (let i = 0; i < lines.length; i++) {
    if (!/^(export )?(async )?function\*? /.test(lines[i] as string)) continue
    let end = i
    while (end < lines.length && lines[end] !== '}') end++
    found.push([i, end])
  }
  return found
}

test('no source is left unfinished, and no test is alone', () => {
  const wrong: string[] = []
  const all = globSync(['{src,test,bench,reproduce,examples}/**/*.ts', 'python/*.py'], {
    cwd: root,
  })
  const words = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((word) => `\\b${word}\\b`).join('|'))
  for (const file of all) {
    text(file)
      .split('\n')
      .forEach((line, index) => {
        if (words.test(line)) wrong.push(`${file}:${index + 1} names unfinished work`)
        if (/\b(test|describe|it)\.(only|todo)\(/.test(line)) wrong.push(`${file}:${index + 1} is alone or not written`)
      })
  }
  assert.deepEqual(wrong, [])
})

test('every source is reached from an entry', () => {
  const entries = ['src/index.ts', 'src/cli/main.ts', 'src/trial/index.ts', 'src/testing/index.ts'].filter((file) =>
    existsSync(join(root, file)),
  )
  const reached = new Set<string>(entries)
  const queue = [...entries]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const { target } of importsOf(file)) {
      if (!target.startsWith('.')) continue
      const next = relative(root, resolve(root, dirname(file), target))
      if (!reached.has(next) && existsSync(join(root, next))) {
        reached.add(next)
        queue.push(next)
      }
    }
  }
  assert.deepEqual(
    sources.filter((file) => !reached.has(file)),
    [],
  )
})

test('links in the documents lead somewhere', () => {
  const wrong: string[] = []
  for (const file of globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'bench/*.md', 'python/*.md'], {
    cwd: root,
  })) {
    for (const match of text(file).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)) {
      const target = match[1] as string
      if (/^[a-z]+:/.test(target)) continue
      if (!existsSync(join(root, dirname(file), target))) wrong.push(`${file} links to ${target}`)
    }
  }
  assert.deepEqual(wrong, [])
})
