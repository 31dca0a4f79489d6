/**
 * Trials of another study, of ours or of Optuna's, as far as they fit this one. Parameters go by their names. What this study does not have is left
 * out; a trial that lacks one of its parameters, or lies outside of its space, is skipped; both are counted, with the reason.
 */
import type { Json, Metrics, TrialState, Value } from '../core/trial.ts'
import { holds } from '../core/space/conditions.ts'
import type { Axis, Space } from '../core/space/space.ts'
import type { Study } from '../core/study/study.ts'
import type { Draft, Report } from './import-results.ts'

/** A trial in the words of the study that it comes from. */
export interface ForeignTrial {
  /** `trial 7 of digits`. */
  readonly where: string
  readonly parameters: { readonly [name: string]: Json | undefined }
  /** Null: as its reports say. */
  readonly state: TrialState | null
  /** Epochs from 1 on, ascending; metrics in this study's names. */
  readonly reports: readonly Report[]
}

/** How many trials there were of each. */
export type Tally = readonly { readonly what: string; readonly trials: number }[]

export interface FittedTrials {
  readonly drafts: readonly Draft[]
  /** Trials that had said nothing, wherever they were. */
  readonly empty: number
  /** By reason. */
  readonly skipped: Tally
  /** By parameter: it was left out of so many trials. */
  readonly dropped: Tally
}

export interface Fitting {
  /** Of parameters and metrics there, the name here. */
  readonly names?: ReadonlyMap<string, string> | undefined
  /** Whether a trial may lack parameters: where only the others are looked at. */
  readonly isPartial?: boolean | undefined
}

export function fitTrials(
  study: Study,
  trials: Iterable<ForeignTrial>,
  { names = new Map(), isPartial = false }: Fitting = {},
): FittedTrials {
  const drafts: Draft[] = []
  const skipped = new Map<string, number>()
  const dropped = new Map<string, number>()
  const objectives = study.state.definition.objectives.map(({ metric }) => metric)
  let empty = 0
  for (const { where, parameters, state, reports: written } of trials) {
    const reports = renamedMetrics(written, names)
    if (reports.length === 0 && state !== 'failed') {
      empty++
      continue
    }
    const { configuration, left, problem } = placed(study.space, renamed(parameters, names))
    const isMeasured = reports.some(({ metrics }) => objectives.some((name) => metrics[name] !== undefined))
    const unfit = isPartial && Object.keys(configuration).length > 0 ? null : problem
    const reason = reports.length > 0 && !isMeasured ? `no report of ${objectives.join(' or ')}` : unfit
    if (reason === null) {
      for (const name of left) add(dropped, name)
      drafts.push({ where, configuration, state, reports, problems: [] })
    } else add(skipped, reason)
  }
  return { drafts, empty, skipped: tally(skipped), dropped: tally(dropped) }
}

interface Placed {
  readonly configuration: { readonly [name: string]: Value }
  /** Parameters that do not exist here, or not where this trial is. */
  readonly left: readonly string[]
  readonly problem: string | null
}

function placed(space: Space, parameters: ForeignTrial['parameters']): Placed {
  const configuration: { [name: string]: Value } = {}
  const taken = new Set<string>()
  const problems: string[] = []
  for (const axis of space.axes) {
    const { name, when, parameter } = axis
    if (when && !holds(when, configuration)) continue
    const written = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (written === undefined) {
      problems.push(`without ${name}`)
      continue
    }
    taken.add(name)
    const value = valueOn(axis, written)
    if (value === undefined) problems.push(`${name} is not ${parameter.expected}`)
    else configuration[name] = value
  }
  if (problems.length === 0)
    for (const clause of space.definition.forbidden)
      if (holds(clause, configuration)) problems.push(`the combination ${JSON.stringify(clause)} is forbidden`)
  return {
    configuration,
    left: Object.keys(parameters).filter((name) => !taken.has(name)),
    problem: problems[0] ?? null,
  }
}

/** Numbers may carry the dust of another program's arithmetic, and choices may be numbers there and text here. */
function valueOn({ parameter }: Axis, written: Json): Value | undefined {
  const readings: unknown[] = [written]
  if (typeof written === 'number') {
    const near = parameter.numeric ? parameter.decode(parameter.encode(written)) : written
    if (Math.abs(Number(near) - written) <= 1e-9 * Math.abs(written)) readings.push(near)
    readings.push(String(written))
  } else if (typeof written === 'boolean') readings.push(String(written))
  else if (typeof written === 'string' && written.trim() !== '') readings.push(Number(written))
  return readings.find((reading) => parameter.contains(reading)) as Value | undefined
}

function renamed<T>(fields: { readonly [name: string]: T }, names: ReadonlyMap<string, string>): { [name: string]: T } {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names.get(name) ?? name, value]))
}

function renamedMetrics(reports: readonly Report[], names: ReadonlyMap<string, string>): readonly Report[] {
  if (names.size === 0) return reports
  return reports.map(({ epoch, metrics }) => ({ epoch, metrics: renamed(metrics, names) as Metrics }))
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

/** The most frequent first. */
function tally(counts: ReadonlyMap<string, number>): Tally {
  return [...counts].map(([what, trials]) => ({ what, trials })).toSorted((a, b) => b.trials - a.trials)
}
