/** What `ask`, `report` and `tell` share: the study that is meant, and who asks. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Json } from '../core/trial.ts'
import { askStudy } from '../library/asking.ts'
import type { AskedStudy } from '../library/asking.ts'
import { resolveAlgorithms } from '../library/algorithms.ts'
import { studyDirectory } from '../library/program-executor.ts'
import type { Store } from '../ports.ts'
import { openStore } from '../stores/open.ts'
import { programAsJson } from '../wire/program.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Io } from './command.ts'
import { readFileAsStudy } from './run.ts'
import { nameInFile, resolveStudy, storeUrl } from './study-reference.ts'

/** The answer to one wish. */
export async function askOf(
  reference: string | undefined,
  type: string,
  data: { readonly [key: string]: Json },
  args: Args,
  io: Io,
): Promise<Json> {
  return withAskedStudy(reference, args, io, (study) => askStudy(study, { type, data: { by: asker(io), ...data } }))
}

/** A study that is to be asked, and what it is to be made of if a study file is named that the store does not hold yet. */
export async function withAskedStudy<T>(
  reference: string | undefined,
  args: Args,
  io: Io,
  use: (study: AskedStudy) => Promise<T>,
): Promise<T> {
  const isFile = reference !== undefined && isStudyFile(resolve(io.cwd, reference))
  const store = await openStore(storeUrl(args, io), { mustExist: !isFile })
  try {
    const study = isFile ? await studyOfFile(store, reference, args, io) : null
    return await use(study ?? { store, name: await resolveStudy(store, reference, io.cwd) })
  } finally {
    await store.close()
  }
}

async function studyOfFile(store: Store, path: string, args: Args, io: Io): Promise<AskedStudy | null> {
  const known = (await store.studies()).filter(({ lastSeq }) => lastSeq > 0).map(({ name }) => name)
  if (known.includes(await nameInFile(resolve(io.cwd, path)))) return null
  const { definition: written, program } = await readFileAsStudy(path, args, io)
  // As for the slots that it will have when it is run: asking needs none.
  const slots = Number(program.executor['slots'] ?? 1)
  const definition = resolveAlgorithms(written, slots)
  const { name } = definition
  const directory = studyDirectory(program, name, store.location)
  return { store, name, create: { definition, program: programAsJson(program), directory } }
}

function isStudyFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

export function asker(io: Io): string {
  return io.env['USER'] ?? 'another process'
}

export function trialNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw flagValueInvalid('TRIAL', 'the number of a trial', text)
  return Number(text)
}
