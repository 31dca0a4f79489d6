/** Memory across studies, with real processes: what one study learnt teaches another from its first trial, in the same store or through a file. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Event } from '../../src/core/study/events.ts'
import type { AlgorithmDefinition } from '../../src/core/study/definition.ts'
import { earlierCurves } from '../../src/core/study/fit-input.ts'
import { openStore } from '../../src/stores/open.ts'
import { eventsIn, ofType, realStudy } from './real-study.ts'

const program = `
const [x, rate, scale, from, until] = process.argv.slice(2).map(Number)
for (let epoch = from + 1; epoch <= until; epoch++)
  console.log(JSON.stringify({ epoch, loss: scale * (Math.abs(x - 0.3) + 0.1 + (1 + x) * Math.exp(-epoch * rate)) }))
`

const file = (scale: number, scheduler: string, trials: number): string => `
command: node train.mjs {x} {rate} ${scale} {from} {until}
objective: loss
metrics: { from: stdout, format: jsonl }
space: { x: { type: float, low: 0, high: 1 }, rate: { type: float, low: 0.1, high: 0.5 } }
epochs: { max: 9 }
linger: 0s
scheduler: ${scheduler}
budget: { trials: ${trials} }
seed: ${trials}
executor: { type: local, slots: 2, gpus: none }
`

const trials = 22

test('a study taught by another predicts from its first trial; one of another scale says so and learns by itself', async (t) => {
  const real = realStudy(t, file(1, 'none', 16), { name: 'a' })
  const { folder, foretune } = real
  writeFileSync(join(folder, 'train.mjs'), program)
  const taught = '{ type: swift-hyperband, predictor: { type: nu-svr, from: a } }'
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, `${name}.yaml`), `name: ${name}\n${text}`)
  write('b', file(1, taught, trials))
  write('large', file(100, taught, trials))
  write('alone', file(1, 'swift-hyperband', trials))
  write('from-file', file(1, taught.replace('from: a', 'from: a.json'), trials))

  // Before the earlier study is there, nothing is created.
  const early = await foretune('run', 'b.yaml')
  assert.equal(early.code, 2)
  assert.match(early.stderr, /PREDICTOR_NOT_FOUND/)
  assert.equal((await foretune('check', 'b.yaml')).code, 1)

  for (const words of [
    ['run', 'study.yaml'],
    ['predict', 'a', '--curves', '8', '--splits', '2', '--save', 'a.json'],
  ])
    assert.equal((await foretune(...words)).code, 0)
  assert.match((await foretune('check', 'b.yaml')).stdout, /predictor +nu-svr learns from 16 curves of a\n/)
  const told = new Map<string, string>()
  for (const name of ['b', 'large', 'alone', 'from-file']) {
    const ended = await foretune('run', `${name}.yaml`)
    assert.equal(ended.code, 0, ended.stderr)
    told.set(name, ended.stdout + ended.stderr)
  }
  // What was learnt is part of the study: the file is not read again.
  rmSync(join(folder, 'a.json'))
  assert.equal((await foretune('run', 'from-file.yaml')).code, 0)
  assert.equal((await foretune('check', 'from-file.yaml')).code, 0)

  const store = await openStore(`sqlite:${join(folder, 'foretune.db')}`, { readOnly: true })
  const events = new Map<string, Event[]>()
  for (const name of ['a', ...told.keys()]) events.set(name, await eventsIn(store, name))
  await store.close()
  const spent = (name: string): number => ofType(events.get(name) ?? [], 'TrialReported').length
  const dropped = (name: string): number =>
    ofType(events.get(name) ?? [], 'StopTrial').filter(({ why }) => why.rule === 'swift-dropped').length
  for (const name of ['b', 'from-file']) {
    assert.ok(dropped(name) > 0 && spent(name) < spent('alone'), `${name}: ${spent(name)} against ${spent('alone')}`)
    const [fit] = ofType(events.get(name) ?? [], 'FitPredictor')
    assert.ok(fit && fit.earlier === 16 && fit.trials.length < 15 && !('earlier' in fit.predictor))
    const [created] = ofType(events.get(name) ?? [], 'StudyCreated')
    const predictor = created?.definition.scheduler['predictor'] as AlgorithmDefinition
    assert.equal(earlierCurves(predictor)?.source, name === 'b' ? 'a' : 'a.json')
  }
  assert.equal(dropped('alone'), 0)

  const refusals = ofType(events.get('large') ?? [], 'Conclude').filter(({ topic }) => topic === 'earlier-refused')
  assert.equal(refusals.length, 1)
  assert.match(told.get('large') ?? '', /the curves of a are not used, for they are of another scale: .*/)
  assert.match((await foretune('status', 'large')).stdout, /curves of a not used/)
  assert.equal(ofType(events.get('large') ?? [], 'FinishStudy').length, 1)
  const later = ofType(events.get('large') ?? [], 'FitPredictor').filter(({ at }) => at > (refusals[0]?.at ?? Infinity))
  assert.ok(later.every(({ earlier }) => earlier === 0))
})
