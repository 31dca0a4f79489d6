import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aStory, ended, opened, report } from './story.laws.ts'

const asha = { type: 'asha', eta: 3, form: 'promotion' }

function says(trial: number, line: number, epoch: number, metrics: { readonly [name: string]: number }) {
  return { type: 'TrialReported', trial, attempt: 1, line, epoch, metrics } as const
}

test('a second report of an epoch adds metrics, and no epoch to the budget', () => {
  const story = aStory({ budget: { epochs: 4 } })
  story.tell(opened())
  for (let epoch = 1; epoch <= 3; epoch++)
    story.tell(says(0, 2 * epoch - 1, epoch, { loss: 0.5 }), says(0, 2 * epoch, epoch, { accuracy: 0.9 }))
  const { state } = story.study
  assert.deepEqual([state.epochsTrained, state.epochsRepeated, state.epochsReserved], [3, 0, 1])
})

test('a program that lost its checkpoint repeats epochs: each counts once, however many lines tell of it', () => {
  const story = aStory({ budget: { trials: 1 } })
  story.tell(opened())
  story.tell(report(0, 1, 0.5), report(0, 2, 0.4))
  story.tell(ended(0, { type: 'exited', code: 1 }))
  const again = (line: number, epoch: number, metrics: { readonly [name: string]: number }) =>
    ({ ...says(0, line, epoch, metrics), attempt: 2 }) as const
  story.tell(again(1, 1, { loss: 0.5 }), again(2, 1, { accuracy: 0.9 }), again(3, 2, { loss: 0.4 }))
  assert.equal(story.study.state.epochsRepeated, 2)
})

test('the first word on an epoch stands: a later NaN fails nobody, and a later good value meets no target', () => {
  const story = aStory({ budget: { trials: 1, target: 0.1 } })
  story.tell(opened())
  assert.deepEqual(story.tell(says(0, 1, 1, { loss: 0.5 }), says(0, 2, 1, { loss: NaN, size: 1 })), [])
  assert.deepEqual(story.tell(says(0, 3, 1, { loss: 0.01, speed: 1 })), [])
  assert.equal(story.study.state.targetMet, null)
})

test('a trial is judged when its epoch is known: not by the metric that came one line before the objective', () => {
  const story = aStory({ scheduler: asha, budget: { trials: 3 } }, 3)
  story.tell(opened(3))
  story.tell(report(0, 1, 0.5), report(1, 1, 0.6))
  story.tell(says(2, 1, 1, { accuracy: 0.9 }))
  assert.deepEqual(story.tell(says(2, 2, 1, { loss: 0.1 })), ['RaiseUntil 2 -> 3'])
})

test('an epoch of which the objective never comes is judged by what there is when the attempt ends', () => {
  const story = aStory({ scheduler: asha, budget: { trials: 3 } })
  story.tell(opened())
  for (const [trial, loss] of [0.5, 0.4, 0.1].entries()) {
    story.tell(report(trial, 1, loss))
    if (trial < 2) story.tell(ended(trial))
  }
  // Trial 2 goes on to epoch 3, where it says something else.
  assert.deepEqual(story.tell(says(2, 2, 3, { accuracy: 0.9 })), [])
  story.tell(ended(2))
  assert.equal(story.study.state.trials[2]?.arrivedUntil, 3)
  assert.equal(story.study.view.loss(2), 0.1)
})

test('with several objectives each must be known once before a trial is judged', () => {
  const objectives = ['loss', 'size'].map((metric) => ({ metric, direction: 'minimize', value: 'last' }) as const)
  const story = aStory({ scheduler: asha, objectives, budget: { trials: 1 } })
  story.tell(opened())
  story.tell(says(0, 1, 1, { loss: 0.5 }))
  assert.equal(story.study.state.trials[0]?.arrivedUntil, 0)
  story.tell(says(0, 2, 1, { size: 7 }))
  assert.equal(story.study.state.trials[0]?.arrivedUntil, 1)
})

test('a changed budget leaves a met target met, and finds the report that meets a new one', () => {
  const story = aStory({ budget: { trials: 4, target: 0.3 } }, 2)
  story.tell(opened(2))
  story.tell(report(0, 1, 0.25), report(1, 1, 0.05))
  story.tell(ended(0), ended(1))
  assert.equal(story.study.state.finished?.rule, 'target')
  assert.deepEqual(story.tell({ type: 'StudyChanged', budget: { trials: 9, target: 0.3 } }), ['FinishStudy target'])
  assert.deepEqual(story.tell({ type: 'StudyChanged', budget: { trials: 9, target: 0.1 } }), ['FinishStudy target'])
  assert.equal(story.study.state.finished?.['trial'], 1)
  assert.notDeepEqual(story.tell({ type: 'StudyChanged', budget: { trials: 9, target: 0.01 } }), ['FinishStudy target'])
  assert.equal(story.study.state.finished, null)
})

test('changed failure limits do not call off the end of a study whose target is met', () => {
  const story = aStory({ budget: { trials: 4, target: 0.3 } })
  story.tell(opened())
  story.tell(report(0, 1, 0.2))
  const { failures } = story.study.state
  story.tell({ type: 'StudyChanged', failures: { ...failures, retries: 3 } })
  assert.deepEqual(story.tell(ended(0)), ['FinishStudy target'])
})
