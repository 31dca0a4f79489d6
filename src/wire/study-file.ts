/**
 * From a study file, or the library's options, to a study with every default resolved. All mistakes are told in one go, as one
 * `STUDY_FILE_INVALID` with `details.problems`; the libraries that read YAML and judge forms are loaded on first use.
 */
import { basename, dirname, resolve } from 'node:path'
import type { Json } from '../core/trial.ts'
import type { Algorithms } from './schema-algorithms.ts'
import type { StudyFileSchema } from './schema.ts'
import { checkFields } from './study-file-checks.ts'
import { parseStudyDocument } from './study-file-document.ts'
import type { RawFields, StudyFields } from './study-file-fields.ts'
import { type Position, type Problem, shownValue, studyFileInvalid } from './study-file-problem.ts'
import {
  checkResolved,
  checkScheduler,
  resolveStudy,
  type StudyFileResult,
  type StudySource,
} from './study-file-resolve.ts'

export type { Algorithms, StudyFileResult }

export interface ReadOptions {
  /** Used where the study names no seed. Default 0. */
  readonly seed?: number
  /** Default: all that Foretune has. */
  readonly algorithms?: Algorithms
}

/** `path`: where the text was read; messages show it as it is given here. */
export async function readStudyFile(
  text: string,
  options: ReadOptions & { readonly path: string },
): Promise<StudyFileResult> {
  const [document, algorithms] = await Promise.all([parseStudyDocument(text), algorithmsOf(options)])
  const file = resolve(options.path)
  const name = basename(file).replace(/\.(?:ya?ml|json)$/i, '')
  const positions = new Map<Problem, Position>(document.problems.map((problem) => [problem, problem.position]))
  const locate = (problem: Problem): Position => positions.get(problem) ?? document.locate(problem)
  const source = { name, file, folder: dirname(file), seed: options.seed ?? 0 }
  if (document.value === undefined) throw studyFileInvalid(options.path, document.problems, locate)
  const read = await readFields(document.value, algorithms, source)
  const problems = [...document.problems, ...read.problems]
  if (problems.length > 0 || read.result === null) throw studyFileInvalid(options.path, problems, locate)
  return read.result
}

/** The same fields as plain data: the library's way in. Problems have paths, no lines. */
export async function readStudyObject(
  value: unknown,
  options: ReadOptions & { readonly folder?: string; readonly name?: string } = {},
): Promise<StudyFileResult> {
  const source = {
    name: options.name ?? null,
    file: null,
    folder: resolve(options.folder ?? '.'),
    seed: options.seed ?? 0,
  }
  const { result, problems } = await readFields(value, await algorithmsOf(options), source)
  if (problems.length > 0 || result === null) throw studyFileInvalid('study options', problems, () => null)
  return result
}

/**
 * Some fields by themselves, each judged and filled in as in a study file: for what a command line says about `scheduler`, `budget` and the like.
 * `source` names them in messages.
 */
export async function readStudyFields(
  raw: RawFields,
  options: ReadOptions & { readonly source: string },
): Promise<Partial<StudyFields>> {
  const schema = await schemaOf(await algorithmsOf(options))
  const { fields, problems } = schema.read(raw)
  if (problems.length > 0) throw studyFileInvalid(options.source, problems, () => null)
  return fields
}

/** The JSON Schema of the study file, for editors. */
export async function studyFileJsonSchema(options: ReadOptions = {}): Promise<Json> {
  return (await schemaOf(await algorithmsOf(options))).jsonSchema()
}

async function readFields(
  value: unknown,
  algorithms: Algorithms,
  source: StudySource,
): Promise<{ readonly result: StudyFileResult | null; readonly problems: readonly Problem[] }> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const got = value === null ? 'an empty file' : shownValue(value)
    return { result: null, problems: [{ code: 'WRONG_TYPE', path: [], expected: 'the fields of a study', got }] }
  }
  const raw = value as RawFields
  // A name that comes from the file's is judged like a written one.
  const named = raw['name'] === undefined || raw['name'] === null ? { ...raw, name: source.name } : raw
  const schema = await schemaOf(algorithms)
  const read = schema.read(named)
  const problems = [...read.problems, ...checkFields(read, named), ...checkScheduler(read, named, algorithms)]
  if (problems.length > 0) return { result: null, problems }
  const result = resolveStudy(read.fields, raw, schema, source)
  return { result, problems: checkResolved(result.definition, algorithms) }
}

const schemas = new WeakMap<Algorithms, StudyFileSchema>()

async function schemaOf(algorithms: Algorithms): Promise<StudyFileSchema> {
  const { studyFileSchema } = await import('./schema.ts')
  let schema = schemas.get(algorithms)
  if (schema === undefined) schemas.set(algorithms, (schema = studyFileSchema(algorithms)))
  return schema
}

async function algorithmsOf(options: ReadOptions): Promise<Algorithms> {
  if (options.algorithms !== undefined) return options.algorithms
  return (await import('./algorithms.ts')).algorithms
}
