/** The screen of `status` as lines: how the study stands, what it has spent, its best, its rungs. Pure. */
import type { RungView } from '../core/schedulers/scheduler.ts'
import type { TrialRecord } from '../core/study/state.ts'
import type { Study } from '../core/study/study.ts'
import { best } from '../core/study/views/best.ts'
import type { Best } from '../core/study/views/best.ts'
import { configurationText, countText, durationText, numberText } from '../core/study/views/number-text.ts'
import { prediction } from '../core/study/views/prediction.ts'
import { progress } from '../core/study/views/progress.ts'
import type { Progress } from '../core/study/views/progress.ts'
import { plainReason, reasonText } from '../core/study/views/reason-text.ts'
import { rungs } from '../core/study/views/rungs.ts'
import type { StudySummary } from '../ports.ts'
import { auditText, predictionText } from './prediction-text.ts'
import { tableText } from './table.ts'

export function statusLines(study: Study, owner: StudySummary['owner'], now: number, width: number): string[] {
  const { definition } = study.state
  const soFar = progress(study, now)
  const labelled: [string, string][] = [
    [
      'study',
      `${definition.name} (${definition.sampler.type} sampler, ${definition.scheduler.type} scheduler, seed ${definition.seed})`,
    ],
    ['state', stateText(study, soFar, owner)],
    ['trials', trialsText(soFar)],
    [definition.epochs.resource, epochsText(soFar)],
    ...predictionRows(study),
    ['time', owner ? timeText(soFar) : `${durationText(soFar.time.elapsedMs)} of running`],
    ...(owner ? [['slots', `${soFar.slots.busy} of ${soFar.slots.total} busy`] as [string, string]] : []),
    ['best', bestText(study, best(study))],
  ]
  const label = Math.max(...labelled.map(([name]) => name.length))
  const lines = labelled.map(([name, text]) => `${name.padEnd(label)}  ${text}`)
  const rows = rungs(study)
  return rows.length === 0 ? lines : [...lines, '', ...rungLines(rows, width)]
}

/** What prediction spared, and how far it can be trusted. None where the scheduler predicts nothing. */
export function predictionRows(study: Study): [string, string][] {
  const report = prediction(study)
  if (report === null) return []
  const audit = auditText(report.audit)
  return [['prediction', predictionText(report)], ...(audit === null ? [] : [['audit', audit] as [string, string]])]
}

/** For lists. */
export function stateWord({ finished, paused, session }: Progress, owner: StudySummary['owner']): string {
  if (finished) return 'finished'
  if (owner) return paused === null ? 'running' : 'paused'
  return session ? 'interrupted' : 'stopped'
}

export function stateText(
  study: Study,
  { finished, closed, paused, session }: Progress,
  owner: StudySummary['owner'],
): string {
  if (finished) return `finished. ${finishText(study)}`
  if (owner) {
    const doing = paused === null ? 'running' : `paused (asked for by ${paused}); \`foretune resume\` lifts it`
    return `${doing}; controller: process ${owner.pid} on ${owner.host}${closed ? `; no new trials: ${plainReason(closed)}` : ''}`
  }
  const name = study.state.definition.name
  if (session)
    return `not running: its controller (process ${session.pid} on ${session.host}) is gone. \`foretune resume ${name}\` continues it.`
  return study.state.sessions === 0 ? 'never run' : `stopped. \`foretune resume ${name}\` continues it.`
}

export function finishText(study: Study): string {
  const why = study.state.finished
  return why ? plainReason(why) : ''
}

export function trialsText({ counts, trials, finished }: Progress): string {
  const states = Object.entries(counts).filter(([, count]) => count > 0)
  const planned = trials.planned === null ? '' : ` of ${trials.planned + trials.imported}`
  const list = states
    .map(([state, count]) => `${count} ${state === 'paused' && finished ? 'paused (not promoted)' : state}`)
    .join(', ')
  return `${trials.created}${planned}${list === '' ? '' : `: ${list}`}`
}

export function epochsText({ epochs }: Progress): string {
  const parts = [`${epochs.spent}${epochs.planned === null ? '' : ` of ${epochs.planned}`} spent`]
  if (epochs.reserved > 0) parts.push(`${epochs.reserved} on order`)
  if (epochs.repeated > 0) parts.push(`${epochs.repeated} repeated`)
  if (epochs.speculative > 0) parts.push(`${epochs.speculative} ahead of a decision`)
  if (epochs.overrun > 0) parts.push(`${epochs.overrun} overrun`)
  if (epochs.saved > 0) parts.push(`${epochs.saved} saved against training every trial to the end`)
  return parts.join(', ')
}

const methods: { readonly [method in Progress['time']['method']]: string } = {
  finished: '',
  unknown: '',
  'epoch-budget': 'at this rate, to the budget of epochs',
  'time-budget': 'to the budget of time',
  schedule: "at this rate, to the end of the scheduler's plan",
  'epochs-per-trial': 'at this rate, if the other trials take as many epochs as the ended ones',
}

export function timeText({ time }: Progress): string {
  const elapsed = `${durationText(time.elapsedMs)} of running`
  if (time.leftMs === null || time.method === 'finished') return elapsed
  return `${elapsed}, about ${durationText(time.leftMs)} left (${methods[time.method]})`
}

export function bestText(study: Study, found: Best): string {
  const [first] = found.trials
  if (!first)
    return found.infeasible > 0
      ? `none: ${countText(found.infeasible, 'complete trial')} missed a constraint`
      : (withoutObjective(study) ?? 'none yet')
  const objectives = found.objectives.map(({ metric, direction }) => {
    const value = first.values[metric]
    return `${metric} ${value === undefined ? '' : numberText(value)} (${direction})`
  })
  const front = found.trials.length > 1 ? `front of ${found.trials.length}, first ` : ''
  const short =
    found.among === 'furthest-rung'
      ? ', the furthest compared at (none is complete yet)'
      : found.among === 'last-reports'
        ? ' (of the last reports)'
        : ''
  const where = `at epoch ${first.epoch}${short}`
  return `${front}trial ${first.trial}: ${objectives.join(', ')} ${where}. ${configurationText(first.configuration, study.space.names)}`
}

/** What is said where trials report, but never an objective: the name in the study file or in the program is wrong. */
export function withoutObjective({ state }: Study): string | null {
  const { metrics, definition } = state
  const silent = definition.objectives.filter((_, column) => !state.trials.some((trial) => hasReported(trial, column)))
  // A trial whose objective was NaN has failed.
  const others = state.trials.some((trial) => trial.why?.rule !== 'non-finite' && trial.epochs.length > 0)
  if (silent.length === 0 || !others) return null
  const reported = metrics.filter((_, column) => state.trials.some((trial) => hasReported(trial, column)))
  return `none: no trial has reported ${silent.map(({ metric }) => metric).join(', ')}; they reported ${reported.join(', ')}`
}

function hasReported(trial: TrialRecord, column: number): boolean {
  return trial.values[column]?.some((value) => !Number.isNaN(value)) ?? false
}

export function amongText({ among, epoch }: Best): string {
  switch (among) {
    case 'complete':
      return 'best of the complete trials'
    case 'furthest-rung':
      return `best at epoch ${epoch ?? 0}, the furthest that trials were compared at (none is complete yet)`
    case 'last-reports':
      return 'best of the last reports (no trial has reached a rung yet)'
    case 'none':
      return 'nothing was reported yet'
  }
}

export function rungLines(rows: readonly RungView[], width: number): string[] {
  const right = { align: 'right' } as const
  return tableText(
    [
      { title: 'rung' },
      { title: 'epoch', ...right },
      { title: 'arrived', ...right },
      { title: 'of', ...right },
      { title: 'went on', ...right },
      { title: 'cut', ...right },
    ],
    rows.map((row) => [
      row.group,
      String(row.epoch),
      String(row.arrived),
      row.size === null ? '' : String(row.size),
      String(row.promoted),
      row.cut === null ? '' : numberText(row.cut),
    ]),
    width,
  )
}

/** A trial's reason in its own words, for tables. */
export function whyText(study: Study, why: Parameters<typeof reasonText>[1] | null): string {
  return why ? reasonText(study, why) : ''
}
