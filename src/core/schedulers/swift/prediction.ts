/** What the predictions of Swift-Hyperband have done so far, for the view. */
import { predictionView } from '../prediction-view.ts'
import type { AuditedDrop, PredictedOutcome, PredictionView } from '../scheduler.ts'
import { shownLoss } from '../standing.ts'
import { harmAt } from './audit.ts'
import { placeOf } from './conclusions.ts'
import { roundOf, type AuditRecord } from './memory.ts'
import type { RoundAddress } from './plan.ts'
import type { Scene } from './scene.ts'

export function swiftPrediction(scene: Scene): PredictionView {
  const { plan, memory } = scene
  const { tally, models, isEarlierRefused } = memory
  const { predictor, earlier } = plan
  return predictionView(
    { predictor, models: models.values(), dropped: tally.dropped, spared: tally.spared, earlier, isEarlierRefused },
    {
      audit: {
        share: plan.audit,
        epochs: tally.auditEpochs,
        harmAt,
        blind: plan.threshold,
        audits: [...tally.audits.values()].map((audit) => auditedDrop(scene, audit)),
      },
      outcomes: memory.rounds.flatMap((rounds, bracket) =>
        rounds.flatMap((_, round) => outcomesOf(scene, { bracket, round })),
      ),
      relaxation: tally.relaxation,
    },
  )
}

function auditedDrop(scene: Scene, audit: AuditRecord): AuditedDrop {
  const { study } = scene
  const { trial, known, target, predicted, sd, loss, threshold, bar, isFalseDrop } = audit
  return {
    trial,
    ...placeOf(scene, audit),
    known,
    epoch: target,
    predicted: study.shown(predicted) + 0,
    sd,
    value: shownLoss(study, loss ?? undefined),
    threshold: shownLoss(study, bar ?? threshold),
    isFalseDrop,
  }
}

/** Those that were selected and came to the target. A round that adds one epoch predicts what is known: it tells nothing. */
function outcomesOf(scene: Scene, address: RoundAddress): PredictedOutcome[] {
  const { study, memory } = scene
  const { plan, partials, complete } = roundOf(memory, address)
  const { known, target } = plan
  if (known === target || partials.length === 0) return []
  const losses = new Map(complete.map(({ trial, key }) => [trial, key]))
  return partials.flatMap(({ trial, mean, sd }) => {
    const loss = losses.get(trial)
    if (loss === undefined) return []
    const predicted = study.shown(mean) + 0
    return [{ trial, ...placeOf(scene, address), known, epoch: target, predicted, sd, value: shownLoss(study, loss) }]
  })
}
