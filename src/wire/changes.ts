/**
 * A study that goes on with a changed file: what may change is recorded, what the algorithms have decided on may not.
 *
 * A field that is written as it was is unchanged, whatever its defaults are by now; only fields that are written otherwise are compared
 * with all defaults filled in. So neither a later default nor `eta: 3` written out where 3 was the default is taken for a change.
 */
import { defaultsOf } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import type { AlgorithmDefinition, Budget, Failures, StudyDefinition, WarmStart } from '../core/study/definition.ts'
import type { Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import type { Program } from './program.ts'
import { pathText, type Path } from './study-file-problem.ts'

export interface Difference {
  /** As in the study file: `space.lr.high`. */
  readonly path: string
  readonly was: Json | undefined
  readonly is: Json | undefined
}

export interface StudyChanges {
  /** For `StudyChanged`: only what changed. `program` comes with every change, for it holds the file as written. */
  readonly budget?: Budget
  readonly failures?: Failures
  readonly program?: Program
  readonly allowed: readonly Difference[]
  readonly refused: readonly Difference[]
}

export interface Study {
  readonly definition: StudyDefinition
  readonly program: Program
}

/** Fields that say what is searched and how, with the fields of the file that they come from. */
const fixed = [
  ['name', ['name'], 'name'],
  ['space', ['space', 'forbidden'], 'space'],
  ['objectives', ['objective', 'objectives'], 'objectives'],
  ['constraints', ['constraints'], 'constraints'],
  ['epochs', ['epochs'], 'epochs'],
  ['sampler', ['sampler'], 'sampler'],
  ['scheduler', ['scheduler'], 'scheduler'],
  ['lingerMs', ['linger'], 'linger'],
  ['checkpoints', ['checkpoints'], 'checkpoints'],
  ['seed', ['seed'], 'seed'],
  ['initial', ['initial'], 'initial'],
  ['warmStart', ['warmStart'], 'warmStart'],
] as const satisfies readonly (readonly [keyof StudyDefinition, readonly string[], string])[]

export function studyChanges(recorded: Study, read: Study): StudyChanges {
  const was = recorded.program.written
  const is = read.program.written
  const isRewritten = (fields: readonly string[]): boolean =>
    fields.some((field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]))
  const refused = fixed.flatMap(([field, written, shown]) =>
    isRewritten(written)
      ? differences(asFile(field, recorded.definition[field]), asFile(field, read.definition[field]), [shown])
      : [],
  )
  // Not only written: it also follows from the command, and then it changes with it.
  refused.push(...differences(recorded.definition.resumable, read.definition.resumable, ['resumable']))
  refused.push(...differences(recorded.program.directory, read.program.directory, ['directory']))

  const budget = isRewritten(['budget'])
    ? differences(recorded.definition.budget, read.definition.budget, ['budget'])
    : []
  const failures = isRewritten(['failures'])
    ? differences(recorded.definition.failures, read.definition.failures, ['failures'])
    : []
  const program = programFields.flatMap((field) => differences(recorded.program[field], read.program[field], [field]))
  const allowed = [...budget, ...failures, ...program]
  return {
    ...(budget.length > 0 ? { budget: read.definition.budget } : {}),
    ...(failures.length > 0 ? { failures: read.definition.failures } : {}),
    ...(allowed.length > 0 ? { program: read.program } : {}),
    allowed,
    refused,
  }
}

const programFields = [
  'command',
  'shell',
  'env',
  'folder',
  'metrics',
  'executor',
] as const satisfies readonly (keyof Program)[]

/** The space's order is part of it: samplers go through the parameters in that order. */
function asFile(field: keyof StudyDefinition, value: StudyDefinition[keyof StudyDefinition]): unknown {
  if (field === 'sampler') return withoutVersion(value as AlgorithmDefinition)
  if (field === 'scheduler') return withPredictorAsFile(withoutVersion(value as AlgorithmDefinition))
  if (field === 'warmStart') {
    const { places: _, ...told } = (value ?? {}) as Partial<WarmStart>
    return value === undefined ? noLessons : told
  }
  if (field !== 'space') return value
  const { parameters, forbidden } = value as StudyDefinition['space']
  return { ...parameters, '(order)': Object.keys(parameters).join(', '), '(forbidden)': forbidden }
}

/** To be told apart from an option that is left to the algorithm. */
const noLessons = 'nothing'

/** Which version decides is no matter of the file. */
function withoutVersion({ version: _, ...algorithm }: AlgorithmDefinition): AlgorithmDefinition {
  return algorithm as AlgorithmDefinition
}

/** A predictor by name is a section with that type. Its options are filled in as at a study's start, unless a saved predictor may have brought them. */
function withPredictorAsFile(scheduler: AlgorithmDefinition): AlgorithmDefinition {
  const { predictor } = scheduler
  const named = typeof predictor === 'string' ? { type: predictor } : (predictor as AlgorithmDefinition | undefined)
  if (!named) return scheduler
  const { earlier: _, version: __, from, ...options } = named
  const kind = Object.hasOwn(predictors, named.type) ? predictors[named.type] : undefined
  const defaults = kind && typeof from !== 'string' ? defaultsOf(kind.options) : {}
  return { ...scheduler, predictor: { ...defaults, ...options, from: from ?? noLessons } }
}

/** An option that is null now is left to the algorithm, which had decided it at the study's start; one that a saved predictor brought is not there. */
function differences(was: unknown, is: unknown, path: Path): Difference[] {
  if (Object.is(was, is)) return []
  if (isSection(was) && isSection(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)])
    return [...names].flatMap((name) => differences(was[name], is[name], [...path, name]))
  }
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    return was.flatMap((entry: unknown, index) => differences(entry, is[index], [...path, index]))
  }
  const isOption = path.length > 1 && (path[0] === 'sampler' || path[0] === 'scheduler')
  const isLeft = is === null || (is === undefined && path[1] === 'predictor')
  return isOption && isLeft ? [] : [{ path: shownPath(path), was: was as Json, is: is as Json }]
}

function isSection(value: unknown): value is { readonly [name: string]: unknown } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function shownPath(path: Path): string {
  if (path[1] === '(forbidden)') return pathText(['forbidden', ...path.slice(2)])
  return path[1] === '(order)' ? 'space (order of parameters)' : pathText(path)
}

/** `run` was given a file that means another study under the name of one that has begun. */
export function studyChanged(name: string, refused: readonly Difference[]): ForetuneError {
  const lines = refused.map(({ path, was, is }) => `  ${path}: was ${shown(was)}, is ${shown(is)}`)
  return new ForetuneError(
    'STUDY_CHANGED',
    [
      `study '${name}' has begun with other settings:`,
      ...lines,
      'Only budget, failures, executor and how the program is called may change.',
      `To continue it, undo these changes; to start another study beside it, give this one its own name (name: ${name}-2).`,
    ].join('\n'),
    { details: { study: name, differences: refused } },
  )
}

function shown(value: Json | undefined): string {
  return value === undefined || value === noLessons ? 'nothing' : JSON.stringify(value)
}
