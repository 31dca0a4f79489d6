/**
 * Where a study begins, with what is known already: the even design, bent to the user's priors; or draws from the good trials of an earlier study.
 * Where neither is known nothing is changed.
 */
import type { Configuration } from '../trial.ts'
import { stream, type Stream } from '../maths/stream.ts'
import { bent } from '../space/prior.ts'
import { decode, isForbidden, randomConfiguration, type Space } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import { transferDraw } from './transfer.ts'

export interface StartUp {
  /** From the place of a design for a trial to the one that is proposed. */
  place(design: ArrayLike<number>, trial: number): ArrayLike<number>
  /** An allowed configuration; null if nothing is allowed. */
  draw(chance: Stream): Configuration | null
}

const drawsAtMost = 100

/** From an even place of the unit cube to one as likely as the user's priors say. */
export function bentPlace(space: Space, place: ArrayLike<number>): ArrayLike<number> {
  if (space.axes.every(({ parameter }) => parameter.prior === undefined)) return place
  return space.axes.map(({ parameter }, axis) => bent(place[axis]!, parameter))
}

export function startUp(space: Space, { seed, warmStart }: StudyDefinition): StartUp {
  const transfer = transferDraw(space, warmStart)
  const hasPriors = space.axes.some(({ parameter }) => parameter.prior !== undefined)
  const bend = (place: ArrayLike<number>): ArrayLike<number> => bentPlace(space, place)
  if (!transfer && !hasPriors) return { place: bend, draw: (chance) => randomConfiguration(space, chance) }
  const drawn = transfer ?? ((chance: Stream) => bend(space.axes.map(() => chance.uniform())))
  return {
    place: (design, trial) => (transfer ? transfer(stream(seed, 'warm start', trial)) : bend(design)),
    draw(chance) {
      for (let attempt = 0; attempt < drawsAtMost; attempt++) {
        const configuration = decode(space, drawn(chance))
        if (!isForbidden(space, configuration)) return configuration
      }
      return randomConfiguration(space, chance)
    },
  }
}
