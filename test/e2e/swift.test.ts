/**
 * Real studies that predict: real processes, fits in a worker thread and on an annealer, and controllers that are killed in the middle of either.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isSettled } from '../../src/core/trial.ts'
import type { Event } from '../../src/core/study/events.ts'
import { ocean } from '../ocean-python.ts'
import { expectEveryLine, fixture, kill, ofType, realStudy, soon } from './real-study.ts'
import type { RealStudy } from './real-study.ts'

/** One bracket pass of 22 trials up to epoch 9; every predictor that it needs is trained on four curves or more. */
const file = (predictor: string, more = ''): string => `
command: [node, ${JSON.stringify(fixture('deterministic-trial.ts'))}]
objective: loss
space: { x: { type: float, low: 0, high: 1 } }
epochs: { min: 1, max: 9 }
scheduler: { type: swift-hyperband, eta: 2, d: 4, passes: 1, predictor: ${predictor}${more} }
failures: { retries: 3, grace: 5s }
seed: 5
env: { EPOCH_MS: 10 }
executor: { type: local, slots: 3, gpus: none }
`

/** A fit of some seconds: it is in the worker thread. */
const slow = '{ type: qsvr, reads: 30000 }'

async function expectWhole(study: RealStudy): Promise<readonly Event[]> {
  const { state } = await study.study()
  assert.equal(state.finished?.rule, 'all-settled')
  assert.ok(state.trials.every((trial) => isSettled(trial.state)))
  const events = await study.events()
  expectEveryLine(study, events)
  const asked = ofType(events, 'FitPredictor').map(({ fit }) => fit)
  const answered = [...ofType(events, 'PredictorFitted'), ...ofType(events, 'PredictorFailed')].map(({ fit }) => fit)
  assert.deepEqual(
    answered.toSorted((a, b) => a - b),
    asked,
    'every fit is answered once',
  )
  return events
}

test('a study predicts, drops trials, says why, audits itself, and verify takes it all again', async (t) => {
  const study = realStudy(t, file('nu-svr', ', audit: 0.5'))
  assert.equal((await study.foretune('run', 'study.yaml')).code, 0)
  const events = await expectWhole(study)
  assert.ok(ofType(events, 'PredictorFitted').length > 0, 'predictors are trained')
  const dropped = ofType(events, 'StopTrial').find(({ why }) => why.rule === 'swift-dropped')
  assert.ok(dropped, 'a trial is dropped')
  const story = await study.foretune('story', study.name, String(dropped.trial))
  assert.match(story.stdout, /predicted loss \d.* ± \d.* at epoch \d/)
  const verified = await study.foretune('verify', study.name)
  assert.equal(verified.code, 0, verified.stdout)
})

test('a controller that is killed while a predictor is trained leaves a study that trains it again', async (t) => {
  const study = realStudy(t, file(slow))
  const first = study.start('run', 'study.yaml')
  await study.until((events) => ofType(events, 'FitPredictor').length > 0)
  kill(first.pid, 'SIGKILL')
  await first.ended
  const open = (await study.study()).state.fits.size
  assert.ok(open > 0, 'a fit was under way')
  assert.equal((await study.foretune('resume', study.name)).code, 0)
  await expectWhole(study)
})

test('training goes on while a predictor is trained', async (t) => {
  const study = realStudy(t, file(slow))
  assert.equal((await study.foretune('run', 'study.yaml')).code, 0)
  const events = await expectWhole(study)
  const asked = events.findIndex(({ type }) => type === 'FitPredictor')
  const answered = events.findIndex(({ type }) => type === 'PredictorFitted')
  const meanwhile = ofType(events.slice(asked, answered), 'TrialReported').length
  assert.ok(meanwhile > 0, `${meanwhile} reports came between the first question and its answer`)
})

test('an annealer that cannot be had is told before anything is trained', async (t) => {
  const study = realStudy(t, file('{ type: qsvr, annealer: ocean }'))
  const run = await study.shell('FORETUNE_PYTHON=/nowhere/python "$@" run study.yaml').ended
  assert.equal(run.code, 2, run.stderr)
  assert.match(run.stderr, /ANNEALER_PYTHON_MISSING/)
  assert.equal(ofType(await study.events(), 'CreateTrial').length, 0)
  const asked = realStudy(t, file('{ type: qsvr, annealer: ocean }'), { name: 'asked' })
  const ask = await asked.shell('FORETUNE_PYTHON=/nowhere/python "$@" ask study.yaml').ended
  assert.equal(ask.code, 2, ask.stderr)
  assert.match(ask.stderr, /ANNEALER_PYTHON_MISSING/)
})

test('with a fallback the built-in annealer stands in for it, and the log says so', async (t) => {
  const study = realStudy(t, file('{ type: qsvr, annealer: ocean, fallback: simulated-annealing, reads: 50 }'))
  const run = await study.shell('FORETUNE_PYTHON=/nowhere/python "$@" run study.yaml').ended
  assert.equal(run.code, 0, run.stderr)
  const [fitted] = ofType(await expectWhole(study), 'PredictorFitted')
  assert.match(JSON.stringify(fitted?.note), /"insteadOf":"ocean".*ANNEALER_PYTHON_MISSING/)
})

const mock = '{ type: qsvr, annealer: ocean, solver: "mock:8", chunk: 4, reads: 1000 }'

test(
  'the mock annealer trains the predictors of a study, and its controller may die in a call',
  { skip: ocean.skip },
  async (t) => {
    const study = realStudy(t, file(mock))
    const begin = (words: string): ReturnType<RealStudy['shell']> =>
      study.shell(`export FORETUNE_PYTHON=${ocean.python} XDG_CACHE_HOME="$PWD/cache"; exec "$@" ${words}`)
    const first = begin('run study.yaml')
    await study.until((events) => ofType(events, 'FitPredictor').length > 0)
    const bridge = await soon(() => bridgeOf(first.pid), 'the bridge never came')
    kill(first.pid, 'SIGKILL')
    await first.ended
    await soon(() => !isAlive(bridge), 'the bridge outlived its controller')
    assert.equal((await begin(`resume ${study.name}`).ended).code, 0)
    const [fitted] = ofType(await expectWhole(study), 'PredictorFitted')
    assert.match(JSON.stringify(fitted?.note), /"annealer":"ocean".*"solver":"mock/)
    const verified = await study.foretune('verify', study.name)
    assert.equal(verified.code, 0, verified.stdout)
  },
)

/** The Python child of a controller. */
function bridgeOf(parent: number): number | null {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, after = ''] = read(`/proc/${entry}/stat`).split(') ')
    if (Number(after.split(' ')[1]) === parent && read(`/proc/${entry}/cmdline`).includes('foretune_ocean'))
      return Number(entry)
  }
  return null
}

function isAlive(pid: number): boolean {
  const [, state = 'Z'] = read(`/proc/${pid}/stat`).split(') ')
  return !state.startsWith('Z')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has just gone
  }
}
