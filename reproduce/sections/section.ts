/** A part of the document. It asks for all that it needs at once, before anything has been measured. */
import type { Measure } from '../measurement.ts'
import type { Scope } from '../scope.ts'

export interface Section {
  readonly text: string
  /** SVG by file name. */
  readonly figures: { readonly [file: string]: string }
}

export type WriteSection = (measure: Measure, scope: Scope) => Promise<Section>

/** Where the document finds its figures. */
export const figuresFolder = 'reproduction'
