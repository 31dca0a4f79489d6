/** The `executor` section. What a field means stands with the executor; here it only gets its form. */
import { z } from 'zod'
import { positiveDuration } from './schema-parts.ts'
import { says, section } from './schema-issues.ts'
import type { ExecutorSection } from './program.ts'
import { oneOf } from './study-file-problem.ts'

const slots = z.int().min(1).optional().describe('How many attempts run at once.')
const count = z.int().min(1).optional()
const text = z.string().min(1).optional()
const share = z.number().gt(0).optional()
const extra = z.array(z.string()).optional().describe('Further arguments for the engine, as they are.')
const gpuList = z.array(z.int().min(0)).min(1)

const gpusError = says('WRONG_VALUE', "'auto', 'none' or a list of GPU numbers")

/** Kept as written, so that the recorded section reads as the user's. */
const walltime = z.string().refine((written) => positiveDuration.safeParse(written).success, {
  error: says('BAD_DURATION', 'a duration such as 30m or 4h'),
})

const shapes = {
  local: {
    slots,
    gpus: z
      .union([z.enum(['auto', 'none'], { error: gpusError }), gpuList], { error: gpusError })
      .optional()
      .describe('Which GPUs are given to attempts.'),
    trialsPerGpu: count.describe('How many attempts share one GPU.'),
    cores: count.describe('Cores per attempt.'),
  },
  slurm: {
    slots,
    mode: z
      .enum(['jobs', 'allocation'])
      .optional()
      .describe('One batch job an attempt, or steps inside one allocation.'),
    partition: text,
    account: text,
    time: walltime.optional().describe('Wall-clock limit of one batch job.'),
    nodes: count,
    tasks: count,
    gpus: z.int().min(0).optional(),
    cpusPerTask: count,
    mem: text,
    extra,
    setup: text.describe('Shell lines before the command, such as `module load`.'),
  },
  ssh: {
    hosts: z
      .array(
        z.union([z.string().min(1), section({ host: z.string().min(1), slots, gpus: gpuList.optional() })], {
          error: says('WRONG_TYPE', 'a host or { host, slots, gpus }'),
        }),
      )
      .min(1),
    directory: text.describe('A folder that all hosts share.'),
    slots,
  },
  ray: { address: text, cpus: share, gpus: z.number().min(0).optional(), slots },
} as const

/** Engines whose sections are still open: any field, judged by the executor. */
const open = ['mpi', 'grid-engine', 'simulated'] as const

export const executorNames: readonly string[] = [...Object.keys(shapes), ...open]

export function executor(): z.ZodType<ExecutorSection> {
  const error = says('UNKNOWN_EXECUTOR', oneOf(executorNames))
  const sections = [
    ...Object.entries(shapes).map(([name, shape]) => section({ type: z.literal(name), ...shape })),
    ...open.map((name) => z.looseObject({ type: z.literal(name) })),
  ]
  const whole = z.discriminatedUnion('type', sections as unknown as [z.ZodObject<{ type: z.ZodLiteral<string> }>], {
    error: (issue) => (issue.code === 'invalid_union' ? error : undefined),
  })
  const short = z
    .enum(executorNames as [string], { error: (issue) => (typeof issue.input === 'string' ? error : undefined) })
    .transform((type) => ({ type }))
    .pipe(whole)
  return z.union([short, whole], {
    error: says('WRONG_TYPE', "an executor's name or { type: name, ... }"),
  }) as z.ZodType<ExecutorSection>
}
