/**
 * The test runner: `npm test` runs the quick suites (stories, laws, goldens, tidy) in one process; `--heavy` runs the heavier ones
 * (real processes, chaos, packaging, Python), each file in a process of its own; `--all` runs both. Ends with one line: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ocean } from './ocean-python.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const isAll = process.argv.includes('--all')
const isHeavy = isAll || process.argv.includes('--heavy')
const isQuick = isAll || !isHeavy
const isCi = process.env['CI'] === 'true'
const total = { passed: 0, failed: 0, skipped: 0 }

interface Group {
  readonly name: string
  readonly files: readonly string[]
  readonly isolation: 'none' | 'process'
  readonly concurrency?: number
  readonly timeoutMs: number
}

async function runGroup(group: Group): Promise<void> {
  const startedAt = performance.now()
  const counted = { passed: 0, failed: 0, skipped: 0 }
  const skips = new Map<string, number>()
  await new Promise<void>((done) => {
    const stream = run({
      files: group.files.map((file) => `${root}/${file}`),
      isolation: group.isolation,
      timeout: group.timeoutMs,
      ...(group.isolation === 'process' ? { concurrency: group.concurrency ?? 1 } : {}),
    })
    stream.on('test:pass', (event) => {
      if (event.details.type === 'suite') return
      if (event.skip !== undefined) {
        counted.skipped++
        const why = typeof event.skip === 'string' ? event.skip : 'no reason given'
        skips.set(why, (skips.get(why) ?? 0) + 1)
      } else counted.passed++
    })
    stream.on('test:fail', (event) => {
      if (event.details.type === 'suite') return
      counted.failed++
      const cause = event.details.error.cause
      console.log(
        `FAIL ${event.file?.replace(root, '') ?? ''} > ${event.name}\n${indent(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? event.details.error.message))}`,
      )
    })
    stream.on('test:stderr', (event) => {
      if (process.env['VERBOSE']) process.stderr.write(event.message)
    })
    stream.on('end', done)
    stream.resume()
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(
    `${group.name}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped in ${seconds} s`,
  )
  for (const [why, count] of skips) console.log(`  ${count} skipped: ${why}`)
  total.passed += counted.passed
  total.failed += counted.failed
  total.skipped += counted.skipped
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(0, 25)
    .map((line) => `    ${line}`)
    .join('\n')
}

/** The tests that are written in Python, counted with the rest. */
function runPython(name: string, python: string, files: string): void {
  const result = spawnSync(python, ['-m', 'unittest', 'discover', '-s', 'python', '-p', files, '-v'], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  if (result.error) {
    console.log(`${name}: skipped, ${python} is not there`)
    total.skipped++
    return
  }
  const passed = (result.stderr.match(/\.\.\. ok$/gm) ?? []).length
  const failed = (result.stderr.match(/\.\.\. (FAIL|ERROR)$/gm) ?? []).length
  const skipped = (result.stderr.match(/\.\.\. skipped/gm) ?? []).length
  if (failed > 0 || result.status !== 0) console.log(indent(result.stderr))
  total.passed += passed
  total.failed += failed > 0 ? failed : result.status === 0 ? 0 : 1
  total.skipped += skipped
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  for (const [, why] of result.stderr.matchAll(/\.\.\. skipped '(.*)'$/gm)) console.log(`  skipped: ${why}`)
}

const unit = globSync(['src/**/*.test.ts', 'examples/**/*.test.ts', 'bench/*.test.ts', 'test/*.test.ts'], {
  cwd: root,
}).sort()
const system = globSync(['test/e2e/*.test.ts'], { cwd: root }).sort()

if (isQuick) await runGroup({ name: 'unit', files: unit, isolation: 'none', timeoutMs: 600_000 })
if (isHeavy) {
  await runGroup({ name: 'system', files: system, isolation: 'process', timeoutMs: 900_000 })
  for (const files of ['test_foretune.py', 'test_wheel.py']) runPython(`python, ${files}`, 'python3', files)
  runPython('python, bridge to Ocean', ocean.python || 'python3', 'test_foretune_ocean.py')
}
if (isCi && total.skipped > 0) {
  console.log('with CI=true a skipped test is a failure')
  total.failed += total.skipped
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 ? 1 : 0)
