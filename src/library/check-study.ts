/** Everything that can be found out about a study before it is run, without starting anything. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { space as spaceOf } from '../core/space/space.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../core/study/definition.ts'
import { earlierCurves } from '../core/study/fit-input.ts'
import { countText } from '../core/study/views/number-text.ts'
import { ForetuneError } from '../errors.ts'
import { planSlots, thisMachine } from '../executors/slots.ts'
import type { SlotOptions } from '../executors/slots.ts'
import type { Store } from '../ports.ts'
import { foldStudy } from '../runtime/fold.ts'
import { networkFileSystem, refuseNetworkFileSystem } from '../stores/network-file-system.ts'
import { openStore } from '../stores/open.ts'
import { studyChanged, studyChanges } from '../wire/changes.ts'
import type { Program } from '../wire/program.ts'
import { programFromJson } from '../wire/program.ts'
import type { LocatedProblem } from '../wire/study-file-problem.ts'
import type { StudyFileResult } from '../wire/study-file.ts'
import { algorithms, resolveAlgorithms } from './algorithms.ts'
import { studyAnnealers } from './annealing.ts'
import { checkCommand } from './check-command.ts'
import { bytesText, freeBytes, isWritable, nearestFolder } from './finding.ts'
import { taughtScheduler } from './earlier-lessons.ts'
import type { Finding } from './finding.ts'
import { whyNothingIsPredicted } from './prediction-need.ts'
import { studyDirectory } from './program-executor.ts'
import { withWarmStart } from './warm-start.ts'

export interface Machine {
  readonly gpus: readonly string[]
  readonly cores: readonly number[]
}

export async function checkStudy(
  read: StudyFileResult,
  at: {
    readonly store: string
    readonly env: { readonly [name: string]: string | undefined }
    readonly machine?: Machine
  },
): Promise<Finding[]> {
  const { definition, program } = read
  return [
    ...checkCommand(definition, program, at.env),
    ...checkExecutor(program, at.machine ?? thisMachine()),
    checkDirectory(studyDirectory(program, definition.name, at.store)),
    ...(await checkStore(read, at.store)),
    ...(await checkLessons(read, at.store)),
    ...(await checkWarmStart(read, at.store)),
    ...checkPrediction(definition),
    ...(await checkAnnealer(definition, at.env)),
    ...checkSize(definition),
  ]
}

/** The mistakes of a study file, each a finding; anything else is thrown on. */
export function fileFindings(error: unknown): Finding[] {
  if (!(error instanceof ForetuneError) || error.code !== 'STUDY_FILE_INVALID') throw error
  const problems = error.details['problems'] as readonly LocatedProblem[]
  return problems.map(({ message }) => ({ level: 'error', about: 'file', text: message }))
}

function checkExecutor({ executor, command }: Program, machine: Machine): Finding[] {
  if (command === null) return []
  const about = 'executor'
  if (executor.type !== 'local')
    return [
      {
        level: 'error',
        about,
        text: `${executor.type} is not in this version: write \`executor: { type: local, slots: N }\``,
      },
    ]
  const options = executor as SlotOptions
  const missing = Array.isArray(options.gpus) ? options.gpus.filter((gpu) => !machine.gpus.includes(String(gpu))) : []
  if (missing.length > 0) {
    const has = machine.gpus.length === 0 ? 'none' : machine.gpus.join(', ')
    return [{ level: 'error', about, text: `expected GPU ${missing.join(', ')}, this machine shows ${has}` }]
  }
  const slots = planSlots(options, machine)
  const gpus = new Set(slots.flatMap(({ gpu }) => gpu ?? []))
  const cores = machine.cores.length
  const shown = `${countText(slots.length, 'slot')} on ${countText(cores, 'core')}, ${gpus.size === 0 ? 'no GPU' : countText(gpus.size, 'GPU')}`
  const findings: Finding[] = [{ level: 'ok', about, text: `local, ${shown}` }]
  if (options.slots !== undefined && slots.length < options.slots)
    findings.push({
      level: 'warn',
      about,
      text: `${options.slots} slots were asked for: more than the GPUs hold (\`trialsPerGpu\` shares one)`,
    })
  const needed = slots.length * (options.cores ?? 1)
  if (gpus.size === 0 && needed > cores)
    findings.push({
      level: 'warn',
      about,
      text: `the slots want ${countText(needed, 'core')} and there are ${cores}: trials will slow each other down`,
    })
  return findings
}

const roomForLittle = 1e9
const roomForNothing = 5e7

function checkDirectory(directory: string): Finding {
  const about = 'directory'
  const folder = nearestFolder(directory)
  if (!isWritable(folder))
    return {
      level: 'error',
      about,
      text: `${directory} cannot be made or written: ${folder} is read-only for this user`,
    }
  const free = freeBytes(folder)
  const text = `${directory}, ${bytesText(free)} free`
  if (free < roomForNothing) return { level: 'error', about, text: `${text}: too little for logs and checkpoints` }
  return free < roomForLittle
    ? { level: 'warn', about, text: `${text}: little for logs and checkpoints` }
    : { level: 'ok', about, text }
}

async function checkStore(read: StudyFileResult, url: string): Promise<Finding[]> {
  const about = 'store'
  const file = /^sqlite:(.+)$/s.exec(url)?.[1]
  try {
    if (file !== undefined && !existsSync(file)) {
      const folder = nearestFolder(dirname(file))
      refuseNetworkFileSystem(file, networkFileSystem(folder), process.env)
      if (folder !== dirname(file))
        return [{ level: 'error', about, text: `there is no folder ${dirname(file)} for the store ${url}` }]
      if (!isWritable(folder))
        return [{ level: 'error', about, text: `${url} cannot be made: ${folder} is read-only for this user` }]
      return [{ level: 'ok', about, text: `${url}, made by the first run` }]
    }
    const store = await openStore(url, { readOnly: true })
    try {
      const count = (await store.studies()).filter(({ lastSeq }) => lastSeq > 0).length
      const findings: Finding[] = [
        {
          level: 'ok',
          about,
          text: `${url}, ${count} ${count === 1 ? 'study' : 'studies'}`,
        },
      ]
      if (file !== undefined && !isWritable(file))
        findings.push({ level: 'error', about, text: `${file} is read-only for this user` })
      return [...findings, ...(await checkKnown(read, store))]
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return [{ level: 'error', about, text: `${error.code}: ${error.message}` }]
  }
}

/** A study that the store holds goes on, or refuses what was changed. */
async function checkKnown(read: StudyFileResult, store: Store): Promise<Finding[]> {
  const about = 'study'
  const { name } = read.definition
  const folded = await foldStudy(store, name, algorithms)
  if (!folded) return []
  const { state } = folded.study
  const { owner = null } = (await store.studies()).find((one) => one.name === name) ?? {}
  const recorded = {
    definition: { ...state.definition, budget: state.budget, failures: state.failures },
    program: programFromJson(state.program),
  }
  const { refused, allowed } = studyChanges(recorded, read)
  if (refused.length > 0) return [{ level: 'error', about, text: studyChanged(name, refused).message }]
  const changed =
    allowed.length === 0
      ? ''
      : `, with ${countText(allowed.length, 'change')}: ${allowed.map(({ path }) => path).join(', ')}`
  const found: Finding = {
    level: 'ok',
    about,
    text: `known, ${countText(state.trials.length, 'trial')}: a run goes on${changed}`,
  }
  if (owner === null) return [found]
  return [found, { level: 'warn', about, text: `process ${owner.pid} on ${owner.host} runs it now` }]
}

function hasLessons({ scheduler }: StudyDefinition): boolean {
  const predictor = scheduler['predictor'] as AlgorithmDefinition | string | null | undefined
  return typeof predictor === 'object' && (predictor?.['from'] ?? predictor?.['earlier'] ?? null) !== null
}

/** What the predictor is to learn from, if it is to learn from an earlier study. */
async function checkLessons(read: StudyFileResult, url: string): Promise<Finding[]> {
  const { definition } = read
  if (!hasLessons(definition)) return []
  const predictor = definition.scheduler['predictor'] as AlgorithmDefinition
  return checkEarlier('predictor', read, url, async (place) => {
    const taught = await taughtScheduler(definition.scheduler, definition, place)
    const earlier = earlierCurves(taught['predictor'] as AlgorithmDefinition)
    return `${predictor.type} learns from ${countText(earlier?.curves.length ?? 0, 'curve')} of ${earlier?.source}`
  })
}

/** Where the first trials are to be drawn from, if that is an earlier study. */
async function checkWarmStart(read: StudyFileResult, url: string): Promise<Finding[]> {
  const { definition } = read
  if (definition.warmStart === undefined) return []
  return checkEarlier('warmStart', read, url, async (place) => {
    const { warmStart } = await withWarmStart(definition, place)
    const count = warmStart?.places?.length ?? 0
    return `the first trials are drawn from around the best ${count === 1 ? 'one' : count} of ${warmStart?.from}`
  })
}

/** A study that has begun has recorded what an earlier one taught it: where that came from does not matter any more. */
async function checkEarlier(
  about: string,
  { definition, program }: StudyFileResult,
  url: string,
  taught: (place: { readonly store: Store | null; readonly folder: string }) => Promise<string>,
): Promise<Finding[]> {
  try {
    const store = await storeIfThere(url)
    try {
      const known = (await store?.studies()) ?? []
      if (known.some(({ name, lastSeq }) => name === definition.name && lastSeq > 0)) return []
      return [{ level: 'ok', about, text: await taught({ store, folder: program.folder }) }]
    } finally {
      await store?.close()
    }
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return [{ level: 'error', about, text: `${error.code}: ${error.message}` }]
  }
}

/** A study so small that none of its rounds teaches a predictor. */
function checkPrediction(definition: StudyDefinition): Finding[] {
  if (hasLessons(definition)) return []
  const text = whyNothingIsPredicted(resolveAlgorithms(definition, 1))
  return text === null ? [] : [{ level: 'warn', about: 'predictor', text }]
}

/** A study that names a quantum annealer, and nothing in its place, does not begin without it. */
async function checkAnnealer(
  definition: StudyDefinition,
  env: { readonly [name: string]: string | undefined },
): Promise<Finding[]> {
  const about = 'annealer'
  const annealers = studyAnnealers({ env, retries: 0 })
  try {
    await annealers.check(definition)
    return []
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return [{ level: 'error', about, text: `${error.code}: ${error.message}` }]
  } finally {
    await annealers.close()
  }
}

/** What is wrong with the store is found elsewhere. */
export async function storeIfThere(url: string): Promise<Store | null> {
  try {
    return await openStore(url, { readOnly: true })
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    return null
  }
}

/** The space against the budget. */
function checkSize(definition: StudyDefinition): Finding[] {
  const { budget, scheduler } = definition
  const { size } = spaceOf(definition.space)
  const trials = budget.trials ?? Infinity
  const findings: Finding[] = []
  if (size < trials && trials < Infinity)
    findings.push({
      level: 'warn',
      about: 'space',
      text: `it has ${countText(size, 'configuration')}, the budget is ${trials} trials: it is used up before, or configurations repeat`,
    })
  else
    findings.push({
      level: 'ok',
      about: 'space',
      text: size === Infinity ? 'continuous' : countText(size, 'configuration'),
    })
  const isEndless = Object.values(budget).every((limit) => limit === undefined)
  const kind = algorithms.schedulers[scheduler.type]
  const passes = kind?.resolve({ definition, options: scheduler, slots: 1 }).options['passes']
  if (isEndless && typeof passes !== 'number' && !(size < Infinity && definition.sampler.type === 'grid'))
    findings.push({
      level: 'warn',
      about: 'budget',
      text: 'none: the study goes on until you stop it; `budget: { trials: 100 }` ends it',
    })
  return findings
}
