/** The frame of a diagram as SVG: a grid at round numbers, two axes, their marks and names. */
import { numberText } from '../core/study/views/number-text.ts'
import type { Scale } from './scale.ts'
import { element, text } from './svg.ts'

export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const gridColour = '#e5e9ee'
const axisColour = '#57606a'

/** About the width of a digit in the pictures' font size. */
const digitWidth = 7.5

export function axes(
  { left, top, width, height }: Frame,
  x: Scale & { readonly label: string },
  y: Scale & { readonly label: string },
): string {
  const [right, bottom] = [left + width, top + height]
  const parts: string[] = []
  for (const mark of x.marks) {
    const at = x.place(mark)
    parts.push(element('line', { x1: at, y1: top, x2: at, y2: bottom, stroke: gridColour }))
    parts.push(text(at, bottom + 18, markText(mark), { 'text-anchor': 'middle', fill: axisColour }))
  }
  for (const mark of y.marks) {
    const at = y.place(mark)
    parts.push(element('line', { x1: left, y1: at, x2: right, y2: at, stroke: gridColour }))
    parts.push(text(left - 8, at, markText(mark), { dy: '0.35em', 'text-anchor': 'end', fill: axisColour }))
  }
  parts.push(element('path', { d: `M${left} ${top}V${bottom}H${right}`, fill: 'none', stroke: axisColour }))
  parts.push(text(left + width / 2, bottom + 42, x.label, { 'text-anchor': 'middle' }))
  // The name stands clear of the longest mark, however long that is.
  const longest = Math.max(...y.marks.map((mark) => markText(mark).length), 0)
  const at = Math.max(12, left - 20 - digitWidth * longest)
  const turned = `translate(${at} ${top + height / 2}) rotate(-90)`
  parts.push(text(0, 0, y.label, { 'text-anchor': 'middle', transform: turned }))
  return parts.join('')
}

/** A hundred thousand and more, and a thousandth and less, are read more easily as powers of ten. */
function markText(mark: number): string {
  const size = Math.abs(mark)
  return size >= 1e5 || (size > 0 && size < 1e-3) ? mark.toExponential().replace('e+', 'e') : numberText(mark, 8)
}
