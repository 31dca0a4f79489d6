import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../events.ts'
import { aStudy, schedulerOf, type SmallStudy } from './small-study.laws.ts'
import { story, type Story } from './story.ts'

const isAhead = (event: Event): boolean =>
  (event.type === 'RaiseUntil' || event.type === 'StartAttempt') && event.speculative === true

function swiftStudy(): SmallStudy {
  const epochs = { min: 1, max: 27, resource: 'epochs' }
  const scheduler = schedulerOf('swift-hyperband', { eta: 3, d: 4, predictor: 'last-value' })
  return aStudy({ slots: 30, definition: { epochs, scheduler, budget: {} } })
}

function told({ study, log }: SmallStudy, trial: number, options = {}): Story {
  const events = log.filter(({ event }) => 'trial' in event && event.trial === trial)
  return story(study, trial, events, options)
}

/** The trial that trained ahead by the most orders in a row. */
function furthestAhead({ log }: SmallStudy): { readonly trial: number; readonly orders: Event[] } {
  const ahead = log.map(({ event }) => event).filter(isAhead) as (Event & { readonly trial: number })[]
  const byTrial = [...Map.groupBy(ahead, ({ trial }) => trial)].toSorted(([, a], [, b]) => b.length - a.length)
  const [trial = -1, orders = []] = byTrial[0] ?? []
  return { trial, orders }
}

test('orders ahead of a decision are one line, with the epochs that they came to', () => {
  const small = swiftStudy()
  const { trial, orders } = furthestAhead(small)
  assert.ok(orders.length > 3, String(orders.length))
  const { lines } = told(small, trial)
  const ahead = lines.filter(({ text }) => text.includes('rains ahead'))
  assert.equal(ahead.length, 1)
  const last = orders.at(-1) as Event & { readonly until: number }
  assert.match(
    ahead[0]!.text,
    new RegExp(
      `^Trains ahead to epoch ${last.until} in a slot that would be idle; round \\d of bracket \\d is not decided yet\\. ` +
        `Ordered epoch by epoch\\. Reported epochs \\d+ to ${last.until}: loss `,
    ),
  )
  for (const [index, line] of lines.entries()) assert.ok(line.seq! > (lines[index - 1]?.seq ?? 0))
})

test('what follows from the decision has its own lines', () => {
  const small = swiftStudy()
  const { trial } = furthestAhead(small)
  const { lines } = told(small, trial)
  const after = lines.slice(lines.findIndex(({ text }) => text.includes('rains ahead')) + 1)
  assert.ok(after.length > 0)
  assert.ok(after.every(({ text }) => !text.includes('not decided yet')))
  assert.ok(after.some(({ type }) => type === 'StopTrial' || type === 'RaiseUntil' || type === 'StartAttempt'))
})

test('every report has its line where each is wanted, and every order', () => {
  const small = swiftStudy()
  const { trial, orders } = furthestAhead(small)
  const { lines } = told(small, trial, { everyReport: true })
  assert.equal(lines.filter(({ text }) => /rains ahead/.test(text)).length, orders.length)
  const reports = small.log.filter(({ event }) => event.type === 'TrialReported' && event.trial === trial)
  assert.equal(lines.filter(({ type }) => type === 'TrialReported').length, reports.length)
})

test('no event of a story is lost but those that are folded', () => {
  const small = swiftStudy()
  for (const { number } of small.study.state.trials) {
    const plain = told(small, number, { everyReport: true }).lines.filter(({ type }) => type !== 'TrialReported')
    const folded = told(small, number).lines
    const orders = small.log.filter(({ event }) => isAhead(event) && 'trial' in event && event.trial === number)
    if (orders.length < 2)
      assert.deepEqual(
        folded.filter(({ type }) => type !== 'TrialReported'),
        plain,
      )
    else
      assert.ok(
        plain.filter(({ type }) => type === 'StopTrial').length ===
          folded.filter(({ type }) => type === 'StopTrial').length,
      )
  }
})
