/** Importances of parameters as horizontal bars, the most important on top. Pure text. */
import { isNoMoreThanChance } from '../core/study/views/importance.ts'
import { element, picture, text } from './svg.ts'

export interface ImportancePicture {
  readonly title: string
  /** What a bar's length is, under the title. */
  readonly subtitle: string
  readonly bars: readonly ImportanceBar[]
}

export interface ImportanceBar {
  readonly label: string
  /** From 0 to 1. */
  readonly share: number
  /** What chance alone would give: marked, if known. */
  readonly byChance: number | null
}

const size = { width: 760, right: 24, top: 72, bottom: 40, row: 28, bar: 16 }
const barColour = '#0072b2'
const weakColour = '#9ec5dd'
const chanceColour = '#d55e00'
const quietColour = '#57606a'

export function importanceSvg({ title, subtitle, bars }: ImportancePicture): string {
  const longest = Math.max(...bars.map(({ label }) => label.length), 4)
  const left = Math.min(34 + 8 * longest, size.width / 2)
  // Room on the right for the words of the longest bar.
  const width = size.width - left - size.right - 60
  const most = Math.max(...bars.map(({ share }) => share), 0) || 1
  const height = size.top + bars.length * size.row + size.bottom
  const rows = bars.flatMap(({ label, share, byChance }, index) => {
    const middle = size.top + (index + 0.5) * size.row
    const length = (width * share) / most
    const isWeak = byChance !== null && isNoMoreThanChance(share, byChance)
    const mark = byChance === null ? 0 : Math.min((width * byChance) / most, width)
    const row = [
      text(left - 10, middle, label, { 'text-anchor': 'end', dy: '0.35em' }),
      element('rect', {
        x: left,
        y: middle - size.bar / 2,
        width: length,
        height: size.bar,
        fill: isWeak ? weakColour : barColour,
      }),
      text(left + Math.max(length, mark) + 8, middle, percentText(share), { dy: '0.35em', fill: quietColour }),
    ]
    if (byChance === null) return row
    const at = left + mark
    const line = { x1: at, x2: at, y1: middle - 11, y2: middle + 11, stroke: chanceColour, 'stroke-width': 2 }
    return [...row, element('line', line)]
  })
  const isMarked = bars.some(({ byChance }) => byChance !== null)
  const note = isMarked
    ? [
        text(left, height - 14, '| what a parameter of no effect gets by chance; pale: hardly told from it', {
          fill: chanceColour,
        }),
      ]
    : []
  return picture(
    { width: size.width, height, title },
    text(24, 28, title, { 'font-size': 15, 'font-weight': 600 }),
    text(24, 50, subtitle, { fill: quietColour }),
    ...rows,
    ...note,
  )
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
