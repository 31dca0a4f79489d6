/**
 * What all samplers share: no configuration is proposed twice while an unseen one exists.
 *
 * A sampler's own proposal is asked for a few times; then uniform draws are tried; then the grid is walked from a random place to its
 * end and on from its beginning. The grid of a finite space is all of it. In a continuous space a grid with more levels than there are trials
 * reaches an unseen configuration if any axis can still move.
 *
 * Cost: usually one draw; at worst a walk past all seen configurations.
 */
import type { Configuration } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import { enumerate, isForbidden, randomConfiguration } from '../space/space.ts'
import type { StudyView } from '../study/study-view.ts'
import type { Proposal } from './sampler.ts'

const attemptsAtMost = 100

/**
 * `propose` may give forbidden or seen configurations, and null if it has none this time. It is asked again with the number of the attempt;
 * anything random in it should come from `stream`, which has moved on. `attempts` is for proposals that are dear.
 */
export function unseen(
  study: StudyView,
  stream: Stream,
  propose: (attempt: number) => Configuration | null,
  attempts: number = attemptsAtMost,
): Proposal {
  const isFresh = (configuration: Configuration) =>
    !isForbidden(study.space, configuration) && !study.isSeen(configuration)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const configuration = propose(attempt)
    if (configuration && isFresh(configuration)) return { configuration }
  }
  return unseenAnywhere(study, stream, isFresh)
}

function unseenAnywhere(
  study: StudyView,
  stream: Stream,
  isFresh: (configuration: Configuration) => boolean,
): Proposal {
  const { space, trialCount } = study
  const exhausted: Proposal = { exhausted: spaceExhausted(space.size) }
  if (space.size === 0) return exhausted
  for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
    const configuration = randomConfiguration(space, stream)
    if (!configuration) return exhausted
    if (isFresh(configuration)) return { configuration }
  }
  const levels = space.size === Infinity ? trialCount + 2 : 1
  const start = randomConfiguration(space, stream) ?? undefined
  for (const configuration of enumerate(space, levels, start)) if (isFresh(configuration)) return { configuration }
  for (const configuration of enumerate(space, levels)) if (isFresh(configuration)) return { configuration }
  return exhausted
}

/** The reason of every sampler that has nothing left. `size` = how many configurations there were. */
export function spaceExhausted(size: number): { readonly rule: 'space-exhausted'; readonly size: number } {
  return { rule: 'space-exhausted', size }
}
