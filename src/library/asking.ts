/**
 * What is asked of a study from outside of its controller: through the store where a controller is at work, else as the controller for
 * a moment, which also serves what others have asked meanwhile. So any number of loops may ask at once, and each wish is granted once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import { outsideExecutor } from '../executors/outside.ts'
import type { Store, StudySummary } from '../ports.ts'
import type { StudyToRun } from '../runtime/controller.ts'
import { accepted, perform } from '../runtime/perform.ts'
import type { Wish } from '../runtime/perform.ts'
import { openSession } from './session.ts'
import type { Session } from './session.ts'

const pollMs = 100
const patienceMs = 30_000

export interface AskedStudy {
  readonly store: Store
  readonly name: string
  /** What to create if the store does not hold the study yet. */
  readonly create?: Omit<StudyToRun, 'createdAt'>
}

/** The answer; throws what was refused, and `CONTROLLER_SILENT` if the controller at work does not answer. */
export async function askStudy(study: AskedStudy, wish: Wish): Promise<Json> {
  const [answer] = await askStudyAll(study, [wish])
  return answer as Json
}

/** Several wishes at once, in order; with a controller of our own they share its durable writes. */
export async function askStudyAll(study: AskedStudy, wishes: readonly Wish[]): Promise<Json[]> {
  const { store, name } = study
  let posted: readonly number[] | null = null
  // An answer takes the controller a moment for each wish.
  const deadline = performance.now() + patienceMs + 20 * wishes.length
  for (;;) {
    const answers = posted && (await answersTo(study, posted))
    if (answers) return answers.map(accepted)
    const owner = await ownerOf(store, name)
    if (owner === null) {
      const granted = await forAMoment(study, posted === null ? wishes : [])
      if (granted && posted === null) return granted.map(accepted)
    } else {
      posted ??= await post(study, wishes)
    }
    if (performance.now() > deadline) throw controllerSilent(name, owner)
    await delay(pollMs)
  }
}

async function post({ store, name }: AskedStudy, wishes: readonly Wish[]): Promise<number[]> {
  const ids: number[] = []
  for (const { type, data } of wishes) ids.push(await store.request(name, type, data))
  return ids
}

async function answersTo({ store, name }: AskedStudy, ids: readonly number[]): Promise<Json[] | null> {
  // The last one is answered last.
  if ((await store.answered(name, ids.at(-1) ?? 0)) === undefined) return null
  return Promise.all(ids.map(async (id) => (await store.answered(name, id)) ?? null))
}

/** Grants the wishes and whatever waits in the store; null if another controller was quicker. */
async function forAMoment(study: AskedStudy, wishes: readonly Wish[]): Promise<Json[] | null> {
  const session = await openOutside(study)
  if (session === null) return null
  try {
    const answers = await Promise.all(wishes.map((wish) => perform(session, wish)))
    // What others wish is theirs to wait for; a store that fails is heard of on leaving.
    await session.serve().catch(() => undefined)
    return answers
  } finally {
    await session.leave('asked')
  }
}

async function openOutside({ store, name, create }: AskedStudy): Promise<Session | null> {
  try {
    return await openSession({ store, name, executor: outsideExecutor, stays: true, ...(create ? { create } : {}) })
  } catch (error) {
    if (error instanceof ForetuneError && error.code === 'STUDY_IS_RUNNING') return null
    throw error
  }
}

export async function ownerOf(store: Store, name: string): Promise<StudySummary['owner']> {
  return (await store.studies()).find((study) => study.name === name)?.owner ?? null
}

export function controllerSilent(name: string, owner: StudySummary['owner']): ForetuneError {
  const who = owner === null ? `the controller of '${name}'` : `process ${owner.pid} on ${owner.host}`
  return new ForetuneError(
    'CONTROLLER_SILENT',
    `Expected an answer from ${who} within ${patienceMs / 1000} s, got none. The request stays in the store: it is served when that process wakes, or by the next \`foretune resume ${name}\`.`,
    { details: { name, owner }, exit: 3 },
  )
}
