/** Curves drawn with braille dots, two by four to a character. Pure; colours are put on by whoever prints it. */
import { numberText } from '../core/study/views/number-text.ts'
import type { Range } from './scale.ts'

export interface DrawnCurve {
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** The ink of its dots; where curves cross, the later one's. */
  readonly ink: number
}

export interface Chart {
  /** Rows of characters, each with its ink (-1 = empty). */
  readonly rows: readonly (readonly { readonly character: string; readonly ink: number }[])[]
  /** What stands left of each row. */
  readonly labels: readonly string[]
  readonly axis: string
}

const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

export function brailleChart(
  curves: readonly DrawnCurve[],
  size: { readonly width: number; readonly height: number; readonly x: Range; readonly y: Range },
): Chart {
  const { x, y } = size
  const labels = yLabels(y, size.height)
  const gutter = Math.max(...labels.map((label) => label.length)) + 1
  const width = Math.max(8, size.width - gutter - 1)
  const masks = new Uint8Array(width * size.height)
  const inks = new Int16Array(width * size.height).fill(-1)
  const [columns, lines] = [width * 2, size.height * 4]
  const place = (value: number, range: Range, count: number): number => {
    const share = (value - range.low) / (range.high - range.low)
    return Math.max(0, Math.min(count - 1, Math.round(share * (count - 1))))
  }
  for (const curve of curves) {
    let before: readonly [number, number] | null = null
    for (const [index, value] of curve.y.entries()) {
      if (!Number.isFinite(value)) continue
      const point: readonly [number, number] = [
        place(curve.x[index] ?? 0, x, columns),
        lines - 1 - place(value, y, lines),
      ]
      for (const [column, line] of segment(before ?? point, point)) {
        const cell = (line >> 2) * width + (column >> 1)
        masks[cell] = (masks[cell] ?? 0) | (dots[line & 3]?.[column & 1] ?? 0)
        inks[cell] = curve.ink
      }
      before = point
    }
  }
  const rows = Array.from({ length: size.height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const mask = masks[row * width + column] ?? 0
      return { character: mask === 0 ? ' ' : String.fromCharCode(0x2800 + mask), ink: inks[row * width + column] ?? -1 }
    }),
  )
  const [left, right] = [numberText(x.low), numberText(x.high)]
  const axis = `${' '.repeat(gutter + 1)}${left}${right.padStart(Math.max(1, width - left.length))}`
  return { rows, labels: labels.map((label) => `${label.padStart(gutter - 1)} `), axis }
}

/** The top, the middle and the bottom row say their value. */
function yLabels({ low, high }: Range, height: number): string[] {
  return Array.from({ length: height }, (_, row) => {
    if (row === 0) return numberText(high, 4)
    if (row === height - 1) return numberText(low, 4)
    return row === (height - 1) >> 1 && height > 4 ? numberText(high + ((low - high) * row) / (height - 1), 4) : ''
  })
}

/** The dots of a straight line (Bresenham). */
function* segment(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): Generator<readonly [number, number]> {
  const [dx, dy] = [Math.abs(toX - fromX), -Math.abs(toY - fromY)]
  const [sx, sy] = [fromX < toX ? 1 : -1, fromY < toY ? 1 : -1]
  let [x, y, error] = [fromX, fromY, dx + dy]
  for (;;) {
    yield [x, y]
    if (x === toX && y === toY) return
    const twice = 2 * error
    if (twice >= dy) {
      error += dy
      x += sx
    }
    if (twice <= dx) {
      error += dx
      y += sy
    }
  }
}
