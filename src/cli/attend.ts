/**
 * Stays with a running study: shows it, listens to signals, and says how it ended.
 *
 * First Ctrl-C (or SIGTERM): start nothing more, ask trials to save, leave. Second: leave at once, trials are stopped. A lost terminal
 * (SIGHUP): the controller goes on without a view.
 */
import type { Event } from '../core/study/events.ts'
import type { Study } from '../core/study/study.ts'
import { encodeEvent } from '../wire/event-line.ts'
import type { Controller } from '../runtime/controller.ts'
import type { Io } from './command.ts'
import { lineOf } from './event-text.ts'
import { LiveTerminal } from './live-terminal.ts'
import { frame, newRecent } from './live-view.ts'
import { summaryLines } from './run-summary.ts'
import { withoutObjective } from './status-text.ts'

const redrawMs = 250
/** A launcher and the terminal may both pass on one Ctrl-C. */
const sameKeystrokeMs = 400

export interface View {
  onEvents(events: readonly Event[], study: Study): void
  /** A word from outside the log; a live frame shows it in its own way. */
  say(line: string): void
  /** Stops showing; the last frame stays. */
  done(): void
  /** Shows nothing from now on: its terminal is gone. */
  blind(): void
}

/** A live frame on a terminal, one line an event otherwise, JSON lines on standard output with `json`. */
export async function openView(io: Io, options: { readonly json: boolean; readonly quiet: boolean }): Promise<View> {
  io.outliveReaders?.()
  let isBlind = options.quiet
  let terminal = io.stderrIsTerminal && !options.json && !isBlind ? await LiveTerminal.open(io.stderr) : null
  const recent = newRecent()
  let current: Study | null = null
  let isDirty = false
  const draw = (): void => {
    if (!current || !isDirty || isBlind) return
    isDirty = false
    terminal?.draw(frame(current, io.now(), io.columns, io.rows, { recent: recent.lines }))
  }
  const timer = terminal ? setInterval(() => ((isDirty = true), draw()), redrawMs) : null
  timer?.unref()
  return {
    onEvents(events, study) {
      current = study
      isDirty = true
      if (isBlind) return
      for (const event of events) {
        if (options.json) io.stdout.write(`${encodeEvent(event)}\n`)
        else if (terminal) recent.add(event, study)
        else writeLine(io, lineOf(event, study))
      }
    },
    say(line) {
      if (!terminal && !options.json && !isBlind) writeLine(io, line)
    },
    done() {
      if (timer) clearInterval(timer)
      isDirty = true
      draw()
      terminal?.done()
      terminal = null
    },
    blind() {
      isBlind = true
      if (timer) clearInterval(timer)
    },
  }
}

function writeLine(io: Io, line: string | null): void {
  if (line !== null) io.stderr.write(`${line}\n`)
}

/** Resolves with the exit code when the controller has left. */
export async function attend(
  controller: Controller,
  view: View,
  io: Io,
  options: { readonly json: boolean },
): Promise<number> {
  let interruptedBy: 'SIGINT' | 'SIGTERM' | null = null
  let lastSignalAt = -Infinity
  const interrupt = (signal: 'SIGINT' | 'SIGTERM'): void => {
    const now = performance.now()
    if (now - lastSignalAt < sameKeystrokeMs) return
    lastSignalAt = now
    if (interruptedBy !== null) {
      view.say('leaving at once: trials are stopped')
      controller.kill(signal)
      return
    }
    interruptedBy = signal
    view.say('stopping: trials are asked to save; once more to leave at once')
    controller.submit({ type: 'StopRequested', by: signal }).catch(() => undefined)
  }
  const onInterrupt = (): void => interrupt('SIGINT')
  const onTerminate = (): void => interrupt('SIGTERM')
  const onHangup = (): void => view.blind()
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onHangup)
  // Timers of the controller do not keep the process alive; waiting for its end does.
  const alive = setInterval(() => undefined, 1 << 30)
  try {
    await controller.left
  } finally {
    clearInterval(alive)
    view.done()
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
    process.off('SIGHUP', onHangup)
  }
  if (!options.json) for (const line of summaryLines(controller.study)) io.stdout.write(`${line}\n`)
  return exitCode(controller.study, interruptedBy)
}

function exitCode(study: Study, interruptedBy: 'SIGINT' | 'SIGTERM' | null): number {
  const { state } = study
  if (state.finished?.rule === 'failures-in-a-row') return 3
  if (state.finished) return state.counts.complete > 0 && withoutObjective(study) === null ? 0 : 1
  return interruptedBy === 'SIGINT' ? 130 : interruptedBy === 'SIGTERM' ? 143 : 0
}
