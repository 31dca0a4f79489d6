/** Runs what the documents show: every console session and script in a folder of its page's own, every TypeScript program. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { type Block, type Page, comparable, isLike, pages, root, sessionsOf } from '../doc-blocks.ts'
import { areFigures, partsOf, withParts } from '../doc-parts.ts'

/** How the documents call the folder that their commands run in. */
const shownFolder = '/data/you/sine'
const all = pages()
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'foretune-docs-')))
after(() => rmSync(scratch, { recursive: true, force: true }))

const programs = all
  .flatMap(({ blocks }) => blocks)
  .filter(({ language, text }) => language === 'ts' && /from 'foretune(?:\/trial)?'/.test(text))

test('the TypeScript programs of the documents have no wrong types', () => {
  const folder = join(scratch, 'types')
  mkdirSync(folder)
  const sources = programs.map((block, index) => {
    const name = `${index}.ts`
    writeFileSync(join(folder, name), `// ${block.page}:${block.line}\n${block.text}`)
    return name
  })
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    files: sources,
    compilerOptions: {
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      noEmit: true,
      // Documents show parts of programs.
      noUnusedLocals: false,
      rewriteRelativeImportExtensions: false,
      lib: ['es2024'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
      paths: {
        foretune: [join(root, 'src/index.ts')],
        'foretune/trial': [join(root, 'src/trial/index.ts')],
        'foretune/testing': [join(root, 'src/testing/index.ts')],
      },
    },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder],
    {
      encoding: 'utf8',
    },
  )
  const where = (name: string): string => {
    const block = programs[Number(name)]
    return block === undefined ? name : `${block.page}:${block.line}, line `
  }
  const problems = `${stdout}${stderr}`.replaceAll(/^\S*?(\d+)\.ts\(/gm, (_all, name: string) => where(name))
  assert.equal(problems, '')
})

test('the figures of the documents are those that a simulation gives', async () => {
  const shown = all.filter(({ text }) => partsOf(text).some(areFigures))
  assert.ok(shown.length > 0)
  for (const { path, text } of shown)
    assert.equal(await withParts(text, areFigures), text, `${path}: node test/doc-parts.ts writes them`)
})

const hasPython = spawnSync('python3', ['--version']).status === 0

for (const page of all) {
  const runs = page.blocks.filter(({ isRun, language }) => isRun && language !== 'ts')
  const needsPython = page.filesOf !== null || page.blocks.some(({ text }) => text.includes('python3 '))
  const skip = needsPython && !hasPython && 'python3 is not there'
  if (runs.length > 0) test(`what ${page.path} shows is what happens`, { skip }, () => runPage(page))
}

for (const block of programs.filter(({ isRun }) => isRun)) {
  test(`the program at ${block.page}:${block.line} runs`, () => {
    const folder = mkdtempSync(join(scratch, 'program-'))
    const text = block.text
      .replaceAll("from 'foretune'", `from '${join(root, 'src/index.ts')}'`)
      .replaceAll("from 'foretune/trial'", `from '${join(root, 'src/trial/index.ts')}'`)
    writeFileSync(join(folder, 'program.ts'), text)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const { status, stdout, stderr } = spawnSync(process.execPath, ['program.ts'], { cwd: folder, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const shown = outputAfter(block)
    if (shown !== null) assertLike(shown, stdout, `${block.page}:${block.line}`)
  })
}

/** A `text` block right after a program is what it prints. */
function outputAfter({ page, line, text }: Block): string | null {
  const next = line + text.split('\n').length + 1
  const blocks = all.find(({ path }) => path === page)?.blocks ?? []
  return blocks.find((block) => block.language === 'text' && block.line === next + 1)?.text ?? null
}

interface Step {
  readonly at: string
  readonly output: string | null
  readonly exit: number
}

/** One shell for the whole page, so that what it exports and starts in the background stays. */
function runPage(page: Page): void {
  const folder = join(scratch, page.path.replaceAll('/', '-'), shownFolder)
  mkdirSync(folder, { recursive: true })
  // Pages name the examples as from the root of a clone.
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  const others = all.find(({ path }) => path === page.filesOf)?.blocks.filter(({ file }) => file !== null) ?? []
  const steps: Step[] = []
  const script: string[] = ['exec 2>&1']
  for (const block of [...others, ...page.blocks]) {
    if (block.file !== null) script.push(writing(folder, block, script.length))
    else if (block.isRun && block.language === 'sh') {
      script.push(block.text, ended(steps.length))
      steps.push(stepOf(block))
    } else if (block.isRun && block.language === 'console') {
      const sessions = sessionsOf(block)
      for (const [index, { command, output }] of sessions.entries()) {
        script.push(command, ended(steps.length))
        steps.push({ ...stepOf(block), output, exit: index === sessions.length - 1 ? block.exit : 0 })
      }
    }
  }
  const { stdout, error } = spawnSync('/bin/sh', ['-c', script.join('\n')], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 300_000,
    env: environment(folder),
  })
  assert.equal(error, undefined)
  compare(steps, stdout.replaceAll(folder, shownFolder))
}

function writing(folder: string, block: Block, number: number): string {
  const kept = join(dirname(folder), `.block-${number}`)
  writeFileSync(kept, block.text)
  return `mkdir -p "$(dirname '${block.file}')" && cp '${kept}' '${block.file}'`
}

function stepOf({ page, line, exit }: Block): Step {
  return { at: `${page}:${line}`, output: null, exit }
}

const mark = '=== end of step '

function ended(step: number): string {
  return `printf '\\n${mark}%s %s\\n' ${step} $?`
}

function compare(steps: readonly Step[], printed: string): void {
  let rest = printed
  for (const [index, { at, output, exit }] of steps.entries()) {
    const match = new RegExp(`\\n${mark}${index} (\\d+)\\n`).exec(rest)
    assert.ok(match, `${at}: the session did not come to the end of step ${index}; it printed\n${rest}`)
    const got = rest.slice(0, match.index)
    rest = rest.slice(match.index + match[0].length)
    assert.equal(Number(match[1]), exit, `${at} ended with ${match[1]}:\n${got}`)
    if (output !== null) assertLike(output, got, at)
  }
}

function assertLike(shown: string, got: string, at: string): void {
  if (!isLike(shown, got)) assert.equal(comparable(got), comparable(shown), `${at} shows another output`)
}

function environment(folder: string): NodeJS.ProcessEnv {
  const { FORETUNE_STORE: _store, ...inherited } = process.env
  const path = [join(root, 'bin'), dirname(process.execPath), inherited['PATH']].join(':')
  return { ...inherited, PATH: path, PYTHONPATH: join(root, 'python'), HOME: folder, NO_COLOR: '1', USER: 'you' }
}
