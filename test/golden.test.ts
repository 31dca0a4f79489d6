/** The decisions of small simulated studies, as they were recorded: changed only on purpose. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { goldenFolder, goldenStudies, goldenText } from './golden-studies.ts'

for (const [name, options] of Object.entries(goldenStudies)) {
  test(`the decisions of ${name} are those of test/golden/${name}.jsonl`, async () => {
    const file = `${goldenFolder}${name}.jsonl`
    assert.ok(existsSync(file), `${name} is new: \`npm run golden\` records it`)
    const recorded = readFileSync(file, 'utf8').split('\n')
    const taken = (await goldenText(options)).split('\n')
    const at = taken.findIndex((line, index) => line !== recorded[index])
    const where = at < 0 ? taken.length : at
    assert.equal(
      taken[where],
      recorded[where],
      `decision ${where + 1} of ${name} is another one; if on purpose, \`npm run golden\` records it`,
    )
  })
}

test('every golden file has its study', () => {
  const files = globSync('*.jsonl', { cwd: goldenFolder }).map((file) => file.replace('.jsonl', ''))
  assert.deepEqual(files.sort(), Object.keys(goldenStudies).sort())
})
