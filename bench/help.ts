import { runNode } from './child.ts'
import type { BenchOptions } from './bench.ts'
import { installedForetune } from './installed-package.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

/** What a command costs before it does anything. */
export async function help({ quick }: BenchOptions): Promise<readonly Row[]> {
  const bin = await installedForetune()
  const ours: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < (quick ? 5 : 41); turn++) {
    ours.push((await runNode([bin, '--help'])).ms)
    bare.push((await runNode(['-e', '0'])).ms)
  }
  const reach = { type: 'ratio at most', value: 2 } as const
  return [row('foretune --help, built package', 'ms', ours, { against: { name: 'node -e 0', values: bare }, reach })]
}
