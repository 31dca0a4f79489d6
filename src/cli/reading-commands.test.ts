import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { aFolder, aStore, call, callWith, hyperbandStudy } from './stored-studies.laws.ts'

const json = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('status shows one screen, and as JSON the same numbers', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { out, code } = await call('status digits', folder)
  assert.equal(code, 0)
  assert.match(out, /^state +finished\./m)
  assert.match(out, /^trials +9 of 9: 1 complete, 8 stopped$/m)
  assert.match(out, /^best +trial \d: loss 0\.\d+ \(minimize\) at epoch 9\./m)
  const [status] = json((await call('status digits --json', folder)).out)
  assert.equal(status.counts.complete, 1)
  assert.equal(status.epochs.spent + status.epochs.saved, 81)
  assert.equal(status.best.among, 'complete')
})

test('status without a name shows the only study, or lists all of them', async (t) => {
  const one = await aStore(t, { digits: hyperbandStudy() })
  assert.match((await call('status', one)).out, /^study +digits /)
  const two = await aStore(t, { a: hyperbandStudy(), b: aStudy({ events: 20 }) })
  const { out } = await call('status', two)
  assert.match(out, /^a +finished +9 of 9: 1 complete/m)
  assert.match(out, /^b +interrupted /m)
  assert.deepEqual(
    json((await call('status --json', two)).out).map((status) => status.study),
    ['a', 'b'],
  )
})

test('status --watch ends with the study', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  assert.match((await call('status digits --watch', folder)).out, /finished/)
})

test('a study is named by its file, its folder, its own directory, or the environment’s store', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  writeFileSync(join(folder, 'digits.yaml'), 'command: none\n')
  mkdirSync(join(folder, 'there'))
  writeFileSync(join(folder, 'there', 'study.yaml'), 'name: digits\nspace: broken since\n')
  mkdirSync(join(folder, 'foretune', 'digits'), { recursive: true })
  for (const reference of ['digits', 'digits.yaml', 'there', './there/study.yaml', 'foretune/digits']) {
    const { code, err } = await callWith(['best', reference], folder)
    assert.deepEqual([code, err], [0, ''], reference)
  }
  const elsewhere = aFolder(t)
  const env = { FORETUNE_STORE: `sqlite:${join(folder, 'foretune.db')}` }
  assert.equal((await call('best digits', elsewhere, { env })).code, 0)
  assert.equal((await callWith(['best', 'digits', '--store', env.FORETUNE_STORE], elsewhere)).code, 0)
})

test('an unknown study is answered with those that there are, a missing store with the way to name one', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy(), letters: hyperbandStudy() })
  const unknown = await call('best digit', folder)
  assert.equal(unknown.code, 2)
  assert.match(unknown.err, /^error STUDY_NOT_FOUND: .*digits, letters/)
  assert.match((await call('best', folder)).err, /^error STUDY_NOT_CHOSEN: .*digits, letters/)
  assert.match((await call('best digits', aFolder(t))).err, /^error STORE_NOT_FOUND: .*--store/)
  assert.match((await call('best', await aStore(t, {}))).err, /^error STUDY_NOT_FOUND: .* holds no study yet\./)
})

test('best prints text, JSON, arguments or an environment', async (t) => {
  const study = hyperbandStudy()
  const folder = await aStore(t, { digits: study })
  const complete = study.study.state.trials.find((trial) => trial.state === 'complete')!
  const { x, kind } = complete.configuration
  assert.match(
    (await call('best digits', folder)).out,
    /^best of the complete trials\n\ntrial \d at epoch 9\n {2}loss +0\.\d+ \(minimize\)\n {2}x +0\./,
  )
  const [found] = json((await call('best digits --json', folder)).out)
  assert.deepEqual(found.trials[0].configuration, complete.configuration)
  assert.equal((await call('best digits --format args', folder)).out, `--x ${x} --kind ${kind}\n`)
  assert.equal((await call('best digits --format env', folder)).out, `x=${x}\nkind=${kind}\n`)
})

test('best says so where no trial is complete, and exits 1 where there is none at all', async (t) => {
  const toTheEnd = { scheduler: schedulerOf('none'), budget: { trials: 3 } }
  const folder = await aStore(t, {
    early: aStudy({ definition: toTheEnd, events: 12 }),
    empty: aStudy({ definition: toTheEnd, events: 3 }),
  })
  assert.match((await call('best early --format args', folder)).err, /^note: best of the last reports/)
  assert.equal((await call('best empty', folder)).code, 1)
  assert.match((await call('best empty --format env', folder)).err, /^error NO_BEST_TRIAL/)
})

test('trials are filtered, sorted and printed as a table, as JSON lines without reports, or as CSV', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const rows = json((await call('trials digits --json --sort value --limit 3', folder)).out)
  assert.equal(rows.length, 3)
  assert.ok(rows[0].value <= rows[1].value && !('reports' in rows[0]))
  const { out } = await callWith(['trials', 'digits', '--where', 'x<0.5', '--state', 'stopped'], folder)
  assert.match(out.split('\n')[0]!, /^trial +state +loss +epoch +x +kind +why$/)
  const none = await call('trials digits --state failed', folder)
  assert.deepEqual([none.code, none.err], [0, 'none of 9 trials is shown\n'])
  const unknown = await call('trials digits --state finished', folder)
  assert.equal(unknown.code, 2)
  assert.match(unknown.err, /^error STATE_UNKNOWN: .*`finished`.* complete, stopped, failed\./)
  const csv = (await call('trials digits --csv --where epoch=9', folder)).out.trim().split('\n')
  assert.equal(csv.length, 2)
  assert.equal(csv[0]!.split(',').at(-1), 'loss')
  const wrong = await callWith(['trials', 'digits', '--where', 'xx<1'], folder)
  assert.match(wrong.err, /^error COLUMN_UNKNOWN: .*did you mean `x`/)
  assert.match((await callWith(['trials', 'digits', '--where', 'x'], folder)).err, /^error FILTER_INVALID/)
})

test('on a terminal no line is longer than it is wide', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { out } = await call('trials digits', folder, { isTerminal: true, columns: 40 })
  for (const line of out.split('\n')) assert.ok(line.length <= 40)
})

test('story begins with why the trial was stopped and tells the events with their times', async (t) => {
  const small = hyperbandStudy()
  const folder = await aStore(t, { digits: small })
  const stopped = small.study.state.trials.find((trial) => trial.state === 'stopped')!.number
  const { out } = await call(`story digits ${stopped}`, folder)
  assert.match(out, new RegExp(`^Trial ${stopped} was stopped at epoch \\d: its loss`))
  assert.match(out, /^From \d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\n +\+0s {2}Proposed by random: x 0\./m)
  const [told] = json((await call(`story digits ${stopped} --json`, folder)).out)
  assert.equal(told.lines[0].type, 'CreateTrial')
  assert.match((await call('story digits 99', folder)).err, /^error TRIAL_NOT_FOUND: .*0 to 8/)
})

test('curves are drawn in the terminal and as a picture that holds one line a trial', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { out } = await call('curves digits', folder)
  assert.match(out, /[⠁-⣿]/)
  assert.match(out, /loss \(minimize\) by epochs, 9 curves; best: trial \d/)
  await call('curves digits --svg curves.svg', folder)
  const svg = readFileSync(join(folder, 'curves.svg'), 'utf8')
  assert.equal(svg.match(/<polyline|<circle/g)?.length, 9)
  assert.match(svg, /best: trial \d/)
  assert.equal(json((await call('curves digits --json --trials 0,3', folder)).out).length, 2)
  assert.match((await call('curves digits --course', folder)).out, /epochs spent/)
  assert.match((await call('curves digits --metric los', folder)).err, /^error METRIC_UNKNOWN: .*did you mean `loss`/)
})

test('compare puts studies side by side, best values with their direction', async (t) => {
  const folder = await aStore(t, { a: hyperbandStudy(), b: aStudy() })
  const { out } = await call('compare a b', folder)
  assert.match(out, /^scheduler +hyperband +asha$/m)
  assert.match(out, /^best +loss 0\.\d+ \(minimize\) +loss/m)
  assert.equal(json((await call('compare --json', folder)).out).length, 2)
})

test('a study that could not begin is in no list, and hides none', async (t) => {
  const folder = await aStore(t, { a: hyperbandStudy(), b: { ...aStudy(), log: [] } })
  assert.match((await call('status', folder)).out, /^study +a \(/m)
  assert.equal(json((await call('compare --json', folder)).out).length, 1)
  assert.match((await call('status b', folder)).err, /^error STUDY_NOT_FOUND: .*: it has a\.$/m)
})
