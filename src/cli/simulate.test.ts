import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { shared } from '../../test/shared.ts'
import { decodeEvent } from '../wire/event-line.ts'
import type { Io } from './command.ts'
import { aFolder, call } from './stored-studies.laws.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const digits = `simulate ${join(root, 'examples/curves/digits.csv')} --metric val_loss`

/** One row a training: parameter x, then the losses. */
const table = (rows: readonly string[]): string => ['x,loss_1,loss_2,loss_3', ...rows, ''].join('\n')

async function results(words: string, cwd = root): Promise<{ readonly [key: string]: unknown }[]> {
  const { code, out, err } = await call(`${words} --json`, cwd)
  assert.equal(code, 0, err)
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly [key: string]: unknown })
}

test(
  'Hyperband on mlpf.csv spends 3213 epochs and finds row 11, whatever the workers',
  { skip: shared.skip },
  async () => {
    for (const workers of [1, 50]) {
      const words = `simulate ${shared.path('data/curves/mlpf.csv')} --scheduler hyperband --eta 2 --order rows --workers ${workers}`
      const [result] = await results(words)
      assert.equal(result?.['epochs'], 3213)
      assert.deepEqual(result?.['best'], { trial: 11, row: 11, value: 442.2677, epoch: 100 })
    }
  },
)

test('the summary of one simulation tells the best with its parameters, and the price', async () => {
  const { code, out } = await call(`${digits} --scheduler hyperband --order rows --workers 4`, root)
  assert.equal(code, 0)
  assert.match(
    out,
    /^digits\.csv: hyperband \(eta 3, passes 1, order published\), sampler table \(order rows\), seed 0\n\n/,
  )
  assert.match(out, /^best {4}val_loss [\d.]+ \(minimize\) at epoch 27: trial \d+, row \d+\n {8}lr [\d.e-]+, hidden /m)
  assert.match(out, /^ {8}(it is the best|the best) of the whole table( is [\d.]+)?$/m)
  assert.match(out, /^trials {2}49: \d+ complete, \d+ stopped$/m)
  assert.match(out, /^epochs {2}\d+, 7\d % less than the 1323 of training each of these trials to the end$/m)
  assert.match(out, /^time .* of virtual time on 4 workers, busy \d+ %$/m)
})

test('JSON is one object for each scheduler and seed, scheduler by scheduler', async () => {
  const found = await results(`${digits} --scheduler none,asha --seed 5 --seeds 2 --budget trials=9`)
  assert.deepEqual(
    found.map(({ scheduler, seed }) => [scheduler, seed]),
    [
      ['none', 5],
      ['none', 6],
      ['asha', 5],
      ['asha', 6],
    ],
  )
  assert.ok(found.every(({ trials }) => trials === 9))
  assert.equal(found[0]?.['epochs'], 9 * 27)
})

test('a comparison has differences with intervals, and says what they mean', async () => {
  const words = `${digits} --scheduler none,asha --seeds 3 --max-trials 12`
  const { out, err } = await call(words, root)
  assert.match(out, /^digits\.csv: val_loss \(minimize\), 3 seeds each$/m)
  assert.match(out, /^asha +-[\d.]+ \[-[\d.]+, -[\d.]+\]/m)
  assert.match(out, /^asha against none: [4-9]\d % fewer epochs.*; [4-9]\d % less time.*; .*best val_loss.*\.$/m)
  assert.equal(err, '')
  const { out: one } = await call(words.replace('--seeds 3', '--seed 1'), root)
  assert.match(one, /One seed says nothing of chance/)
})

test('the sign of a difference says better or worse by the direction', async (t) => {
  const cwd = aFolder(t)
  writeFileSync(join(cwd, 'c.csv'), table(['1,5,5,5', '2,6,6,9', '3,7,7,8', '4,1,1,1']))
  const words = 'simulate c.csv --order rows --scheduler none,successive-halving --eta 3'
  // Three rows are halved to the one that leads at epoch 1; training all four to the end finds the others.
  const { out: least } = await call(`${words} --direction minimize`, cwd)
  assert.match(least, /successive-halving against none: .*; best loss 4 worse\./)
  const { out: most } = await call(`${words} --direction maximize`, cwd)
  assert.match(most, /successive-halving against none: .*; best loss 1 worse\./)
})

test('progress is drawn on a terminal only, and wiped away at the end', async () => {
  const words = `${digits} --scheduler none,asha --max-trials 4`
  const { err } = await call(words, root, { stderrIsTerminal: true })
  assert.equal(err, ['', '1 of 2: none, seed 0', '2 of 2: asha, seed 0', ''].join('\r\u001b[K'))
  const both: Partial<Io> = { stderrIsTerminal: true, isTerminal: true }
  assert.equal((await call(`${words} --json`, root, both)).err, '')
})

test('the default is asha over the whole table, with its rows shuffled by the seed', async () => {
  const [first] = await results(digits)
  const [again] = await results(`${digits} --scheduler asha --order shuffled --seed 0`)
  const [other] = await results(`${digits} --seed 1`)
  assert.equal(first?.['trials'], 72)
  assert.deepEqual({ ...first, wallMs: 0 }, { ...again, wallMs: 0 })
  assert.notDeepEqual(first?.['best'], other?.['best'])
})

test('options reach the schedulers that have them, and the sampler', async () => {
  const found = await results(`simulate branin --scheduler hyperband,asha,none --eta 4 --max-epochs 16 --max-trials 20`)
  assert.equal(found.length, 3)
  const [twice] = await results('simulate branin --scheduler hyperband --max-epochs 9 --set scheduler.passes=2')
  const [once] = await results('simulate branin --scheduler hyperband --max-epochs 9')
  assert.equal(twice?.['epochs'], 2 * (once?.['epochs'] as number))
  const [grid] = await results(
    'simulate branin --scheduler none --max-epochs 2 --sampler grid --set sampler.levels=3 --max-trials 50',
  )
  assert.equal(grid?.['trials'], 9)
})

test('the first columns are used below the last epoch of the table, and epochs last as long as a column says', async (t) => {
  const cwd = aFolder(t)
  writeFileSync(join(cwd, 'c.csv'), 'x,s,loss_1,loss_2,loss_3\n1,10,3,2,9\n2,1,4,3,1\n')
  const [result] = await results('simulate c.csv --scheduler none --max-epochs 2 --seconds-column s', cwd)
  assert.deepEqual(result?.['best'], { trial: 1, row: 0, value: 2, epoch: 2 })
  assert.equal(result?.['makespan'], 22)
  assert.equal(result?.['epochs'], 4)
})

test('non-finite values fail a trial, or are the worst of the table', async (t) => {
  const cwd = aFolder(t)
  writeFileSync(join(cwd, 'c.csv'), table(['1,nan,nan,nan', '2,4,3,2']))
  const { out } = await call('simulate c.csv --scheduler none', cwd)
  assert.match(out, /1 complete, 1 failed/)
  const { out: worst } = await call('simulate c.csv --scheduler none --non-finite worst', cwd)
  assert.match(worst, /2: 2 complete/)
})

test('the log, the picture and the page are written beside the answer', async (t) => {
  const cwd = aFolder(t)
  const { out, err } = await call(
    'simulate curves --max-trials 9 --max-epochs 9 --faults loss=0.1,crash=0.05 --workers 3 --fit-seconds 0.5 --events log.jsonl --svg a.svg --html a.html --json',
    cwd,
  )
  assert.equal(err, 'wrote log.jsonl\nwrote a.svg\nwrote a.html\n')
  const events = readFileSync(join(cwd, 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => decodeEvent(line))
  assert.equal(events[0]?.type, 'StudyCreated')
  assert.equal(events.at(-2)?.type, 'FinishStudy')
  const { decisions } = JSON.parse(out) as { readonly decisions: number }
  assert.ok(decisions > 9 && events.length > decisions)
  const svg = readFileSync(join(cwd, 'a.svg'), 'utf8')
  assert.ok(svg.startsWith('<svg') && readFileSync(join(cwd, 'a.html'), 'utf8').includes(svg))
})

test('every mistake has its code, names the way out, and nothing is simulated or written', async (t) => {
  const cwd = aFolder(t)
  writeFileSync(join(cwd, 'c.csv'), table(['1,3,2,1', '2,4,3,2']))
  writeFileSync(join(cwd, 's.csv'), 'x,s,loss_1\n1,1,3\n')
  writeFileSync(join(cwd, 'two.csv'), 'x,a_1,b_1\n1,2,3\n')
  writeFileSync(join(cwd, 'loss.csv'), 'loss_1,loss_2\n2,1\n')
  writeFileSync(join(cwd, 'bad.csv'), table(['1,3,,1']))
  for (const [words, code, says] of [
    [
      'c.csv --scheduler hyperband',
      'TOO_FEW_ROWS',
      /3 epochs starts 5 trials, and the table has 2 rows\. .*--max-epochs/,
    ],
    ['c.csv --scheduler hyperbend', 'UNKNOWN_SCHEDULER', /did you mean `hyperband`/],
    ['c.csv --scheduler none,ahsa', 'UNKNOWN_SCHEDULER', /did you mean `asha`/],
    ['c.csv --sampler rondom', 'UNKNOWN_SAMPLER', /did you mean `random`/],
    ['c.csv --set scheduler.etta=3', 'INVALID_OPTION', /--set scheduler\.etta=3: .*did you mean `eta`/],
    ['c.csv --set scheduler.eta=1', 'INVALID_OPTION', /--set scheduler\.eta=1: expected a number above 1/],
    ['c.csv --set sampler.order=up', 'INVALID_OPTION', /--set sampler\.order=up: expected one of rows, shuffled/],
    ['c.csv --scheduler none --eta 3', 'INVALID_OPTION', /an option of none; it has none/],
    ['c.csv --set eta=3', 'FLAG_VALUE_INVALID', /expected scheduler\.OPTION=VALUE or sampler\.OPTION=VALUE/],
    ['c.csv --eta 1', 'FLAG_VALUE_INVALID', /--eta: expected a number above 1/],
    ['c.csv --workers 0', 'FLAG_VALUE_INVALID', /--workers: expected a whole number from 1 to 1000000/],
    ['c.csv --seeds 1.5', 'FLAG_VALUE_INVALID', /--seeds/],
    ['c.csv --min-epochs 4', 'FLAG_VALUE_INVALID', /--min-epochs: expected at most 3/],
    ['c.csv --max-epochs 4', 'CURVES_TOO_SHORT', /at most --max-epochs 3/],
    ['c.csv --order up', 'FLAG_VALUE_INVALID', /one of rows, shuffled/],
    ['c.csv --order rows --sampler random', 'FLAG_VALUE_INVALID', /--order/],
    ['c.csv --budget trials=0', 'FLAG_VALUE_INVALID', /--budget: expected trials=N/],
    ['c.csv --budget epoch=9', 'FLAG_VALUE_INVALID', /--budget: expected trials=N/],
    ['c.csv --budget time=9', 'FLAG_VALUE_INVALID', /time=8h/],
    ['c.csv --budget trials=9 --max-trials 8', 'FLAG_VALUE_INVALID', /trials once/],
    ['c.csv --fit-seconds -1', 'FLAG_VALUE_INVALID', /--fit-seconds/],
    ['c.csv --seconds-per-epoch 0', 'SECONDS_INVALID', /a number above 0/],
    ['s.csv --seconds-per-epoch 1 --seconds-column s', 'FLAG_VALUE_INVALID', /no --seconds-column beside it/],
    ['c.csv --seconds-column y', 'CURVES_INVALID', /a column `y` \(--seconds-column\)/],
    ['c.csv --faults lost=0.1', 'FAULTS_INVALID', /expected one of loss/],
    ['c.csv --metric acc', 'CURVES_WITHOUT_METRIC', /it holds loss/],
    ['two.csv', 'CURVES_WITHOUT_METRIC', /\(a, b\): choose one with --metric/],
    ['loss.csv', 'CURVES_INVALID', /loss\.csv, line 1: expected a column for each parameter/],
    ['bad.csv', 'CURVES_INVALID', /bad\.csv, line 2/],
    ['none.csv', 'CURVES_NOT_FOUND', /none\.csv/],
    ['brannin', 'UNKNOWN_PROBLEM', /did you mean `branin`/],
    ['branin', 'SIMULATION_ENDLESS', /--budget trials=100/],
    ['branin --order rows', 'SIMULATION_NEEDS_TABLE', /^error SIMULATION_NEEDS_TABLE: --order rows: /],
    ['branin --direction maximize', 'SIMULATION_NEEDS_TABLE', /--direction maximize/],
    ['branin --sampler table', 'SIMULATION_NEEDS_TABLE', /--sampler table/],
    ['c.csv --seeds 2 --events log.jsonl', 'FLAG_VALUE_INVALID', /one scheduler and one seed.*2 simulations/],
    ['', 'OPERANDS_WRONG', /simulate CURVES\|PROBLEM/],
  ] as const) {
    const { code: exit, out, err } = await call(`simulate ${words} --json`, cwd)
    assert.deepEqual([exit, out], [2, ''], `${words}: ${err}`)
    assert.ok(err.startsWith(`error ${code}: `), `${words}: ${err}`)
    assert.match(err, says, words)
  }
  assert.equal(existsSync(join(cwd, 'log.jsonl')), false)
  const { code, err } = await call('simulate c.csv --scheduler none --svg nowhere/a.svg', cwd)
  assert.equal(code, 3)
  assert.match(err, /OUTPUT_UNWRITABLE/)
})
