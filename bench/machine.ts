import { availableParallelism, loadavg } from 'node:os'

/** What a figure has to be read with. */
export interface Machine {
  readonly cores: number
  /** Of the last minute. */
  readonly loadBefore: number
  readonly loadAfter: number
  readonly node: string
  readonly sqlite: string
  readonly date: string
}

export function load(): number {
  return loadavg()[0] ?? 0
}

export function machine(loadBefore: number): Machine {
  return {
    cores: availableParallelism(),
    loadBefore,
    loadAfter: load(),
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    date: new Date().toISOString(),
  }
}

export function machineText(of: Machine): string {
  const { cores, loadBefore, loadAfter, node, sqlite, date } = of
  return `${cores} cores, load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after, Node ${node}, SQLite ${sqlite}, ${date}`
}
