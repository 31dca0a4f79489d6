import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeFileSync } from 'node:fs'
import { aFolder, call } from './stored-studies.laws.ts'

const env = { PATH: process.env['PATH'] }

function aStudyOf(cwd: string, more: string, command = 'command: echo score 3 {x}'): void {
  writeFileSync(
    join(cwd, 'study.yaml'),
    `name: silent\n${command}\nobjective: loss\nspace: { x: { type: float, low: 0, high: 1 } }\nbudget: { trials: 2 }\n${more}`,
  )
}

test('where every trial failed, the next steps are those that can tell why', async (t) => {
  const cwd = aFolder(t)
  aStudyOf(cwd, "metrics: { from: stdout, pattern: 'loss (?<loss>\\S+)' }\n")
  const { code, out } = await call('run study.yaml', cwd, { env })
  assert.equal(code, 1)
  assert.match(out, /foretune story silent 0 +why trial 0 failed$/m)
  assert.doesNotMatch(out, /foretune (curves|replay)/)
  const story = (await call('story silent 0', cwd)).out
  assert.match(story, /^What its program wrote is in .*0000\/attempt-2 .*`metrics` found no report in it\.$/m)
})

test('a program that neither uses the client nor is read is told so', async (t) => {
  const cwd = aFolder(t)
  aStudyOf(cwd, '')
  await call('run study.yaml', cwd, { env })
  assert.match(
    (await call('story silent 1', cwd)).out,
    /did not report with the client, and the study file has no `metrics`/,
  )
})

test('a metric under another name is told in every report and at the end, and no success', async (t) => {
  const cwd = aFolder(t)
  const report = String.raw`echo '{{"epoch": 1, "los": 0.5}}' >> $FORETUNE_ATTEMPT/reports.jsonl`
  aStudyOf(cwd, 'shell: true\n', `command: ${JSON.stringify(report)}`)
  const { code, out, err } = await call('run study.yaml', cwd, { env })
  assert.equal(code, 1)
  assert.match(err, /^trial 0 epoch 1: los 0\.5 \(the objective is loss\)/m)
  assert.match(out, /^best +none: no trial has reported loss; they reported los$/m)
})
