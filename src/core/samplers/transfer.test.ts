import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import { decode, encode, randomConfiguration, space as createSpace } from '../space/space.ts'
import type { Configuration } from '../trial.ts'
import { type EarlierTrial, goodPlaces, transferDraw } from './transfer.ts'

const space = createSpace({
  parameters: {
    lr: { type: 'float', low: 1e-5, high: 1, log: true },
    width: { type: 'int', low: 16, high: 1024, log: true },
    dropout: { type: 'float', low: 0, high: 0.5, step: 0.05 },
    optimizer: { type: 'categorical', choices: ['sgd', 'adam', 'lamb'] },
    momentum: { type: 'float', low: 0, high: 1, when: { optimizer: 'sgd' } },
  },
  forbidden: [],
})

/** A valley whose floor lies at `floor` in the logarithm of lr, with a choice that helps. */
function lossAt(configuration: Configuration, floor: number, helpful: string): number {
  const {
    lr,
    width,
    dropout,
    optimizer,
    momentum = 0.5,
  } = configuration as { readonly [name: string]: number | string }
  const away = (Math.log10(Number(lr)) - floor) / 5
  const wide = (Math.log2(Number(width)) - 8) / 6
  return (
    away ** 2 +
    0.5 * wide ** 2 +
    (Number(dropout) - 0.2) ** 2 +
    (optimizer === helpful ? 0 : 0.2) +
    0.1 * (Number(momentum) - 0.9) ** 2
  )
}

function randomSearch(trials: number, seed: number, floor: number): EarlierTrial[] {
  const chance = stream(seed, 'earlier')
  return Array.from({ length: trials }, () => {
    const configuration = randomConfiguration(space, chance) as Configuration
    return { place: encode(space, configuration), losses: [lossAt(configuration, floor, 'adam')] }
  })
}

interface Figures {
  readonly best: number
  readonly mean: number
}

/** Ten first trials of a study whose valley lies a little elsewhere. */
function firstTen(draw: (chance: ReturnType<typeof stream>) => Configuration, seed: number, floor: number): Figures {
  const losses = Array.from({ length: 10 }, (_, trial) => lossAt(draw(stream(seed, 'first', trial)), floor, 'adam'))
  return { best: Math.min(...losses), mean: losses.reduce((sum, loss) => sum + loss, 0) / 10 }
}

function compared(
  earlierFloor: number,
  floor: number,
): { readonly best: number; readonly mean: number; readonly wins: number } {
  let [best, mean, wins] = [0, 0, 0]
  const seeds = 40
  for (let seed = 0; seed < seeds; seed++) {
    const places = goodPlaces(randomSearch(100, seed, earlierFloor), 0.1)
    const transfer = transferDraw(space, { from: 'earlier', share: 0.1, places })!
    const warm = firstTen((chance) => decode(space, transfer(chance)), seed, floor)
    const cold = firstTen((chance) => randomConfiguration(space, chance) as Configuration, seed, floor)
    best += Math.log(warm.best / cold.best) / seeds
    mean += Math.log(warm.mean / cold.mean) / seeds
    if (warm.best < cold.best) wins++
  }
  return { best: Math.exp(best), mean: Math.exp(mean), wins }
}

test('the first trials of a related study are much better than random ones', () => {
  const { best, mean, wins } = compared(-3, -2.5)
  ok(best < 0.65, `the best of ten is ${best} of what random search finds`)
  ok(mean < 0.7, `their mean is ${mean} of it`)
  ok(wins >= 30, `${wins} of 40 seeds`)
})

test('an earlier study that misleads costs a factor, and leaves nothing out', () => {
  // The valley has moved by four fifths of the axis.
  const { best, mean } = compared(-4.5, -0.5)
  ok(best > 1 && best < 2.2, `${best}`)
  ok(mean < 1.4, `${mean}`)
  const places = goodPlaces(randomSearch(100, 1, -4.5), 0.1)
  const transfer = transferDraw(space, { from: 'earlier', share: 0.1, places })!
  const units = Array.from({ length: 500 }, (_, draw) => transfer(stream(1, 'draw', draw)))
  for (const axis of space.axes.keys())
    for (let tenth = 0; tenth < 10; tenth++)
      ok(
        units.some((place) => Math.floor(place[axis]! * 10) === tenth),
        `axis ${axis}, tenth ${tenth}`,
      )
})

const at = (unit: number, ...losses: number[]): EarlierTrial => ({ place: [unit], losses })
const ten = Array.from({ length: 100 }, (_, index) => at(index / 100, (index * 37) % 100))

test('the best share is good, best first, at least five and at most a hundred', () => {
  const best = (share: number): number[] =>
    goodPlaces(ten, share).map(([unit]) => ten.find(({ place }) => place[0] === unit)!.losses[0]!)
  deepEqual(best(0.1), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  deepEqual(best(0.01), [0, 1, 2, 3, 4])
  equal(goodPlaces([...ten, ...ten], 1).length, 100)
  deepEqual(goodPlaces([at(0.5, 3), at(0.6, 2)], 0.1), [[0.6], [0.5]])
})

test('trials without a finite loss teach nothing; of several objectives the front is good', () => {
  deepEqual(goodPlaces([at(0.5, NaN), at(0.6, Infinity), at(0.7, 1)], 0.5), [[0.7]])
  const front = [at(0.1, 1, 9), at(0.2, 5, 5), at(0.3, 9, 1)]
  const dominated = Array.from({ length: 10 }, (_, index) => at(0.5 + index / 100, 10 + index, 10))
  const good = goodPlaces([...dominated, ...front], 0.3).map(([unit]) => unit)
  deepEqual(good.slice(0, 3).toSorted(), [0.1, 0.2, 0.3])
})

test('a parameter that the earlier study lacked stays even, and an absent one is kept absent', () => {
  deepEqual(goodPlaces([{ place: [0.5, NaN], losses: [1] }], 1), [[0.5, null]])
  const places = Array.from({ length: 10 }, () => [0.1, null, 0.5, 0.5, null])
  const transfer = transferDraw(space, { from: 'earlier', share: 0.1, places })!
  const units = Array.from({ length: 1000 }, (_, draw) => transfer(stream(2, 'draw', draw)))
  const mean = (axis: number): number => units.reduce((sum, place) => sum + place[axis]!, 0) / units.length
  ok(mean(0) < 0.25, `${mean(0)}`)
  ok(Math.abs(mean(1) - 0.5) < 0.04, `${mean(1)}`)
  equal(transferDraw(space, undefined), null)
  equal(transferDraw(space, { from: 'earlier', share: 0.1, places: [] }), null)
})
