/**
 * What other processes ask of the controller, taken from the store a few times a second and performed. A fact carries the request's number, so
 * that a crash between the fact and the answer does not repeat it.
 */
import type { Clock, Store } from '../ports.ts'
import type { Controller } from './controller.ts'
import { perform } from './perform.ts'

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
  const over = (): void => {
    isOver = true
  }
  controller.left.then(over, over)

  /** One after the other, so that no request is taken twice. */
  function serve(): Promise<void> {
    serving = serving.then(servePending)
    return serving
  }

  async function servePending(): Promise<void> {
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
