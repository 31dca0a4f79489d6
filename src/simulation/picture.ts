/** A comparison as a picture: the best value so far against epochs spent and against virtual time, as SVG or as a page with the table. */
import { lineStyle } from '../pictures/palette.ts'
import { shownValues, stepPanel } from '../pictures/step-panel.ts'
import { escaped, legendEntry, picture, text } from '../pictures/svg.ts'
import { bandOf } from './bands.ts'
import type { Band } from './bands.ts'
import { comparisonCells, comparisonHeader, comparisonRows } from './compare.ts'
import type { Comparison } from './compare.ts'

const width = 980
const panelWidth = 380
const panelLefts = [84, 576] as const
const panelHeight = 300
const legendRow = 20

export function comparisonSvg(comparison: Comparison): string {
  const { objective, seeds, contenders } = comparison
  const styles = contenders.map((_, index) => lineStyle(index))
  const byEpochs = contenders.map((runs) => bandOf(runs, 'epochs'))
  const byTime = contenders.map((runs) => bandOf(runs, 'seconds'))
  const ranges = [shownValues(byEpochs), shownValues(byTime)]
  // Both diagrams have the same scale of values, the closer one: the other begins above it.
  const y = {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.min(...ranges.map(({ high }) => high)),
  }
  const top = 58 + legendRow * Math.ceil(contenders.length / 4)
  const seedWords = seeds.length === 1 ? `seed ${seeds[0]}` : `median and quartiles of ${seeds.length} seeds`
  const title = `${comparison.problem}: best ${objective.metric} so far (${objective.direction}), ${seedWords}`
  const draw = (bands: readonly Band[], left: number, xLabel: string) =>
    stepPanel({
      left,
      top,
      width: panelWidth,
      height: panelHeight,
      xLabel,
      y,
      yLabel: `best ${objective.metric} (${objective.direction === 'minimize' ? 'lower' : 'higher'} is better)`,
      lines: bands.map((band, index) => ({ ...band, ...(styles[index] as (typeof styles)[number]) })),
    })
  const height = top + panelHeight + 60
  return picture(
    { width, height, title },
    text(panelLefts[0], 26, title, { 'font-size': 15, 'font-weight': 600 }),
    ...contenders.map(({ label }, index) => legend(label, index, styles[index] as (typeof styles)[number])),
    draw(byEpochs, panelLefts[0], 'epochs spent'),
    draw(byTime, panelLefts[1], 'virtual time, s'),
  )
}

function legend(
  label: string,
  index: number,
  { colour, dash }: { readonly colour: string; readonly dash: string | null },
): string {
  const x = panelLefts[0] + (index % 4) * 220
  const y = 50 + legendRow * Math.floor(index / 4)
  const look = { stroke: colour, 'stroke-width': 2.5 }
  return legendEntry(x, y, label, dash ? { ...look, 'stroke-dasharray': dash } : look)
}

export function comparisonHtml(comparison: Comparison): string {
  const title = escaped(`Simulation of ${comparison.problem}`)
  const head = comparisonHeader.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')
  const rows = comparisonCells(comparisonRows(comparison)).map(
    ([label = '', ...cells]) =>
      `<tr><th scope="row">${escaped(label)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  )
  const { objective, seeds, contenders } = comparison
  const notes = [
    `${objective.metric}, ${objective.direction}; ${seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`}.`,
  ]
  if (contenders.length > 1 && seeds.length > 1)
    notes.push(
      `Differences from ${contenders[0]?.label}, seed by seed: mean and 95 % confidence interval (Student's t).`,
    )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 2rem auto; max-width: 1000px }
svg { max-width: 100%; height: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #d8dee4; text-align: right }
th:first-child { text-align: left }
</style>
<h1>${title}</h1>
${comparisonSvg(comparison)}
<table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p>${escaped(notes.join(' '))}</p>
</html>
`
}
