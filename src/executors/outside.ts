import type { Executor } from '../ports.ts'

/** The executor of studies that somebody else's loop drives with `ask`, `report` and `tell`: it offers no slot and runs nothing. */
export function outsideExecutor(): Executor {
  return {
    name: 'outside',
    slots: 0,
    open: async () => undefined,
    start: () => undefined,
    adopt: () => undefined,
    limit: () => undefined,
    stop: () => undefined,
    deleteCheckpoint: () => undefined,
    close: async () => undefined,
  }
}
