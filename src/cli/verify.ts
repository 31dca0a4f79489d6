import { newVerifier } from '../core/study/verify.ts'
import type { Verification } from '../core/study/verify.ts'
import { countText } from '../core/study/views/number-text.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { algorithms } from '../library/algorithms.ts'
import type { Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { openStoreForReading, resolveStudy } from './study-reference.ts'

export const command: Command = {
  name: 'verify',
  summary: 'Check the store and the chain of hashes, then take every decision again and compare.',
  usage: 'STUDY',
  doc: 'Choices must be equal exactly, numbers to 1e-6; a choice within that margin is undecidable. Decisions of another version of an algorithm are not taken again. Facts (reports, commands) are checked for form and order. Exit 1 if something is wrong.',
  operands: [0, 1],
  options: { json: jsonFlag, store: storeFlag },
  examples: ['foretune verify digits'],
  run: async (args, io) => {
    const store = await openStoreForReading(args, io)
    try {
      const name = await resolveStudy(store, args.operands[0], io.cwd)
      const storeProblems = await store.check(name)
      const result = await verifyLog(store, name)
      if (args.has('json')) io.stdout.write(`${JSON.stringify({ study: name, store: storeProblems, ...result })}\n`)
      else tell(name, storeProblems, result, io)
      return storeProblems.length + result.problems.length > 0 ? 1 : 0
    } finally {
      await store.close()
    }
  },
}

/** An event that cannot be read ends the reading: it is a problem like any other. */
async function verifyLog(store: Store, name: string): Promise<Verification> {
  const verifier = newVerifier(algorithms)
  let seq = 0
  try {
    for await (const chunk of store.read(name)) {
      for (const stored of chunk) {
        verifier.take(stored.seq, stored.event)
        seq = stored.seq
      }
    }
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    const found = verifier.end()
    return { ...found, problems: [...found.problems, { seq: seq + 1, problem: error.message }] }
  }
  return verifier.end()
}

const shownMax = 10

function tell(
  name: string,
  storeProblems: readonly { readonly seq: number | null; readonly problem: string }[],
  result: Verification,
  io: Io,
): void {
  const { problems, undecidable } = result
  const lines = [
    `study      ${name}, ${countText(result.events, 'event')}`,
    `store      ${storeProblems.length === 0 ? 'structure and chain of hashes are good' : countText(storeProblems.length, 'problem')}`,
    `decisions  ${countText(result.decisions, 'decision')}: ${result.derived} taken again and equal${others(result)}`,
    ...(result.proposals === 0
      ? []
      : [`proposals  ${result.proposals} made again from the trials before them, and the same`]),
    ...(result.predictors === 0 ? [] : [`predictors ${result.predictors} made again from their curves, and the same`]),
  ]
  const wrong = [...storeProblems, ...problems].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  if (wrong.length > 0) lines.push('', 'wrong, the first one first:')
  for (const { seq, problem } of wrong.slice(0, shownMax))
    lines.push(`  ${seq === null ? 'store' : `event ${seq}`}: ${problem}`)
  if (wrong.length > shownMax) lines.push(`  and ${wrong.length - shownMax} more (--json shows them)`)
  for (const { seq, problem } of undecidable.slice(0, shownMax)) lines.push(`  undecidable, event ${seq}: ${problem}`)
  io.stdout.write(`${lines.join('\n')}\n`)
}

function others({ problems, undecidable, notDerived }: Verification): string {
  const parts: string[] = []
  if (problems.length > 0) parts.push(countText(problems.length, 'problem'))
  if (undecidable.length > 0) parts.push(`${undecidable.length} undecidable`)
  if (notDerived > 0) parts.push(`${notDerived} not re-derived (another version of the algorithm decided)`)
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}
