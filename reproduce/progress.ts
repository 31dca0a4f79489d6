/** How far it is, and how long it will take, on standard error: one line that changes on a terminal, else a line every half minute. */
import type { Progress } from './pool.ts'

export function reportProgress(progress: () => Progress): { end(words: string | null): void } {
  const begun = performance.now()
  const isTerminal = process.stderr.isTTY
  const say = (): void => {
    const { done, all, share } = progress()
    const seconds = (performance.now() - begun) / 1000
    const left = share > 0.01 ? `, about ${duration((seconds * (1 - share)) / share)} left` : ''
    const words = `${done} of ${all} measured in ${duration(seconds)}${left}`
    process.stderr.write(isTerminal ? `\r\x1b[2K${words}` : `${words}\n`)
  }
  const timer = setInterval(say, isTerminal ? 500 : 30_000)
  let isOver = false
  return {
    end(words) {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      say()
      process.stderr.write(`${isTerminal ? '\n' : ''}${words === null ? '' : `${words}\n`}`)
    },
  }
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}
