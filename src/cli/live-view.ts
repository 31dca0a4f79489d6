/**
 * The live view as lines: how far the study is, its best so far, what runs where, the last few events. Pure, and quick enough to be drawn
 * several times a second: one pass over the trials, and the curves of only those that are shown.
 */
import type { Event } from '../core/study/events.ts'
import type { TrialRecord } from '../core/study/state.ts'
import type { Study } from '../core/study/study.ts'
import { best } from '../core/study/views/best.ts'
import { configurationText, durationText, numberText } from '../core/study/views/number-text.ts'
import { prediction } from '../core/study/views/prediction.ts'
import { progress } from '../core/study/views/progress.ts'
import type { Progress } from '../core/study/views/progress.ts'
import { isNotable, lineOf } from './event-text.ts'
import { sparkline } from '../pictures/sparkline.ts'
import { predictionText } from './prediction-text.ts'
import { bestText, epochsText, finishText, trialsText } from './status-text.ts'
import { cut, tableText } from './table.ts'

const curveWidth = 12
const recentMax = 5

/** The last few notable events. */
export interface Recent {
  readonly lines: readonly string[]
  add(event: Event, study: Study): void
}

export function newRecent(): Recent {
  const lines: string[] = []
  return {
    lines,
    add(event, study) {
      const line = isNotable(event, study) ? lineOf(event, study) : null
      if (line === null) return
      lines.push(line)
      if (lines.length > recentMax) lines.shift()
    },
  }
}

/** At most `rows - 1` lines of at most `columns` characters, so that a terminal never scrolls. */
export function frame(
  study: Study,
  now: number,
  columns: number,
  rows: number,
  options: { readonly recent?: readonly string[] } = {},
): string[] {
  const soFar = progress(study, now)
  const report = prediction(study)
  const head = [
    titleText(study, soFar),
    barText(soFar, columns),
    `trials  ${trialsText(soFar)}`,
    `${study.state.definition.epochs.resource.padEnd(6)}  ${epochsText(soFar)}`,
    ...(report === null ? [] : [`predict ${predictionText(report)}`]),
    `best    ${bestText(study, best(study))}`,
  ]
  const room = rows - 1 - head.length
  const recent = (options.recent ?? []).slice(-Math.max(0, Math.min(recentMax, room - 6)))
  const tail = recent.length === 0 ? [] : ['', ...recent]
  const running = runningLines(study, columns, room - tail.length)
  return [...head, ...running, ...tail].slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns))
}

function titleText(study: Study, soFar: Progress): string {
  const { name } = study.state.definition
  const state = soFar.finished
    ? `finished. ${finishText(study)}`
    : soFar.stopRequested !== null
      ? 'stopping: trials save; once more Ctrl-C leaves at once'
      : soFar.paused !== null
        ? 'paused'
        : `${soFar.slots.busy} of ${soFar.slots.total} slots busy`
  return `${name}  ${state}`
}

function barText({ time }: Progress, columns: number): string {
  const left = time.method === 'finished' || time.leftMs === null ? '' : `, about ${durationText(time.leftMs)} left`
  const text = `${durationText(time.elapsedMs)}${left}`
  if (time.leftMs === null) return text
  const total = time.elapsedMs + time.leftMs
  const done = time.method === 'finished' ? 1 : total === 0 ? 0 : time.elapsedMs / total
  const width = Math.max(10, Math.min(40, columns - text.length - 10))
  const full = Math.round(done * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.floor(done * 100)).padStart(3)}%  ${text}`
}

function runningLines(study: Study, columns: number, room: number): string[] {
  const { live, trials, definition } = study.state
  const shownMax = room - 2
  if (live.size === 0 || shownMax < 1) return []
  const hasMore = live.size > shownMax
  const shown: TrialRecord[] = []
  for (const number of live) {
    const trial = trials[number]
    if (trial) shown.push(trial)
    if (shown.length >= (hasMore ? shownMax - 1 : shownMax)) break
  }
  const right = { align: 'right' } as const
  const metric = definition.objectives[0]?.metric ?? 'value'
  const titles = [
    { title: 'trial', ...right },
    { title: 'epoch', ...right },
    { title: 'curve' },
    { title: metric, ...right },
    { title: 'configuration' },
  ]
  const lines = tableText(
    titles,
    shown.map((trial) => runningRow(study, trial)),
    columns,
  )
  return ['', ...lines, ...(hasMore ? [`and ${live.size - shown.length} more`] : [])]
}

function runningRow(study: Study, trial: TrialRecord): string[] {
  const values = trial.values[0] ?? []
  const last = values.at(-1)
  const { live } = trial
  const note = live?.stopping ? ' (leaving)' : live && live.epoch >= live.until ? ' (at its limit)' : ''
  return [
    String(trial.number),
    `${trial.epoch}/${live?.until ?? trial.until}`,
    sparkline(values, curveWidth),
    last === undefined ? '' : numberText(last, 5),
    configurationText(trial.configuration, study.space.names, 3) + note,
  ]
}
