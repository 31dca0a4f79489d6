import type { Peers } from './peers.ts'
import type { Row } from './row.ts'

export interface BenchOptions {
  /** Small sizes and few repeats: shows that the bench works, measures little. */
  readonly quick: boolean
  readonly peers: Peers
  /** Progress, for people. */
  readonly say: (text: string) => void
}

export interface Bench {
  readonly name: string
  readonly measure: (options: BenchOptions) => Promise<readonly Row[]>
}
