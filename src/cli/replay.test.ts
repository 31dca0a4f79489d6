import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { replay } from './replay.ts'
import { aStore, call, hyperbandStudy } from './stored-studies.laws.ts'

const whole = () => aStudy({ definition: { scheduler: schedulerOf('none'), budget: { trials: 9 } } })

test('on curves that are known to the end nothing is carried on, and the other scheduler finds what it would have found', async () => {
  const { study } = whole()
  const found = await replay(study, { type: 'successive-halving', eta: 3 }, { workers: 1 })
  assert.deepEqual(found, {
    scheduler: 'successive-halving',
    trials: 9,
    epochs: 9 + 3 * 2 + 6,
    unknownEpochs: 0,
    unknownTrials: [],
    best: { trial: 8, value: study.state.trials[8]!.values[0]![8], epoch: 9, among: 'complete', known: true },
  })
})

test('a study replayed with its own scheduler spends and finds the same', async () => {
  const { study } = hyperbandStudy()
  const found = await replay(study, study.state.definition.scheduler, { workers: 2 })
  assert.equal(found.epochs, study.state.epochsTrained)
  assert.equal(found.unknownEpochs, 0)
  assert.equal(found.best?.trial, study.state.trials.find((trial) => trial.state === 'complete')?.number)
})

test('what a stopped trial would have reported is not known, and is marked', async () => {
  const { study } = hyperbandStudy()
  const found = await replay(study, { type: 'none' }, { workers: 1 })
  assert.equal(found.epochs, 81)
  assert.equal(found.unknownEpochs, 81 - study.state.epochsTrained)
  assert.equal(found.unknownTrials.length, 8)
  assert.equal(found.best?.known, true)
})

test('a program that failed fails again, and one that ended by itself ends', async () => {
  const { study } = aStudy({
    definition: {
      scheduler: schedulerOf('none'),
      budget: { trials: 3 },
      failures: { retries: 0, graceMs: 1, stopStudyAfter: 9 },
    },
    endsAt: (trial, epoch) =>
      trial === 0 && epoch === 2
        ? { type: 'exited', code: 1 }
        : trial === 1 && epoch === 4
          ? { type: 'exited', code: 0 }
          : null,
  })
  const found = await replay(study, { type: 'none' }, { workers: 1 })
  assert.equal(found.unknownEpochs, 0)
  assert.ok(found.best && found.best.trial !== 0)
})

test('another scheduler is replayed with the options that it shares with that of the study', async (t) => {
  const { study } = hyperbandStudy()
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const epochs = async (words: string): Promise<number> =>
    (JSON.parse((await call(`replay digits --json ${words}`, folder)).out) as { epochs: number }).epochs
  const own = study.state.definition.scheduler
  assert.equal(own['eta'], 3)
  assert.equal(await epochs('--scheduler hyperband'), study.state.epochsTrained)
  const plain = await epochs('--scheduler hyperband --set eta=2')
  assert.notEqual(plain, study.state.epochsTrained)
  assert.equal(await epochs('--scheduler hyperband --set scheduler.eta=2'), plain)
  const two = aStudy({ definition: { scheduler: schedulerOf('hyperband', { eta: 2 }), budget: { trials: 20 } } })
  const other = await aStore(t, { digits: two })
  const swift = JSON.parse((await call('replay digits --json --scheduler swift-hyperband', other)).out) as {
    epochs: number
  }
  // Too few trials for any prediction: it is Hyperband with the same eta.
  assert.equal(swift.epochs, two.study.state.epochsTrained)
})

test('the table compares with the study itself; a wrong scheduler or option is named', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { out, code } = await call('replay digits --scheduler none --scheduler median --set eta=2', folder)
  assert.equal(code, 2, 'neither has an option eta')
  assert.equal(out, '')
  const good = await call('replay digits --scheduler none,median', folder)
  assert.match(good.out, /^hyperband \(the study\) +9 +21 /m)
  assert.match(good.out, /^none +9 +81 +60 epochs of 8 trials /m)
  assert.match(
    (await call('replay digits --scheduler hyperbnd', folder)).err,
    /^error UNKNOWN_SCHEDULER: .*did you mean `hyperband`/,
  )
  assert.match((await call('replay digits --scheduler asha --set eta=1', folder)).err, /^error INVALID_OPTION/)
})
