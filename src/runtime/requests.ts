/**
 * What other processes ask of the controller, taken from the store a few times a second and turned into facts. A fact carries the
 * request's number, so that a crash between the fact and the answer does not repeat it.
 */
import type { Json, Metrics, TrialState } from '../core/trial.ts'
import type { Clock, Request, Store } from '../ports.ts'
import type { Event } from '../core/study/events.ts'
import type { Study } from '../core/study/study.ts'
import { askedOrder, standing } from './asked.ts'
import type { Controller, FactWithoutTime } from './controller.ts'

const pollMs = 400
const renewMs = 5_000

/** Keeps the lease and serves requests until the controller has left. */
export function serveRequests(controller: Controller, store: Store, clock: Clock): void {
  const { study, lease } = controller
  let isOver = false
  let renewedAt = clock.now()
  const over = (): void => {
    isOver = true
  }
  controller.left.then(over, over)

  async function turn(): Promise<void> {
    if (isOver) return
    for (const request of await store.requests(lease.study, study.state.lastRequest)) await serve(request)
    if (clock.now() - renewedAt >= renewMs) {
      await lease.renew()
      renewedAt = clock.now()
    }
    again()
  }

  function again(): void {
    clock.after(pollMs, () => {
      turn().catch(async (error: unknown) => {
        if (!isOver) await controller.fail(error)
      })
    })
  }

  async function serve(request: Request): Promise<void> {
    const events: Event[] = []
    for (const fact of factsOf(request, controller))
      events.push(...(await controller.submit({ ...fact, request: request.id } as FactWithoutTime)))
    await store.answer(lease.study, request.id, answerTo(request, study, events))
  }

  again()
}

function factsOf(request: Request, controller: Controller): FactWithoutTime[] {
  const data = request.data as { readonly [key: string]: Json }
  const by = typeof data['by'] === 'string' ? data['by'] : 'another process'
  switch (request.type) {
    case 'stop':
      return [{ type: 'StopRequested', by }]
    case 'pause':
      return [{ type: 'PauseRequested', by }]
    case 'resume':
      return [{ type: 'ResumeRequested', by }]
    case 'stopTrial':
      return isTrial(controller, data['trial'])
        ? [{ type: 'TrialStopRequested', trial: Number(data['trial']), by }]
        : []
    case 'import':
      return [importedFact(data)]
    case 'ask':
      return [{ type: 'TrialAsked', by }]
    case 'report':
      return askedLine(controller, data, (trial, attempt, line) => ({
        type: 'TrialReported',
        trial,
        attempt,
        line,
        epoch: Number(data['epoch']),
        metrics: data['metrics'] as unknown as Metrics,
      }))
    case 'tell':
      return askedLine(controller, data, (trial, attempt) => ({
        type: 'AttemptEnded',
        trial,
        attempt,
        outcome: { type: 'exited', code: data['failed'] === true ? 1 : 0 },
      }))
    default:
      return []
  }
}

export function importedFact(data: { readonly [key: string]: Json | undefined }): FactWithoutTime {
  return {
    type: 'TrialImported',
    configuration: data['configuration'] as { [name: string]: string | number | boolean },
    state: (data['state'] ?? 'complete') as TrialState,
    reports: (data['reports'] ?? []) as unknown as { epoch: number; metrics: Metrics }[],
    source: String(data['source'] ?? 'import'),
  }
}

function isTrial(controller: Controller, trial: Json | undefined): boolean {
  return typeof trial === 'number' && controller.study.state.trials[trial] !== undefined
}

function askedLine(
  controller: Controller,
  data: { readonly [key: string]: Json },
  fact: (trial: number, attempt: number, line: number) => FactWithoutTime,
): FactWithoutTime[] {
  if (!isTrial(controller, data['trial'])) return []
  const trial = Number(data['trial'])
  const live = controller.study.state.trials[trial]?.live
  return live?.asked ? [fact(trial, live.attempt, live.lines + 1)] : []
}

/** What the asker gets to know: the order it was given, or the state of its trial after the request. */
function answerTo(request: Request, study: Study, events: readonly Event[]): Json {
  if (request.type === 'ask')
    return askedOrder(study, events) ?? { trial: null, finished: study.state.finished !== null }
  const number = (request.data as { readonly trial?: Json }).trial
  return typeof number === 'number' ? (standing(study, number) ?? { done: true }) : { done: true }
}
