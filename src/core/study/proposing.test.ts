import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplers } from '../samplers/index.ts'
import { schedulers } from '../schedulers/index.ts'
import type { Decision, Event } from './events.ts'
import { learners } from './learning.laws.ts'
import { answerOf, searchInput } from './proposing.ts'
import { aStory, ended, opened, report } from './story.laws.ts'
import type { Story } from './story.laws.ts'
import { newVerifier } from './verify.ts'

const algorithms = { samplers: { ...samplers, ...learners }, schedulers }

function aLearningStory(sampler: string, slots: number, trials = 8): Story {
  return aStory(
    { sampler: { type: sampler }, budget: { trials }, epochs: { min: 1, max: 1, resource: 'epochs' } },
    slots,
    algorithms,
  )
}

/** The fact that answers the newest request. It must be asked for while nothing else has been told. */
function answer(story: Story, ms = 0) {
  const asked = story.decisions().findLast((decision) => decision.type === 'ProposeConfigurations')
  assert.ok(asked, 'the model was asked')
  const { model } = story.study.sampler
  assert.ok(model)
  const proposals = model.search(searchInput(story.study, asked as Decision & { type: 'ProposeConfigurations' }))
  return { type: 'ConfigurationsProposed' as const, proposal: asked.proposal, ...answerOf(proposals), note: { ms } }
}

const finish = (trial: number) => [report(trial, 1, 1 / (1 + trial)), ended(trial)]

function verified(log: readonly Event[]) {
  const verifier = newVerifier(algorithms)
  for (const [index, event] of log.entries()) verifier.take(index + 1, event)
  return verifier.end()
}

test('a quick model is asked within the loop, one trial at a time', () => {
  const story = aLearningStory('quick', 1)
  story.tell(opened(1))
  story.tell(...finish(0))
  assert.deepEqual(story.tell(...finish(1)), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 1'])
})

test('a slow model is asked for as many configurations as there are free slots, once they are free', () => {
  const story = aLearningStory('slow', 3)
  assert.deepEqual(story.tell(opened(3)), [
    'CreateTrial 0',
    'StartAttempt 0.1 0 -> 1',
    'CreateTrial 1',
    'StartAttempt 1.1 0 -> 1',
    'ProposeConfigurations 2 x 1',
  ])
  const first = answer(story)
  assert.deepEqual(story.tell(...finish(0), ...finish(1)), [], 'one request at a time')
  assert.deepEqual(story.tell(first), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 1', 'ProposeConfigurations 3 x 2'])
  assert.deepEqual(story.tell(answer(story)), [
    'CreateTrial 3',
    'StartAttempt 3.1 0 -> 1',
    'CreateTrial 4',
    'StartAttempt 4.1 0 -> 1',
  ])
  assert.deepEqual(verified(story.log).problems, [])
})

test('a model is not asked for more trials than the budget has', () => {
  const story = aLearningStory('slow', 20, 5)
  assert.ok(story.tell(opened(20)).includes('ProposeConfigurations 2 x 3'))
  const decisions = story.tell(answer(story))
  assert.equal(decisions.filter((decision) => decision.startsWith('CreateTrial')).length, 3)
  assert.ok(decisions.includes('CloseSampling trial-budget'))
})

test('where trials begin faster than the model answers, it is asked for some to spare', () => {
  const story = aLearningStory('slow', 16, 1000)
  story.tell(opened(16))
  story.time = 100
  assert.deepEqual(
    story.tell(answer(story, 50)).at(-1),
    'ProposeConfigurations 16 x 4',
    '16 trials in 100 ms: 2 at hand, 2 more by then',
  )
  story.time = 150
  story.tell(answer(story, 50))
  assert.equal(story.study.state.proposed.length, 4)
  const decisions = story.tell(...finish(0), ...finish(1), ...finish(2))
  assert.equal(decisions.filter((decision) => decision.startsWith('CreateTrial')).length, 3, 'no slot waits')
  assert.ok(decisions.at(-1)?.startsWith('ProposeConfigurations'))
})

test('a configuration that was imported while the model thought is not trained again', () => {
  const story = aLearningStory('slow', 1)
  story.tell(opened(1))
  story.tell(...finish(0))
  story.tell(...finish(1))
  const proposed = answer(story)
  const [one] = proposed.configurations
  assert.ok(one)
  story.tell({
    type: 'TrialImported',
    configuration: one.configuration,
    state: 'complete',
    reports: [],
    source: 'elsewhere',
  })
  assert.deepEqual(story.tell(proposed), ['ProposeConfigurations 3 x 1'])
  assert.deepEqual(story.tell(answer(story)), ['CreateTrial 3', 'StartAttempt 3.1 0 -> 1'])
  assert.deepEqual(verified(story.log).problems, [])
})

test('a controller that comes after a crash asks anew, and a late answer to the first request changes nothing', () => {
  const story = aLearningStory('slow', 1)
  story.tell(opened(1))
  story.tell(...finish(0))
  story.tell(...finish(1))
  const late = answer(story)
  assert.deepEqual(story.tell({ ...opened(1), fence: 2 } as ReturnType<typeof opened>), ['ProposeConfigurations 2 x 1'])
  const now = answer(story)
  assert.deepEqual(story.tell(late), [])
  assert.deepEqual(story.tell(now), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 1'])
  assert.deepEqual(verified(story.log).problems, [])
})

test("another loop's ask is served when the model has answered", () => {
  const story = aLearningStory('slow', 0)
  story.tell(opened(0))
  for (const trial of [0, 1]) {
    story.tell({ type: 'TrialAsked', by: 'me' })
    story.tell(...finish(trial))
  }
  assert.deepEqual(story.tell({ type: 'TrialAsked', by: 'me' }), ['ProposeConfigurations 2 x 1'])
  assert.deepEqual(story.tell(answer(story)), [])
  assert.deepEqual(story.tell({ type: 'TrialAsked', by: 'me' }), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 1'])
})

test('a study does not end while configurations are being proposed', () => {
  const story = aLearningStory('slow', 1, 3)
  story.tell(opened(1))
  story.tell(...finish(0))
  assert.deepEqual(story.tell(...finish(1)), ['ProposeConfigurations 2 x 1'])
  story.tell(answer(story))
  assert.deepEqual(story.tell(...finish(2)).at(-1), 'FinishStudy trial-budget')
})

test('an altered proposal is named by verify', () => {
  const story = aLearningStory('slow', 1)
  story.tell(opened(1))
  story.tell(...finish(0))
  story.tell(...finish(1))
  story.tell(answer(story))
  const wrong = story.log.map((event) =>
    event.type === 'ConfigurationsProposed' ? { ...event, configurations: [{ configuration: { x: 0.123 } }] } : event,
  )
  const [problem] = verified(wrong).problems
  assert.match(problem?.problem ?? '', /do not follow from the trials before it/)
})
