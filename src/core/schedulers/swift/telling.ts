/** The conclusions of Swift-Hyperband in plain sentences. */
import type { Json } from '../../trial.ts'
import type { EarlierRefusal } from '../earlier-scale.ts'
import { earlierText } from '../earlier-words.ts'
import { shown } from '../wording.ts'
import { AUDIT_TOPIC, RELAX_TOPIC, type AuditConclusion, type RelaxConclusion } from './audit.ts'
import { SELECTION_TOPIC, type SelectionConclusion } from './conclusions.ts'
import { EARLIER_TOPIC } from './earlier.ts'

export function tellSwift(topic: string, data: Json, metric: string): string | null {
  switch (topic) {
    case SELECTION_TOPIC:
      return selectionText(data as SelectionConclusion, metric)
    case AUDIT_TOPIC:
      return auditText(data as AuditConclusion, metric)
    case RELAX_TOPIC:
      return relaxText(data as RelaxConclusion)
    case EARLIER_TOPIC:
      return earlierText(data as unknown as EarlierRefusal)
    default:
      return null
  }
}

function selectionText(data: SelectionConclusion, metric: string): string | null {
  const { bracket, round, known, epoch, sent, selected, dropped, threshold, rule, isFree } = data
  // Nothing follows from it: everybody is at the target already.
  if (isFree) return null
  const where = `round ${round} of bracket ${bracket}`
  const goOn =
    rule === 'threshold' || threshold === null
      ? `${selected.length} go on to epoch ${epoch}`
      : `the best ${selected.length} go on to epoch ${epoch}, which fills the next round`
  const bar =
    threshold === null
      ? ''
      : `; the threshold is ${metric} ${shown(threshold)}, from ${sent.length} that were trained on without a prediction`
  const parked = selected.length + dropped.length
  return `prediction decides ${where}: of ${parked} ${parked === 1 ? 'trial' : 'trials'} at epoch ${known}, ${goOn}, ${dropped.length} are dropped${bar}`
}

function auditText(
  { trial, epoch, predicted, sd, value, threshold, isFalseDrop }: AuditConclusion,
  metric: string,
): string {
  const is = value === null ? `no finite ${metric}` : `${metric} ${shown(value)}`
  const said = `predicted ${shown(predicted)} ± ${shown(sd)}`
  const right = isFalseDrop
    ? `better than the threshold ${shown(threshold)}, so that it had been dropped falsely`
    : 'so that it had been dropped rightly'
  return `audit of trial ${trial}: ${is} at epoch ${epoch} (${said}), ${right}`
}

function relaxText({ falseDrops, audits, relaxation }: RelaxConclusion): string {
  return (
    `prediction relaxes: ${falseDrops} of ${audits} audited trials had been dropped falsely, more than chance explains. ` +
    `From now on every prediction counts as ${shown(relaxation)} times its ± better than it is, so that fewer trials are dropped`
  )
}
