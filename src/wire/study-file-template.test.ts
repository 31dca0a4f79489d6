import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { algorithms, readsBack, validFields } from './study-file.laws.ts'
import { readStudyFile } from './study-file.ts'
import { type StudyFileTemplate, writeStudyFile } from './study-file-template.ts'

const template: StudyFileTemplate = {
  command: 'python train.py --lr {lr} --until {until}',
  objective: { metric: 'val_loss', direction: 'minimize' },
  space: {
    lr: { type: 'float', low: 1e-5, high: 0.1, log: true },
    optimizer: { type: 'categorical', choices: ['sgd', 'on', 'it\'s "x"', 1, true] },
    momentum: { type: 'float', low: 0, high: 0.99, when: { optimizer: ['sgd', 'on'] } },
  },
  epochs: { min: 1, max: 27 },
  budget: { trials: 40, time: '1h' },
  seed: 3,
  slots: 2,
}

test('the file that is written says what was asked for', async () => {
  const { definition, program } = await readStudyFile(writeStudyFile(template), {
    path: '/study/digits.yaml',
    algorithms,
  })
  assert.equal(definition.name, 'digits')
  assert.deepEqual(definition.space.parameters, template.space)
  assert.deepEqual(definition.budget, { trials: 40, timeMs: 3_600_000 })
  assert.deepEqual(definition.epochs, { min: 1, max: 27, resource: 'epochs' })
  assert.equal(definition.scheduler.type, 'asha')
  assert.equal(program.command, template.command)
  assert.deepEqual(program.executor, { type: 'local', slots: 2 })
})

test('the example of metrics reads the study’s own metric', async () => {
  for (const metric of ['loss', 'val/loss']) {
    const text = writeStudyFile({ ...template, objective: { metric, direction: 'minimize' } })
    const { program } = await readStudyFile(text.replace('# metrics:', 'metrics:'), { path: 'x.yaml', algorithms })
    assert.ok(program.metrics)
  }
})

test('every field that is there to be uncommented is valid', async () => {
  const text = writeStudyFile({ ...template, metrics: { from: 'stdout', pattern: String.raw`(?<val_loss>\S+): "x"` } })
  const uncommented = text.replaceAll(/^# (name|sampler|scheduler|resumable|failures):/gm, '$1:')
  assert.notEqual(uncommented, text)
  const { definition, program } = await readStudyFile(uncommented, { path: 'x.yaml', algorithms })
  assert.equal(definition.name, 'my-study')
  assert.equal(definition.resumable, true)
  assert.equal(definition.failures.timeoutMs, 7_200_000)
  assert.deepEqual(program.metrics, {
    from: 'stdout',
    pattern: String.raw`(?<val_loss>\S+): "x"`,
    epoch: 'epoch',
    firstEpoch: 1,
  })
})

test('whatever is asked for reads back', async () => {
  const asTemplate = fc.record({
    fields: validFields,
    line: fc.constantFrom('p -x: 1', 'p a #b', 'p {trial} {{x}}', '{trial}', 'p', "'a b' c", 'p ', 'p "a"'),
  })
  await fc.assert(
    fc.asyncProperty(asTemplate, async ({ fields, line }) => {
      const { name, space, epochs, budget, seed } = fields
      const objective = { metric: 'loss', direction: 'maximize' }
      const asked = { name, command: line, objective, space, epochs, budget, seed }
      await readsBack(JSON.parse(JSON.stringify(asked)), (plain) =>
        writeStudyFile(plain as unknown as StudyFileTemplate),
      )
    }),
    { numRuns: 60 },
  )
})
