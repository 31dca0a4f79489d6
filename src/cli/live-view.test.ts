import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evolve } from '../core/study/evolve.ts'
import { createStudy } from '../core/study/study.ts'
import { algorithms, aStudy, schedulerOf, startedAt } from '../core/study/views/small-study.laws.ts'
import type { SmallStudy } from '../core/study/views/small-study.laws.ts'
import { isNotable, lineOf } from './event-text.ts'
import { frame, newRecent } from './live-view.ts'

const bracket = { scheduler: schedulerOf('hyperband', { eta: 3 }), budget: { trials: 9 } }

/** Each event's line, told as the log grows. */
function linesOf({ log }: SmallStudy): { type: string; line: string | null; notable: boolean }[] {
  const [first, ...rest] = log
  if (first?.event.type !== 'StudyCreated') throw new Error('a log begins with StudyCreated')
  const study = createStudy(first.event, algorithms)
  return rest.map(({ event }) => {
    evolve(study, event)
    return { type: event.type, line: lineOf(event, study), notable: isNotable(event, study) }
  })
}

test('a frame shows how far the study is, its best with direction, and what runs where', () => {
  const { study } = aStudy({ definition: bracket, slots: 3, events: 60 })
  const lines = frame(study, study.state.now, 120, 24, { recent: ['trial 5 was stopped'] })
  assert.equal(lines[0], 'small  3 of 3 slots busy')
  assert.match(lines[1]!, /^█+░+ +\d+% {2}\d+s, about \d+s left$/)
  assert.match(lines[2]!, /^trials {2}9 of 9: 3 running/)
  assert.match(lines[3]!, /^epochs {2}\d+ spent, \d+ on order, \d+ saved/)
  assert.match(lines[4]!, /^best {4}trial \d: loss \S+ \(minimize\) at epoch/)
  const running = lines.filter((line) => /^ +\d+ +\d\/\d +[▁-█]+ +\d/.test(line))
  assert.equal(running.length, 3)
  assert.equal(lines.at(-1), 'trial 5 was stopped')
})

test('a frame never exceeds its terminal, and tells how many it leaves out', () => {
  const { study } = aStudy({
    definition: { scheduler: schedulerOf('none'), budget: { trials: 200 } },
    slots: 100,
    events: 400,
  })
  for (const [columns, rows] of [
    [80, 24],
    [40, 12],
    [30, 6],
    [200, 60],
    [20, 2],
  ] as const) {
    const lines = frame(study, study.state.now, columns, rows, {
      recent: Array.from({ length: 9 }, () => 'x'.repeat(300)),
    })
    assert.ok(lines.length <= rows - 1, `${lines.length} lines on ${rows} rows`)
    for (const line of lines) assert.ok(line.length <= columns)
  }
  assert.ok(frame(study, study.state.now, 80, 24).some((line) => /^and 8\d more$/.test(line)))
})

test('a finished study says so in its frame', () => {
  const { study } = aStudy({ definition: bracket })
  const lines = frame(study, study.state.now, 100, 24)
  assert.match(lines[0]!, /^small {2}finished\. /)
  assert.match(lines[1]!, /^█+ 100%/)
})

test('every report and every decision about a trial has a line; what tells nothing has none', () => {
  const lines = linesOf(
    aStudy({
      definition: bracket,
      endsAt: (trial, epoch, attempt) =>
        trial === 1 && epoch === 0 && attempt === 1 ? { type: 'exited', code: 4 } : null,
    }),
  )
  const of = (type: string) => lines.filter((line) => line.type === type).map((line) => line.line)
  assert.match(of('TrialReported')[0]!, /^trial 0 epoch 1: loss 1\.\d+$/)
  assert.match(of('TrialReported').at(-1)!, /epoch 9: loss \S+ \(complete\)$/)
  assert.match(of('CreateTrial')[0]!, /^trial 0 new: x 0\.\d+, kind [ab]$/)
  assert.match(of('StopTrial')[0]!, /^trial \d was stopped at epoch 1: its loss/)
  assert.ok(of('AttemptEnded').includes('trial 1 attempt 1 ended: exit code 4'))
  assert.match(of('FinishStudy')[0]!, /^finished\. /)
  for (const type of ['ReleaseTrial', 'Conclude', 'DeleteCheckpoint'])
    assert.deepEqual(new Set(of(type)), new Set([null]))
  for (const { line } of lines) assert.doesNotMatch(line ?? '', /undefined|\[object|unknown/)
})

test('the last few notable events are kept, reports only when they complete a trial', () => {
  const small = aStudy({ definition: bracket })
  const recent = newRecent()
  for (const { event } of small.log) recent.add(event, small.study)
  assert.equal(recent.lines.length, 5)
  assert.match(recent.lines.at(-1)!, /^controller left/)
  assert.ok(linesOf(small).filter((line) => line.notable && line.type === 'TrialReported').length === 1)
})

test('a frame of 5,000 trials fits the terminal, and reads the curves of no trial but those it shows', () => {
  const { study } = aStudy({ definition: { scheduler: schedulerOf('none'), budget: { trials: 1 } } })
  const [only] = study.state.trials
  let curvesRead = 0
  for (let number = 1; number < 5000; number++) {
    const values = [[number, number]]
    study.state.trials.push({
      ...only!,
      number,
      epochs: [1, 2],
      get values() {
        curvesRead++
        return values
      },
      epoch: 2,
      state: number % 20 === 0 ? 'complete' : 'stopped',
      createdAt: startedAt,
    })
  }
  const lines = frame(study, study.state.now, 100, 30)
  assert.ok(lines.length < 30 && lines.every((line) => line.length <= 100))
  // The best is looked for among the complete trials: one look at the last value of each, and another to tell it.
  assert.ok(curvesRead <= 5000, `${curvesRead} curves were read`)
})
