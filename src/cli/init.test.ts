import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram } from '../library/finding.ts'
import { readStudyFile } from '../wire/study-file.ts'
import { languages } from './init-files.ts'
import { aFolder, call, callWith } from './stored-studies.laws.ts'

const env = { PATH: process.env['PATH'] }

for (const language of languages) {
  const program = { python: 'python3', node: 'sh', sh: 'awk' }[language]
  const skip = findProgram(program, env.PATH ?? '', '/') === null ? `needs ${program}` : false
  test(`the ${language} example runs as it is written, to its end`, { skip }, async (t) => {
    const cwd = aFolder(t)
    const words = `init x --yes --language ${language} --max-epochs 3 --metric score --direction maximize`
    const { code, out } = await call(words, cwd, { env })
    assert.equal(code, 0)
    assert.match(out, /foretune run x\/study.yaml/)
    assert.equal((await call('check x/study.yaml', cwd, { env })).code, 0)
    const run = await call('run x/study.yaml --quiet', cwd, { env })
    assert.equal(run.code, 0, run.err)
    const { trials } = JSON.parse((await call('best x --json', cwd)).out)
    assert.ok(trials[0].value < 0, 'a loss is written as its negative where the metric is maximised')
    // A promoted trial went on from its checkpoint: its curve is whole.
    const exported = JSON.parse((await call('export x --format json', cwd)).out)
    const { reports } = exported.trials.find(({ state }: { state: string }) => state === 'complete')
    assert.deepEqual(
      reports.map(({ epoch }: { epoch: number }) => epoch),
      [1, 2, 3],
    )
  })
}

test('a file that is there is never overwritten, and then nothing is written', async (t) => {
  const cwd = aFolder(t)
  writeFileSync(join(cwd, 'train.mjs'), 'mine')
  const { code, err } = await call('init --yes --language node', cwd)
  assert.equal(code, 2)
  assert.match(err, /^error INIT_FILE_EXISTS/)
  assert.equal(readFileSync(join(cwd, 'train.mjs'), 'utf8'), 'mine')
  assert.equal(existsSync(join(cwd, 'study.yaml')), false)
})

test('of a command of the user only the study file is written, with a parameter for each placeholder', async (t) => {
  const cwd = aFolder(t)
  const command = 'python train.py --lr {lr} --width {width} --until {until}'
  const { code, out } = await callWith(['init', 'own', '--command', command, '--metric', 'val/loss', '--json'], cwd)
  assert.deepEqual([code, JSON.parse(out)], [0, { files: ['own/study.yaml'] }])
  const text = readFileSync(join(cwd, 'own', 'study.yaml'), 'utf8')
  const { definition, program } = await readStudyFile(text, { path: 'study.yaml' })
  assert.equal(program.command, command)
  assert.deepEqual(definition.objectives[0], { metric: 'val/loss', direction: 'minimize', value: 'last' })
  assert.deepEqual(
    Object.entries(definition.space.parameters).map(([name, { type }]) => [name, type]),
    [
      ['lr', 'float'],
      ['width', 'int'],
    ],
  )
})

test('at a terminal it asks for what no option says, again where the answer is none', async (t) => {
  const cwd = aFolder(t)
  const answers = ['', '', 'accuracy', 'up', 'maximize', '30', 'sh']
  const asked: string[] = []
  const ask = async (question: string): Promise<string> => {
    asked.push(question)
    return answers.shift() ?? assert.fail(`one question too many: ${question}`)
  }
  const { code } = await call('init study-of-mine', cwd, { ask })
  assert.equal(code, 0)
  assert.deepEqual([asked.length, answers.length], [7, 0])
  const text = readFileSync(join(cwd, 'study-of-mine', 'study.yaml'), 'utf8')
  const { definition } = await readStudyFile(text, { path: 'study.yaml' })
  assert.deepEqual(
    [definition.name, definition.epochs.max, definition.objectives[0]?.direction],
    ['study-of-mine', 30, 'maximize'],
  )
})

for (const words of ['--max-epochs 1.5', '--metric epoch', '--name .', '--language cobol'])
  test(`\`init ${words}\` is refused`, async (t) => {
    const cwd = aFolder(t)
    const { code, err } = await call(`init --yes ${words}`, cwd)
    assert.equal(code, 2)
    assert.match(err, /^error FLAG_VALUE_INVALID/)
    assert.equal(existsSync(join(cwd, 'study.yaml')), false)
  })
