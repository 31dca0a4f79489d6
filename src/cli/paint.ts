import { styleText } from 'node:util'
import type { Io } from './command.ts'

type Style = Parameters<typeof styleText>[0]

/** Colour on a terminal only, and never where `NO_COLOR` is set. */
export function paint(io: Pick<Io, 'colours'>, style: Style, text: string): string {
  return io.colours ? styleText(style, text, { validateStream: false }) : text
}
