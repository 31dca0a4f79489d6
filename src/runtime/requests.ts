/**
 * What other processes ask of the controller, taken from the store a few times a second and performed. A fact carries the request's number, so
 * that a crash between the fact and the answer does not repeat it.
 */
import { isDecision } from '../core/study/events.ts'
import type { Event } from '../core/study/events.ts'
import type { Clock, Store } from '../ports.ts'
import type { Controller } from './controller.ts'
import { answerTo, perform } from './perform.ts'

const pollMs = 400
const renewMs = 5_000

export interface RequestServer {
  /** Serves the requests that are there now. */
  serve(): Promise<void>
}

/** Keeps the lease and serves requests until the controller has left. */
export function serveRequests(controller: Controller, store: Store, clock: Clock): RequestServer {
  const { study, lease } = controller
  let isOver = false
  let renewedAt = clock.now()
  let serving = Promise.resolve()
  let isFirst = true
  const over = (): void => {
    isOver = true
  }
  controller.left.then(over, over)

  /** One after the other, so that no request is taken twice. */
  function serve(): Promise<void> {
    serving = serving.then(servePending)
    return serving
  }

  /** A controller that died between a fact and its answer has left an asker waiting. It answered all the others before. */
  async function answerTheLast(): Promise<void> {
    const { lastRequest, lastRequestSeq } = study.state
    if (lastRequest === 0 || (await store.answered(lease.study, lastRequest)) !== undefined) return
    const [request] = await store.requests(lease.study, lastRequest - 1)
    if (request?.id !== lastRequest) return
    const events = await batchFrom(store, lease.study, lastRequestSeq)
    await store.answer(lease.study, lastRequest, answerTo(request, study, events))
  }

  async function servePending(): Promise<void> {
    if (isFirst) await answerTheLast()
    isFirst = false
    for (const { id, type, data } of await store.requests(lease.study, study.state.lastRequest)) {
      if (isOver) return
      // One that was refused has left no fact, only its answer.
      if ((await store.answered(lease.study, id)) !== undefined) continue
      await store.answer(lease.study, id, await perform(controller, { type, data }, id))
    }
  }

  async function turn(): Promise<void> {
    if (isOver) return
    await serve()
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

  again()
  return { serve }
}

/** The fact with this number, and what followed from its batch. */
async function batchFrom(store: Store, study: string, fromSeq: number): Promise<Event[]> {
  const events: Event[] = []
  let isOpen = true
  for await (const chunk of store.read(study, { fromSeq })) {
    for (const { event } of chunk) {
      if (!isDecision(event)) {
        if (!isOpen) return events
        isOpen = event.more === true
      }
      events.push(event)
    }
  }
  return events
}
