/**
 * Audits: a random share of the trials that prediction dropped is trained to the round's target all the same. One that ends there better than the
 * threshold which its prediction missed was dropped *falsely*: had its end been known, it would have been selected. It takes no part in the race: an audit
 * tells how far prediction can be trusted, it does not change who wins.
 *
 * Why not "it would have been among the survivors": a round has few more complete trials than places, and some of these were sent whatever their curve
 * looked like, so that a dropped trial easily beats the worst of them. By that measure a good predictor and dice are hardly to be told apart.
 *
 * Measured with audit 1 over 20 seeds (nu-svr, one pass; 12-epoch table: 3 passes), share of false drops, and beside it what is found when predictions
 * are replaced by dice (about `threshold` of those who are dropped blindly are better than it):
 *   table and eta                falsely   dice     among the survivors   dice
 *   particle flow, 2 and 3       4, 6 %    22, 24 %      67, 29 %         86, 63 %
 *   image classifiers, 2         0 %       30 %          37 %             80 %
 *   small image networks, 2      3 %       39 %          16 %             61 %
 *   language model, 2 and 3     17, 21 %   29, 27 %      71, 42 %         84, 51 %   (most of its trials end at chance level)
 *
 * When the false drops are too many to be chance (the lower 99 % limit of their share lies above `harmAt`; 99, since it is looked at after every audit),
 * prediction relaxes: half an sd more is taken off every further prediction before it is compared, and the count begins anew. With `harmAt` = 0.2 no
 * study on the first three tables relaxed, at audit 1 or 0.2, and one in twenty on the language model at audit 1; dice do after some 40 to 150 audits, and
 * a predictor that takes curves that cross to be parallel after three.
 */
import { lowerLimit } from '../../maths/proportion.ts'
import type { Json } from '../../trial.ts'
import { shownLoss } from '../standing.ts'
import { placeOf } from './conclusions.ts'
import { barAtEnd } from './fates.ts'
import { roundOf, type AuditRecord } from './memory.ts'
import type { RoundAddress } from './plan.ts'
import type { Scene } from './scene.ts'

export const AUDIT_TOPIC = 'audit'
export const RELAX_TOPIC = 'prediction-relaxed'

/** A share of false drops beyond this does harm. */
export const harmAt = 0.2
const harmAlpha = 0.01
const relaxationStep = 0.5
const relaxationMax = 3

/** The data of a `Conclude` with topic `audit`, in the user's sign. */
export interface AuditConclusion {
  readonly [key: string]: Json
  readonly pass: number
  readonly bracket: number
  readonly round: number
  readonly trial: number
  readonly known: number
  readonly epoch: number
  readonly predicted: number | null
  readonly sd: number
  readonly value: number | null
  /** What it would have had to beat, now that all who set it are there. null = there is none. */
  readonly threshold: number | null
  readonly isFalseDrop: boolean
}

/** The data of a `Conclude` with topic `prediction-relaxed`. */
export interface RelaxConclusion {
  readonly [key: string]: Json
  /** Among the audits since the last relaxation. */
  readonly falseDrops: number
  readonly audits: number
  /** So many sd are taken off every further prediction. */
  readonly relaxation: number
}

/** Judges the audited trials of a round that is cut. */
export function judgeAudits(scene: Scene, address: RoundAddress): void {
  const { memory, study } = scene
  const round = roundOf(memory, address)
  if (!round.isCut) return
  for (const trial of round.audited) {
    const audit = memory.tally.audits.get(trial)
    if (!audit || audit.loss === null || audit.isFalseDrop !== null) continue
    const { known, target, sd, loss } = audit
    const bar = barAtEnd(scene, round)
    audit.bar = bar
    audit.isFalseDrop = loss < bar
    const data: AuditConclusion = {
      ...placeOf(scene, address),
      trial,
      known,
      epoch: target,
      predicted: shownLoss(study, audit.predicted),
      sd,
      value: shownLoss(study, loss),
      threshold: shownLoss(study, bar),
      isFalseDrop: audit.isFalseDrop,
    }
    memory.sayings.push({ type: 'conclude', topic: AUDIT_TOPIC, data })
    endAudit(scene, audit, data)
    count(scene, audit)
  }
}

function endAudit({ memory }: Scene, { trial }: AuditRecord, data: AuditConclusion): void {
  const member = memory.members.get(trial)
  if (!member) return
  const { epoch, predicted, sd, value, threshold, isFalseDrop } = data
  const why = { rule: 'swift-audited', epoch, predicted, sd, value, threshold, isFalseDrop }
  if (member.isEnded) memory.members.delete(trial)
  else memory.sayings.push({ type: 'stop', trial, why })
}

/** Only what was dropped since the last relaxation tells whether that was enough. */
function count({ memory }: Scene, { relaxation, isFalseDrop }: AuditRecord): void {
  const { tally } = memory
  tally.openAudits--
  if (relaxation !== tally.relaxation) return
  tally.judged++
  if (isFalseDrop) tally.falseDrops++
  const { judged, falseDrops } = tally
  if (relaxation >= relaxationMax || lowerLimit(falseDrops, judged, harmAlpha) <= harmAt) return
  Object.assign(tally, { relaxation: relaxation + relaxationStep, judged: 0, falseDrops: 0 })
  const data: RelaxConclusion = { falseDrops, audits: judged, relaxation: tally.relaxation }
  memory.sayings.push({ type: 'conclude', topic: RELAX_TOPIC, data })
}

export function isAuditing({ openAudits }: { readonly openAudits: number }): boolean {
  return openAudits > 0
}
