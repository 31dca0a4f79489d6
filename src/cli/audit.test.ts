import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aStudy, schedulerOf, type SmallStudy, type SmallWorld } from '../core/study/views/small-study.laws.ts'
import { lineOf } from './event-text.ts'
import { frame } from './live-view.ts'
import { aStore, call, hyperbandStudy } from './stored-studies.laws.ts'

function swiftStudy(options: { readonly [option: string]: unknown } = {}, world: SmallWorld = {}): SmallStudy {
  const scheduler = schedulerOf('swift-hyperband', { eta: 3, d: 4, predictor: 'last-value', ...options })
  return aStudy({
    slots: 8,
    // Curves that cross a little, so that predictions err.
    report: ({ x }, epoch, trial) => ({ loss: Number(x) + 1 / epoch + ((trial * epoch * 7) % 11) / (40 * epoch) }),
    ...world,
    definition: { epochs: { min: 1, max: 27, resource: 'epochs' }, scheduler, budget: {} },
  })
}

test('audit shows each audited trial with its verdict, and what follows', async (t) => {
  const study = swiftStudy({ audit: 1 })
  const folder = await aStore(t, { digits: study })
  const { out, code } = await call('audit digits', folder)
  assert.equal(code, 0)
  assert.match(out, /^trial +bracket +round +epochs +predicted loss ± sd +true +threshold +verdict$/m)
  const audited =
    out.match(/^ +\d+ .* \d+ to \d+ +[\d.]+ ± [\d.e-]+ +[\d.]+ +[\d.]+ +(rightly|falsely) dropped/gm) ?? []
  const found = JSON.parse((await call('audit digits --json', folder)).out)
  assert.equal(audited.length, found.audit.judged)
  assert.equal(found.audit.audits.length, found.dropped)
  assert.ok(found.audit.judged > 5)
  assert.match(out, /^false drops +\d+ of \d+: [\d.]+ % \[[\d.]+ %, [\d.]+ %\]$/m)
  assert.match(out, /^of audited +80 % intervals hold [\d.]+ % \[/m)
  assert.match(out, /^epochs +0 epochs spared net \(\d+ less \d+ for audits/m)
  assert.match(out, /A throw of dice would drop about 25 % falsely; above 20 % prediction does harm\.$/m)
})

test('with passes each audit names its own', async (t) => {
  const folder = await aStore(t, { digits: swiftStudy({ audit: 1, passes: 2 }) })
  assert.match((await call('audit digits', folder)).out, /^trial +pass +bracket/m)
})

test('a study without audits is told what to set, one whose scheduler predicts nothing that it does', async (t) => {
  const folder = await aStore(t, { digits: swiftStudy(), plain: hyperbandStudy() })
  const { out, code } = await call('audit digits', folder)
  assert.equal(code, 0)
  assert.match(out, /^Set `audit: 0.05` under `scheduler` in a new study/m)
  assert.match(out, /^dropped +\d+ trials by prediction, 0 of them audited$/m)
  const none = await call('audit plain', folder)
  assert.equal(none.code, 2)
  assert.match(none.err, /^error NOTHING_PREDICTED: .* hyperband, which predicts nothing.*swift-hyperband/)
})

test('a scheduler that predicts but audits nothing is told so', async (t) => {
  const scheduler = schedulerOf('fast-hyperband', { eta: 3, d: 2, predictor: 'last-value' })
  const definition = { epochs: { min: 1, max: 27, resource: 'epochs' }, scheduler, budget: {} }
  const folder = await aStore(t, { digits: aStudy({ definition }) })
  const { out, code } = await call('audit digits', folder)
  assert.equal(code, 0)
  assert.match(out, /^This scheduler audits nothing/m)
  assert.match((await call('status digits', folder)).out, /^prediction +\d+ predictors? trained, \d+ trials? dropped/m)
  assert.doesNotMatch((await call('status digits', folder)).out, /^audit/m)
})

test('a narrow terminal breaks the lines of audits, and cuts no verdict off', async (t) => {
  const folder = await aStore(t, { digits: swiftStudy({ audit: 0.5 }) })
  const { out } = await call('audit digits', folder, { isTerminal: true, columns: 80 })
  assert.match(out, /(rightly|falsely) dropped(,|$)/m)
})

test('the picture has a dot for each prediction, and names what lies beyond it', async (t) => {
  const folder = await aStore(t, { digits: swiftStudy({ audit: 0.5 }) })
  const found = JSON.parse((await call('audit digits --json', folder)).out)
  const { err, out } = await call('audit digits --svg audit.svg', folder)
  assert.deepEqual([out, err], ['', 'wrote audit.svg\n'])
  const svg = readFileSync(join(folder, 'audit.svg'), 'utf8')
  const dots = svg.match(/<circle [^>]*><title>trial \d+, epoch \d+ from \d+: /g) ?? []
  assert.equal(dots.length, found.audit.judged + found.outcomes.length)
  assert.match(svg, />predicted loss, with its 80 % interval</)
  assert.doesNotMatch(svg, /NaN|Infinity/)
})

test('status, the live view and compare tell what prediction did', async (t) => {
  const study = swiftStudy({ audit: 0.5 })
  const folder = await aStore(t, { digits: study, plain: hyperbandStudy() })
  const { out } = await call('status digits', folder)
  const words = /\d+ predictors trained, \d+ trials dropped, -?\d+ epochs spared net \(\d+ less \d+ for audits/
  assert.match(out, new RegExp(`^prediction +${words.source}`, 'm'))
  assert.match(out, /^audit +\d+ of \d+ audited trials dropped falsely: [\d.]+ % \[/m)
  assert.match(
    frame(study.study, study.study.state.now, 200, 30).join('\n'),
    new RegExp(`^predict ${words.source}`, 'm'),
  )
  const status = JSON.parse((await call('status digits --json', folder)).out)
  assert.equal(status.epochs.speculative, study.study.state.epochsSpeculated)
  assert.equal(status.prediction.audit.audits, undefined)
  assert.equal(
    status.prediction.epochs.net,
    status.prediction.epochs.spared - status.prediction.epochs.audit - status.epochs.speculative,
  )
  assert.equal(JSON.parse((await call('status plain --json', folder)).out).prediction, null)
  const compared = (await call('compare digits plain', folder)).out
  assert.match(compared, /^dropped by prediction +\d+$/m)
  assert.match(compared, /^false drops +[\d.]+ % \[/m)
  assert.doesNotMatch((await call('compare plain', folder)).out, /prediction/)
})

test('a study that has only begun has nothing to show, and says what it waits for', async (t) => {
  const folder = await aStore(t, { begun: swiftStudy({ audit: 0.5 }, { events: 12 }) })
  const { out, code } = await call('audit begun', folder)
  assert.equal(code, 0)
  assert.match(out, /^No trial was dropped by a prediction yet/m)
  assert.match((await call('status begun', folder)).out, /^audit +no audited trial is judged yet$/m)
  assert.equal((await call('audit begun --svg begun.svg', folder)).code, 0)
  assert.doesNotMatch(readFileSync(join(folder, 'begun.svg'), 'utf8'), /NaN|Infinity/)
})

test('predictors and what they decide are told in words', () => {
  const { study, log } = swiftStudy({ audit: 1 }, { fitFails: (fit) => fit === 2 })
  const lines = log.map(({ event }) => lineOf(event, study)).filter((line) => line !== null)
  const has = (expected: RegExp): void =>
    assert.ok(
      lines.some((line) => expected.test(line)),
      String(expected),
    )
  has(/^predictor 1 \(last-value\) learns from \d+ trials how epochs? [\d to]+ tells? of epoch \d+$/)
  has(/^predictor 1 is trained: at epoch \d+ it tells loss at epoch \d+ to about ± [\d.]+$/)
  has(/^predictor 2 could not be trained\. Annealer unreachable\. The study goes on without it$/)
  has(
    /^prediction decides round \d of bracket \d: of \d+ trials at epoch \d+, .*\d+ are dropped; the threshold is loss [\d.]+/,
  )
  has(/^trial \d+ goes on to epoch \d+: its predicted loss /)
  assert.doesNotMatch(lines.join('\n'), /goes on to epoch \d+\. Goes on/)
  has(/^audit of trial \d+: loss [\d.]+ at epoch \d+ \(predicted [\d.]+ ± [\d.]+\), .*dropped (rightly|falsely)$/)
})

test('when prediction relaxes, status and the log say so', async (t) => {
  // The loss at an even and at an odd power of three are each other's opposite.
  const report: SmallWorld['report'] = ({ x }, epoch) => ({
    loss: Math.floor(Math.log(epoch) / Math.log(3) + 1e-9) % 2 === 0 ? Number(x) : 1 - Number(x),
  })
  const study = swiftStudy(
    { audit: 1, passes: 3, predictor: { type: 'last-value', correction: 'none' } },
    { report, slots: 2 },
  )
  const lines = study.log.map(({ event }) => lineOf(event, study.study))
  assert.ok(
    lines.some((line) => /^prediction relaxes: \d+ of \d+ audited trials had been dropped falsely/.test(line ?? '')),
  )
  const folder = await aStore(t, { crossing: study })
  assert.match((await call('status crossing', folder)).out, /^prediction .*, relaxed by [\d.]+ sd$/m)
  const { out } = await call('audit crossing', folder)
  assert.match(out, /^Prediction cannot be trusted: the share of false drops is at least [\d.]+ %\./m)
  assert.match(out, /^Prediction has relaxed by itself/m)
  const later = study.study.state.trials.findLast(({ why }) => typeof why?.['relaxation'] === 'number')
  if (later) assert.match((await call(`story crossing ${later.number}`, folder)).out, /times that ± better than it is/)
})

test('preview says what is trained whatever predictions say', async (t) => {
  const { writeFileSync } = await import('node:fs')
  const folder = await aStore(t, {})
  const file = { name: 'x', objective: 'loss', space: { lr: { type: 'float', low: 0, high: 1 } }, epochs: { max: 100 } }
  writeFileSync(join(folder, 'x.json'), JSON.stringify({ ...file, scheduler: { type: 'swift-hyperband', eta: 2 } }))
  const plan = JSON.parse((await call('preview x.json --json', folder)).out)
  // On the published curves 2846 are trained: 31 more than must be.
  assert.deepEqual([plan.epochs, plan.least.epochs], [3213, 2815])
  const { out } = await call('preview x.json', folder)
  assert.match(
    out,
    /at most: how many trials go on is up to predictions, and 2815 epochs are trained whatever they say$/m,
  )
  assert.match(out, /^bracket 0 +7 to 50 and 6 or more of them to 100$/m)
})
