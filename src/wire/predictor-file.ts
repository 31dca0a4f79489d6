/**
 * A predictor kept for other studies, as `predict --save` writes it: what it learns from, not what it has learnt, since each study asks for other
 * pairs of epochs. JSON, one line a curve, so that a difference between two files can be read.
 */
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import type { Configuration, Direction, Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'

export interface SavedPredictor {
  /** The study or table that the curves come from. */
  readonly source: string
  readonly objective: { readonly metric: string; readonly direction: Direction }
  /** `max`: as long as every curve is. */
  readonly epochs: { readonly max: number; readonly resource: string }
  /** Null = any: there are only curves. */
  readonly predictor: AlgorithmDefinition | null
  /** All that a configuration may hold. */
  readonly parameters: readonly string[]
  readonly curves: readonly SavedCurve[]
}

export interface SavedCurve {
  readonly configuration: Configuration
  /** After epoch e: `[e - 1]`. Finite; minimise-signed, so that a metric that is maximised stands negated. */
  readonly losses: readonly number[]
}

const format = 'foretune-predictor'
/** Raised when older programs would misread the file. */
const version = 1

export function encodePredictor({ curves, ...saved }: SavedPredictor): string {
  const head = JSON.stringify({ format, version, ...saved }, null, 2).slice(0, -2)
  const lines = curves.map(({ configuration, losses }) => `    ${JSON.stringify({ configuration, losses })}`)
  return `${head},\n  "curves": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Throws `PREDICTOR_FILE_INVALID`, naming the file and the place. */
export async function decodePredictor(text: string, file: string): Promise<SavedPredictor> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw predictorFileInvalid(file, 'a JSON file', cause instanceof Error ? cause.message : String(cause))
  }
  const fields = typeof json === 'object' && json !== null ? (json as { readonly [field: string]: unknown }) : {}
  if (fields['format'] !== format) throw predictorFileInvalid(file, `"format": "${format}"`, shown(fields['format']))
  if (fields['version'] !== version)
    throw predictorFileInvalid(file, `"version": ${version}, which this Foretune reads`, shown(fields['version']))
  const schema = await savedPredictor()
  const read = schema.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw predictorFileInvalid(file, 'what `predict --save` writes', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  return read.data as SavedPredictor
}

/** The library that judges forms is loaded on first use. */
async function savedPredictor() {
  const { z } = await import('zod')
  const name = z.string().min(1)
  const value = z.union([z.string(), z.number(), z.boolean()])
  const curve = z.object({ configuration: z.record(z.string(), value), losses: z.array(z.number()) })
  return z
    .object({
      source: name,
      objective: z.object({ metric: name, direction: z.enum(['minimize', 'maximize']) }),
      epochs: z.object({ max: z.int().min(1), resource: name }),
      predictor: z.looseObject({ type: name }).nullable(),
      parameters: z.array(name),
      curves: z.array(curve).min(1),
    })
    .check((context) => {
      const { curves, epochs } = context.value
      for (const [index, { losses }] of curves.entries()) {
        if (losses.length === epochs.max) continue
        const message = `expected ${epochs.max} losses, as epochs.max says, got ${losses.length}`
        context.issues.push({ code: 'custom', message, input: losses, path: ['curves', index, 'losses'] })
      }
    })
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value as Json) ?? 'nothing').slice(0, 80)
}

export function predictorFileInvalid(file: string, expected: string, got: string): ForetuneError {
  return new ForetuneError(
    'PREDICTOR_FILE_INVALID',
    `${file}: expected ${expected}, got ${got}. Name a study, or a file that \`foretune predict CURVES --save FILE\` wrote.`,
    { details: { file, expected, got } },
  )
}
