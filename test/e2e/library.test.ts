/** The library as a program uses it: typed configurations, its own loop, stopping and going on, one store with the command line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { categorical, float, hyperband, int, ordinal, sobol, study } from '../../src/index.ts'
import type { ConfigurationOf, StudyHandle } from '../../src/index.ts'
import { ofType, realStudy } from './real-study.ts'

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const compiles = <_Holds extends true>(): void => undefined

const space = {
  lr: float(1e-5, 1e-1, { log: true }),
  width: int(16, 1024),
  optimizer: categorical(['sgd', 'adam']),
  batch: ordinal([16, 32, 64]),
  momentum: float(0, 0.99, { when: { optimizer: 'sgd' } }),
}
type Digits = ConfigurationOf<typeof space>

const loss = ({ lr, width, momentum = 0 }: Digits, epoch: number): number =>
  Math.abs(Math.log10(lr) + 3) + 1 / width + (1 - momentum) / epoch

const digits = (store: string, name = 'digits'): Promise<StudyHandle<Digits>> =>
  study({
    name,
    space,
    objective: { metric: 'loss', direction: 'minimize' },
    epochs: { max: 27 },
    sampler: sobol(),
    scheduler: hyperband({ eta: 3 }),
    budget: { trials: 40 },
    seed: 7,
    store,
  })

test('the documented example runs, and its configurations have the types of the space', async () => {
  const one = await digits('memory')
  const result = await one.run(
    async (trial) => {
      compiles<Same<typeof trial.configuration.optimizer, 'sgd' | 'adam'>>()
      compiles<Same<typeof trial.configuration.batch, 16 | 32 | 64>>()
      compiles<Same<typeof trial.configuration.lr, number>>()
      compiles<Same<typeof trial.configuration.momentum, number | undefined>>()
      // @ts-expect-error -- a misspelt parameter does not compile
      assert.equal(trial.configuration.learningRate, undefined)
      // @ts-expect-error -- nor does a choice that the space does not have
      assert.notEqual(trial.configuration.optimizer, 'rmsprop' satisfies typeof trial.configuration.optimizer)
      for await (const epoch of trial.epochs()) await trial.report({ loss: loss(trial.configuration, epoch) })
    },
    { slots: 4 },
  )
  compiles<Same<typeof result.best.configuration.optimizer, 'sgd' | 'adam'>>()
  // @ts-expect-error -- the best configuration is typed as well
  assert.equal(result.best.configuration.widht, undefined)
  const { best, progress, finished, among } = result
  assert.ok(['sgd', 'adam'].includes(best.configuration.optimizer))
  assert.equal(best.epoch, 27)
  assert.equal(among, 'complete')
  assert.equal(finished, 'trial-budget')
  assert.equal(progress.trials.created, 40)
  assert.equal(progress.counts.running + progress.counts.waiting, 0)
  assert.deepEqual((await one.result()).best, best)
  await one.close()
})

test('the same study in a loop of its own: ask, report, tell', async () => {
  const one = await digits('memory')
  const order = await one.ask()
  assert.ok(order)
  compiles<Same<typeof order.configuration.optimizer, 'sgd' | 'adam'>>()
  let orders = 0
  let reports = 0
  for (let next: typeof order | null = order; next; next = await one.ask()) {
    orders++
    // It may be let go on beyond its limit, as a function is that lingers there.
    for (let epoch = next.from + 1, goesOn = true; goesOn; epoch++) {
      const stands = await one.report(next, epoch, { loss: loss(next.configuration, epoch) })
      goesOn = stands.goesOn
      reports++
      assert.ok(goesOn || epoch === stands.until)
    }
    await one.tell(next)
  }
  const { best, progress } = await one.result()
  assert.equal(progress.trials.created, 40)
  assert.equal(progress.epochs.trained, reports)
  assert.ok(orders >= 40)
  assert.equal(best.epoch, 27)
  await assert.rejects(one.report(order, 1, { loss: 1 }), { code: 'TRIAL_NOT_ASKED' })
  await one.close()

  const same = await digits('memory')
  const run = await same.run(
    async (trial) => {
      for await (const epoch of trial.epochs()) await trial.report({ loss: loss(trial.configuration, epoch) })
    },
    { slots: 1 },
  )
  assert.deepEqual(run.best, best, 'whoever trains, the decisions are the same')
  await same.close()
})

test('an AbortSignal stops it, a later run goes on; the command line reads, verifies and continues the same store', async (t) => {
  const real = realStudy(t, 'objective: loss\n', { name: 'digits' })
  const url = `sqlite:${real.folder}/foretune.db`
  const one = await digits(url)
  const stop = new AbortController()
  let started = 0
  let saved = 0
  const stopped = await one.run(
    async (trial) => {
      if (++started === 12) stop.abort()
      for await (const epoch of trial.epochs()) await trial.report({ loss: loss(trial.configuration, epoch) })
      if (trial.signal.aborted) saved++
    },
    { slots: 2, signal: stop.signal },
  )
  assert.equal(stopped.finished, null)
  assert.ok(saved > 0, 'trials that ran were told')
  assert.equal(ofType(await real.events(), 'StopRequested')[0]?.by, 'signal')
  const status = await real.foretune('status', 'digits', '--json')
  assert.equal(status.code, 0, status.stderr)
  assert.equal((await real.foretune('verify', 'digits')).code, 0)

  const result = await one.run(
    async (trial) => {
      for await (const epoch of trial.epochs()) await trial.report({ loss: loss(trial.configuration, epoch) })
    },
    { slots: 2 },
  )
  await one.close()
  assert.equal(result.progress.trials.created, 40)
  const best = await real.foretune('best', 'digits', '--json')
  const said = JSON.parse(best.stdout) as { readonly best?: unknown }
  assert.match(JSON.stringify(said), new RegExp(`"trial":${result.best.trial}\\b`))
  const verified = await real.foretune('verify', 'digits')
  assert.equal(verified.code, 0, verified.stdout)
})

test('a study of the command line is read by the library, trained on by it, and keeps its command', async (t) => {
  const command = `sh -c 'for e in 1 2; do echo "{{\\"epoch\\": $e, \\"loss\\": $e}}" >>"$FORETUNE_ATTEMPT/reports.jsonl"; done' {x}`
  const shape = 'objective: loss\nspace: { x: { type: float, low: 0, high: 1 } }\nepochs: { max: 2 }\nscheduler: none\n'
  const real = realStudy(t, `command: ${JSON.stringify(command)}\n${shape}budget: { trials: 3 }\n`)
  assert.equal((await real.foretune('run', 'study.yaml')).code, 0)
  const here = await study({
    name: 'real',
    space: { x: float(0, 1) },
    objective: 'loss',
    epochs: { max: 2 },
    scheduler: 'none',
    budget: { trials: 5 },
    store: `sqlite:${real.folder}/foretune.db`,
  })
  assert.equal((await here.result()).progress.counts.complete, 3)
  const { progress } = await here.run(async (trial) => {
    for await (const epoch of trial.epochs()) await trial.report({ loss: epoch * 2 })
  })
  assert.equal(progress.counts.complete, 5)
  await here.close()
  const { state } = await real.study()
  assert.match(JSON.stringify(state.program), /FORETUNE_ATTEMPT/)
  assert.equal((await real.foretune('verify', 'real')).code, 0)
})
