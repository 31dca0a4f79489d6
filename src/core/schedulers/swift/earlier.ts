/**
 * Curves of an earlier study teach from the first trial on; but only if they are of the same scale. That is looked at once, when the first
 * predictions are wanted (earlier-scale.ts); if they are not, the earlier curves are refused, and the study learns from its own.
 */
import { earlierRefusal } from '../earlier-scale.ts'
import { roundOf } from './memory.ts'
import { modelKey, type RoundAddress } from './plan.ts'
import { touch, type Scene } from './scene.ts'

/** Fewer say little of a scale: then it is looked at again. */
const enoughTrials = 4

export const EARLIER_TOPIC = 'earlier-refused'

export function isOfScale(scene: Scene, address: RoundAddress): boolean {
  const { plan, memory, study } = scene
  if (plan.earlier === null || memory.isEarlierChecked) return true
  const round = roundOf(memory, address)
  const { known } = round.plan
  const reached = round.ranks.map(({ trial }) => trial).filter((trial) => study.epoch(trial) >= known)
  memory.isEarlierChecked = reached.length >= enoughTrials
  const refusal = earlierRefusal(study, plan.earlier, reached, known)
  if (refusal === null) return true
  memory.isEarlierChecked = true
  refuse(scene)
  memory.sayings.push({ type: 'conclude', topic: EARLIER_TOPIC, data: refusal })
  return false
}

/** What was planned for curves that do not count is planned anew; rounds whose fates are decided stay as they are. */
function refuse(scene: Scene): void {
  const { memory } = scene
  memory.isEarlierRefused = true
  memory.models.clear()
  memory.unfitted.clear()
  // What is under way is left to answer; what has not been asked for yet is not.
  for (let index = memory.sayings.length - 1; index >= 0; index--) {
    const saying = memory.sayings[index]
    if (saying?.type !== 'fit') continue
    memory.fitting.delete(modelKey(saying.target, saying.known))
    memory.sayings.splice(index, 1)
  }
  memory.rounds.forEach((rounds, bracket) =>
    rounds.forEach((round, number) => {
      if (round.isDecided) return
      const address = { bracket, round: number }
      round.planned = Math.min(round.size, scene.walk.at(address).planned)
      round.taught = null
      touch(scene, address)
    }),
  )
}
