/** From a store's address, as users write it, to the store. Each kind's code is loaded only where it is used. */
import type { Store } from '../ports.ts'
import type { SqliteOptions } from './sqlite-open.ts'
import { storeKindMissing, storeKindUnknown } from './store-errors.ts'

export type { SqliteOptions } from './sqlite-open.ts'

/** `memory` or `sqlite:PATH`; a relative path counts from the current folder. */
export async function openStore(url: string, options: SqliteOptions = {}): Promise<Store> {
  if (url === 'memory') return (await import('./memory.ts')).memoryStore()
  if (url.startsWith('sqlite:') && url !== 'sqlite:') {
    return (await import('./sqlite.ts')).sqliteStore(url.slice('sqlite:'.length), options)
  }
  if (/^postgres(ql)?:/.test(url)) throw storeKindMissing(withoutPassword(url), 'PostgreSQL')
  throw storeKindUnknown(withoutPassword(url))
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@')
}
