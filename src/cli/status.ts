import type { Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { begunStudies, openIn, openStoreForReading, openStudyForReading } from './study-reference.ts'
import type { OpenStudy } from './study-reference.ts'
import { best } from '../core/study/views/best.ts'
import { prediction } from '../core/study/views/prediction.ts'
import type { Study } from '../core/study/study.ts'
import { progress } from '../core/study/views/progress.ts'
import { rungs } from '../core/study/views/rungs.ts'
import type { Store } from '../ports.ts'
import { statusLines, stateWord, trialsText } from './status-text.ts'
import { tableText } from './table.ts'

export const command: Command = {
  name: 'status',
  summary: 'One screen about a study: how it stands, what it has spent, its best trial, its rungs.',
  usage: '[STUDY]',
  doc: 'Without STUDY: the only study of the store, or a list of all. --watch shows it live, from another terminal than the one that runs it, until it ends or Ctrl-C.',
  operands: [0, 1],
  options: {
    watch: { type: 'boolean', short: 'w', doc: 'Keep it live.' },
    interval: { type: 'number', value: 'SECONDS', doc: 'How often --watch looks; default 1.' },
    json: jsonFlag,
    store: storeFlag,
  },
  examples: ['foretune status digits', 'foretune status digits --watch'],
  run: async (args, io) => {
    const [reference] = args.operands
    if (reference === undefined) {
      const isListed = await listStudies(await openStoreForReading(args, io), args.has('json'), io)
      if (isListed) return
    }
    const open = await openStudyForReading(reference, args, io)
    try {
      if (args.has('watch')) await watch(open, io, args.has('json'), Math.max(0.1, args.number('interval') ?? 1))
      else show(open, io, args.has('json'))
    } finally {
      await open.close()
    }
  },
}

/** Several studies are listed; a single one is shown like a named one. */
async function listStudies(store: Store, asJson: boolean, io: Io): Promise<boolean> {
  try {
    const studies = await begunStudies(store)
    if (studies.length < 2) return false
    const rows: string[][] = []
    for (const { name, owner } of studies) {
      const { study } = await openIn(store, name)
      const now = progress(study)
      const state = stateWord(now, owner)
      if (asJson) io.stdout.write(`${JSON.stringify({ study: name, state, ...now })}\n`)
      rows.push([name, state, trialsText(now), String(now.epochs.spent)])
    }
    const columns = [
      { title: 'study' },
      { title: 'state' },
      { title: 'trials' },
      { title: 'epochs', align: 'right' as const },
    ]
    if (!asJson) for (const line of tableText(columns, rows, Infinity)) io.stdout.write(`${line}\n`)
    return true
  } finally {
    await store.close()
  }
}

function show(open: OpenStudy, io: Io, asJson: boolean): void {
  const { study, owner } = open
  if (asJson) {
    const state = {
      study: open.name,
      owner,
      ...progress(study, io.now()),
      best: best(study),
      rungs: rungs(study),
      prediction: shortPrediction(study),
    }
    io.stdout.write(`${JSON.stringify(state)}\n`)
    return
  }
  const width = io.isTerminal ? io.columns : Infinity
  io.stdout.write(`${statusLines(study, owner, owner ? io.now() : study.state.now, width).join('\n')}\n`)
}

/** Without the single predictions, which `audit --json` has. */
function shortPrediction(study: Study): unknown {
  const report = prediction(study)
  if (report === null) return null
  const { outcomes: _, audit, ...short } = report
  const { audits: __, ...shortAudit } = audit ?? { audits: [] }
  return { ...short, audit: audit && shortAudit }
}

/** On a terminal the live view; elsewhere a status whenever something happened. */
async function watch(open: OpenStudy, io: Io, asJson: boolean, seconds: number): Promise<void> {
  const [{ frame, newRecent }, { LiveTerminal }, { setTimeout: wait }] = await Promise.all([
    import('./live-view.ts'),
    import('./live-terminal.ts'),
    import('node:timers/promises'),
  ])
  const isLive = io.isTerminal && !asJson
  const terminal = isLive ? await LiveTerminal.open(io.stdout) : null
  const recent = newRecent()
  try {
    for (let seq = -1; ;) {
      const { study } = open
      if (terminal)
        terminal.draw(
          frame(study, open.owner ? io.now() : study.state.now, io.columns, io.rows, { recent: recent.lines }),
        )
      else if (study.state.seq !== seq) show(open, io, asJson)
      seq = study.state.seq
      if (study.state.finished || (!open.owner && study.state.sessions > 0)) return
      await wait(seconds * 1000)
      await open.refresh((event) => recent.add(event, study))
    }
  } finally {
    terminal?.done()
  }
}
