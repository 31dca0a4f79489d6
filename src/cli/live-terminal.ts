import type { Out } from './command.ts'

type Draw = ((text: string) => void) & { done(): void }

/** Lines that are drawn over the ones before; what `done` leaves stays on the screen. */
export class LiveTerminal {
  readonly #draw: Draw

  private constructor(draw: Draw) {
    this.#draw = draw
  }

  /** Loads the terminal library on first use. */
  static async open(out: Out): Promise<LiveTerminal> {
    const { createLogUpdate } = await import('log-update')
    return new LiveTerminal(createLogUpdate(out as NodeJS.WritableStream) as Draw)
  }

  draw(lines: readonly string[]): void {
    this.#draw(lines.join('\n'))
  }

  done(): void {
    this.#draw.done()
  }
}
