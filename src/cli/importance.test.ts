import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ImportanceReport } from '../core/study/views/importance.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import { aStudy, schedulerOf, type SmallStudy } from '../core/study/views/small-study.laws.ts'
import type { Configuration } from '../core/trial.ts'
import { aStore, call } from './stored-studies.laws.ts'

const space: StudyDefinition['space'] = {
  parameters: {
    idle: { type: 'float', low: 0, high: 1 },
    lr: { type: 'float', low: 1e-5, high: 1, log: true },
    optimizer: { type: 'categorical', choices: ['sgd', 'adam'] },
    momentum: { type: 'float', low: 0, high: 1, when: { optimizer: 'sgd' } },
    width: { type: 'int', low: 1, high: 64, log: true },
  },
  forbidden: [],
}

function trained(configuration: Configuration, epoch: number): { loss: number; time: number } {
  const [lr, width, momentum = 0.5] = ['lr', 'width', 'momentum'].map((name) => configuration[name] as number)
  return { loss: (Math.log10(lr!) + 2) ** 2 + momentum + 3 / width! + 1 / epoch, time: width! * epoch }
}

const studyWith = (definition: Partial<StudyDefinition>): SmallStudy =>
  aStudy({ definition: { space, scheduler: schedulerOf('none'), ...definition }, report: trained })

const reportOf = (out: string): ImportanceReport & { readonly study: string } => JSON.parse(out)

test('importance says what set the best trials apart, how it was told, and what is no more than chance', async (t) => {
  const folder = await aStore(t, { digits: studyWith({ budget: { trials: 100 } }) })
  const { out, code } = await call('importance digits', folder)
  assert.equal(code, 0)
  assert.match(out, /^loss \(minimize\)\. PED-ANOVA: what set the best 10 apart, of 100 complete trials\.\n/)
  assert.match(out, /^parameter +importance +by chance +exists in\nlr +\d+\.\d % +█{24} +\d\.\d %\n/m)
  assert.match(out, /^momentum +\d+\.\d % .* \d\d\.\d %$/m)
  assert.match(out, /^Hardly told from chance: .*idle/m)
  const report = reportOf((await call('importance digits --json', folder)).out)
  assert.deepEqual([report.study, report.method, report.trials, report.target], ['digits', 'ped-anova', 100, 10])
  const { parameters } = report
  assert.ok(Math.abs(parameters.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12)
  assert.equal(parameters[0]?.parameter, 'lr')
  assert.deepEqual(
    parameters.map(({ raw }) => raw),
    parameters.map(({ raw }) => raw).sort((a, b) => b - a),
  )
  const fewer = reportOf((await call('importance digits --target-quantile 0.3 --json', folder)).out)
  assert.equal(fewer.target, 30)
})

test('with fANOVA it says how much of the variance is explained, by pairs too', async (t) => {
  const folder = await aStore(t, { digits: studyWith({ budget: { trials: 60 } }) })
  const { out } = await call('importance digits --method fanova', folder)
  assert.match(out, /^loss \(minimize\)\. fANOVA: parts of the variance over the space, from 60 complete trials\.\n/)
  assert.match(out, /^parameter +of variance +exists in\nlr +[4-9]\d\.\d % /m)
  assert.match(out, /^momentum .* 50\.0 %$/m)
  assert.match(out, /^Single parameters explain \d\d\.\d % of the variance; the rest/m)
  const pairs = (await call('importance digits --interactions', folder)).out
  assert.match(pairs, /^pair +of variance\n\w+ x \w+ +\d/m)
  assert.equal(reportOf((await call('importance digits --interactions --json', folder)).out).interactions.length, 10)
  const wrong = await call('importance digits --interactions --method ped-anova', folder)
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /^error IMPORTANCE_OPTION_INVALID: .*fanova/)
})

test('where a scheduler stops trials early they are compared as far as enough of them came', async (t) => {
  const scheduler = schedulerOf('hyperband', { eta: 3 })
  const folder = await aStore(t, {
    early: studyWith({ scheduler, budget: { trials: 44 } }),
    short: studyWith({ scheduler, budget: { trials: 20 } }),
  })
  const { out } = await call('importance early', folder)
  assert.match(out, /PED-ANOVA: what set the best 5 apart, of \d\d trials that came to epoch [13], judged there\.\n/)
  const report = reportOf((await call('importance early --json --epoch 1', folder)).out)
  assert.deepEqual([report.among, report.epoch, report.trials], ['reached', 1, 44])
  const far = await call('importance short --epoch 9', folder)
  assert.equal(far.code, 1)
  assert.match(
    far.err,
    /^error TOO_FEW_TRIALS: .* of 20 trials to compare by loss at epoch 9, .* at least 10\..*earlier/,
  )
  assert.match((await call('importance early --epoch 10', folder)).err, /^error IMPORTANCE_OPTION_INVALID: .*1 to 9/)
})

test('any reported metric can be asked for, and with several objectives the front', async (t) => {
  const objectives = ['loss', 'time'].map((metric) => ({ metric, direction: 'minimize', value: 'last' }) as const)
  const folder = await aStore(t, {
    one: studyWith({ budget: { trials: 60 } }),
    two: studyWith({ objectives, budget: { trials: 60 } }),
  })
  for (const name of ['one', 'two']) {
    const { metrics, parameters } = reportOf((await call(`importance ${name} --metric time --json`, folder)).out)
    assert.deepEqual(metrics, [{ metric: 'time', direction: 'minimize' }])
    assert.equal(parameters[0]?.parameter, 'width')
  }
  const most = reportOf((await call('importance one --metric time --direction maximize --json', folder)).out)
  assert.deepEqual([most.metrics[0]?.direction, most.parameters[0]?.parameter], ['maximize', 'width'])
  assert.match((await call('importance two', folder)).out, /^the front of loss \(minimize\), time \(minimize\)\. PED/)
  const front = await call('importance two --method fanova', folder)
  assert.equal(front.code, 2)
  assert.match(front.err, /^error IMPORTANCE_NEEDS_METRIC: .*loss, time/)
  assert.equal((await call('importance two --method fanova --metric loss', folder)).code, 0)
  assert.match((await call('importance one --metric tim', folder)).err, /^error METRIC_UNKNOWN: .*did you mean `time`/)
})

test('importance writes a picture with one bar a parameter', async (t) => {
  const folder = await aStore(t, { digits: studyWith({ budget: { trials: 60 } }) })
  const { out, err } = await call('importance digits --svg bars.svg', folder)
  assert.deepEqual([out, err], ['', 'wrote bars.svg\n'])
  const svg = readFileSync(join(folder, 'bars.svg'), 'utf8')
  assert.equal(svg.match(/<rect /g)?.length, 1 + 5)
  for (const name of Object.keys(space.parameters)) assert.ok(svg.includes(`>${name}<`), name)
  assert.doesNotMatch(svg, /NaN|undefined/)
})

test('too few trials, or trials that are all alike, are said', async (t) => {
  const alike = { definition: { scheduler: schedulerOf('none'), budget: { trials: 12 } }, report: () => ({ loss: 1 }) }
  const folder = await aStore(t, { few: studyWith({ budget: { trials: 5 } }), alike: aStudy(alike) })
  const few = await call('importance few', folder)
  assert.equal(few.code, 1)
  assert.match(few.err, /^error TOO_FEW_TRIALS: The study few has 5 of 5 trials to compare by loss, .* at least 10\./)
  for (const method of ['ped-anova', 'fanova'])
    assert.match((await call(`importance alike --method ${method}`, folder)).err, /^error TRIALS_ALIKE: .* 12 trials/)
})
