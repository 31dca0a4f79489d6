/** Told apart by colour-blind eyes too (Okabe and Ito 2008); from the seventh on, dashed. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b07d00', '#3a9ad9'] as const

export interface LineStyle {
  readonly colour: string
  readonly dash: string | null
}

export function lineStyle(index: number): LineStyle {
  return { colour: colours[index % colours.length]!, dash: index < colours.length ? null : '6 3' }
}
