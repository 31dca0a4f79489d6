/**
 * Optuna's journal file (JournalFileBackend): one JSON object a line, each an operation of one worker; studies and trials are numbered by the order
 * in which they were created. An operation that Optuna would refuse (a second study of one name, a change of a settled trial) changes nothing here
 * either. The last line may still be being written.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Direction, Json } from '../core/trial.ts'
import { externalValue } from './import-optuna.ts'
import type { OptunaState, OptunaStudy, OptunaTrial } from './import-optuna.ts'

type Log = { readonly [field: string]: Json | undefined }

interface Trial {
  readonly number: number
  state: OptunaState
  readonly parameters: { [name: string]: Json }
  readonly steps: Map<number, number>
  values: number[] | null
  readonly attributes: { [name: string]: Json | undefined }
}

interface Study {
  readonly name: string
  readonly directions: (Direction | null)[]
  metrics: string[] | null
  readonly trials: Trial[]
}

/** By number, as Optuna has them. */
const states: readonly OptunaState[] = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING']
const directions: readonly (Direction | null)[] = [null, 'minimize', 'maximize']

/** Whether a file begins as a journal does. */
export function isJournal(head: string): boolean {
  return /^\s*\{"op_code": ?\d/.test(head)
}

/** Throws what is wrong, with the line. */
export async function readJournal(path: string): Promise<OptunaStudy[]> {
  const studies = new Map<number, Study>()
  const trials: Trial[] = []
  let created = 0
  const apply = (log: Log): void => {
    switch (log['op_code']) {
      case 0: {
        const name = log['study_name'] as string
        if ([...studies.values()].some((study) => study.name === name)) return
        const itsDirections = (log['directions'] as number[]).map((direction) => directions[direction] ?? null)
        studies.set(created++, { name, directions: itsDirections, metrics: null, trials: [] })
        return
      }
      case 1:
        studies.delete(log['study_id'] as number)
        return
      case 3: {
        const study = studies.get(log['study_id'] as number)
        const names = (log['system_attr'] as Log)['study:metric_names']
        if (study && Array.isArray(names)) study.metrics = names.map(String)
        return
      }
      case 4: {
        const study = studies.get(log['study_id'] as number)
        if (!study) return
        const trial = createdTrial(log, study.trials.length)
        study.trials.push(trial)
        trials.push(trial)
        return
      }
      default: {
        const trial = trials[log['trial_id'] as number]
        if (trial && !isSettled(trial)) applyToTrial(trial, log)
      }
    }
  }
  let bad: { readonly line: number; readonly why: string } | null = null
  let line = 0
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line++
    if (text.trim() === '') continue
    if (bad) throw new Error(`line ${bad.line}: expected an operation of an Optuna journal, got ${bad.why}`)
    try {
      apply(parsed(text))
    } catch (error) {
      bad = { line, why: (error as Error).message }
    }
  }
  return [...studies.values()].map((study): OptunaStudy => study)
}

function isSettled({ state }: OptunaTrial): boolean {
  return state === 'COMPLETE' || state === 'PRUNED' || state === 'FAIL'
}

/** Trials that were added whole bring everything with them. */
function createdTrial(log: Log, number: number): Trial {
  const given = log as {
    readonly state?: number
    readonly params?: { readonly [name: string]: number }
    readonly distributions?: { readonly [name: string]: string }
    readonly intermediate_values?: { readonly [step: string]: Json }
    readonly value?: Json
    readonly values?: readonly Json[] | null
    readonly user_attrs?: Log
  }
  const stored = Object.entries(given.params ?? {})
  const steps = Object.entries(given.intermediate_values ?? {})
  const values = given.values ?? (given.value === undefined || given.value === null ? null : [given.value])
  return {
    number,
    state: states[given.state ?? 0] ?? 'RUNNING',
    parameters: Object.fromEntries(
      stored.map(([name, value]) => [name, externalValue(given.distributions?.[name] ?? '', value)]),
    ),
    steps: new Map(steps.map(([step, value]) => [Number(step), Number(value)])),
    values: values?.map(Number) ?? null,
    attributes: { ...given.user_attrs },
  }
}

function applyToTrial(trial: Trial, log: Log): void {
  switch (log['op_code']) {
    case 5: {
      const value = externalValue(log['distribution'] as string, Number(log['param_value_internal']))
      trial.parameters[log['param_name'] as string] = value
      return
    }
    case 6: {
      const values = log['values'] as readonly Json[] | null | undefined
      trial.state = states[log['state'] as number] ?? trial.state
      if (values) trial.values = values.map(Number)
      return
    }
    case 7:
      trial.steps.set(log['step'] as number, Number(log['intermediate_value']))
      return
    case 8:
      Object.assign(trial.attributes, log['user_attr'])
      return
    default: // attributes of Optuna's own, and operations of other programs
  }
}

/** Python writes NaN and Infinity as no JSON can; they become the words that `Number` reads. */
function parsed(text: string): Log {
  let whole: Json
  try {
    whole = JSON.parse(text) as Json
  } catch {
    whole = JSON.parse(text.replace(/(?<=[:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, '"$1"')) as Json
  }
  if (whole === null || typeof whole !== 'object' || typeof (whole as Log)['op_code'] !== 'number')
    throw new Error(text.slice(0, 40))
  return whole as Log
}
