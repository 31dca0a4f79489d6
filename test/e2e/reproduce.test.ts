/** `npm run reproduce`, with few seeds: the document has its sections, and the figures that must be met are. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { shared } from '../shared.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'foretune-reproduce-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const command = (words: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'reproduce', 'run.ts'), ...words], { cwd: root, encoding: 'utf8' })

/** The section below a heading, up to the next one of the same or a higher rank. */
function sectionOf(text: string, heading: string): string {
  const lines = text.split('\n')
  const start = lines.indexOf(heading)
  assert.ok(start >= 0, `there is no ${heading}`)
  const rank = heading.indexOf(' ')
  const end = lines.findIndex((line, at) => at > start && new RegExp(`^#{1,${rank}} `).test(line))
  return lines.slice(start, end < 0 ? undefined : end).join('\n')
}

/** The cells of the first row that begins so. */
function rowOf(text: string, first: string): string[] {
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const row = rows.find((cells) => cells[1] === first)
  assert.ok(row, `there is no row ${first}`)
  return row.slice(2, -1)
}

function between(cell: string | undefined, low: number, high: number, what: string): void {
  const value = Number.parseFloat(cell ?? '')
  assert.ok(value >= low && value <= high, `${what}: ${cell} is not within ${low} .. ${high}`)
}

test('the published results are derived again', { skip: shared.skip }, async (t) => {
  const { status, stderr } = command([shared.path('data/curves'), '--quick', '--out', folder])
  assert.equal(status, 0, stderr)
  assert.match(stderr, /\d+ of \d+ measured/)
  const text = readFileSync(join(folder, 'reproduction.md'), 'utf8')

  await t.test('with all sections, and every figure that they show', () => {
    for (const heading of [
      '## The searches on MLPF',
      '## The same searches on other tables',
      '## Prediction',
      '## Prediction from few curves',
      '## Wall time with 1 to 50 workers',
      '## Where ours differs, and why',
      '## How to have this page again',
      '## Measured seconds',
    ])
      assert.ok(sectionOf(text, heading).length > 200, heading)
    const shown = [...text.matchAll(/!\[[^\]]+\]\((\S+)\)/g)].map(([, file = '']) => file)
    assert.equal(shown.length, readdirSync(join(folder, 'reproduction')).length)
    for (const file of shown) assert.ok(existsSync(join(folder, file)), file)
    assert.doesNotMatch(text, /NaN|undefined|Infinity/)
  })

  await t.test('formatted as prettier does', async () => {
    const config = await resolveConfig(join(root, 'docs', 'README.md'))
    assert.equal(await format(text, { ...config, parser: 'markdown' }), text)
  })

  await t.test('with exact totals of the rows in order', () => {
    const inOrder = sectionOf(text, '### Rows in the order of the file')
    assert.deepEqual(rowOf(inOrder, 'Hyperband'), ['3213', '3213', '0', '442.2677'])
    assert.deepEqual(rowOf(inOrder, 'Fast-Hyperband'), ['2846', '2846', '101', '442.2677'])
    assert.deepEqual(rowOf(inOrder, 'Swift-Hyperband'), ['2846', '2846', '11', '442.2677'])
    const quantum = rowOf(inOrder, 'Quantum-Swift-Hyperband')
    between(quantum[1], 2780, 3100, 'Quantum-Swift')
    assert.equal(quantum[3], '442.2677')
  })

  await t.test('with predictors as good as published', () => {
    const shares = sectionOf(text, '### R2 against the known share of the curve')
    between(rowOf(shares, '0.25')[3], 0.9, 0.94, 'nu-SVR, a quarter known')
    const classical = sectionOf(text, '### Classical SVR, 20 curves')
    between(rowOf(classical, 'here, exchanged')[2], 0.86, 0.92, 'SVR, 20 curves, mean')
    const annealed = sectionOf(text, '### QSVR by simulated annealing, 20 curves')
    between(rowOf(annealed, 'mean of the seven')[1], 0.88, 0.96, 'QSVR, 20 curves, mean')
    assert.match(annealed, /our annealer finds -1\.27498/)
  })

  await t.test('with wall times near those of an independent simulation', () => {
    const times = sectionOf(text, '### MLPF, R = 100')
    assert.deepEqual(rowOf(times, 'Hyperband, waves').slice(0, 3), ['1132', '760', '702'])
    assert.deepEqual(rowOf(times, 'Hyperband, longest path first').slice(0, 3), ['828', '338', '117'])
    between(rowOf(times, 'Swift, plan, speculating (default)')[2], 105, 122, 'makespan with 50 workers')
  })
})

test('a folder without the tables is refused', () => {
  const { status, stderr } = command([root, '--quick', '--out', folder])
  assert.equal(status, 2)
  assert.match(stderr, /lacks mlpf\.csv/)
})
