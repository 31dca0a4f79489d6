/** The schedulers by the name that a study file uses. A new one is one line here. */
import { asha } from './asha.ts'
import { fastHyperband } from './fast-hyperband.ts'
import { hyperband } from './hyperband.ts'
import { median } from './median.ts'
import { none } from './none.ts'
import type { SchedulerKind } from './scheduler.ts'
import { successiveHalving } from './successive-halving.ts'
import { quantumSwiftHyperband, swiftHyperband } from './swift-hyperband.ts'

export const schedulers: { readonly [name: string]: SchedulerKind } = {
  none,
  median,
  'successive-halving': successiveHalving,
  hyperband,
  'fast-hyperband': fastHyperband,
  'swift-hyperband': swiftHyperband,
  'quantum-swift-hyperband': quantumSwiftHyperband,
  asha,
}
