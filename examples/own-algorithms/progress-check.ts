/**
 * A scheduler of one's own: whoever is no better at a certain epoch than at its first is stopped, all others train to the end. Outside a clone the imports
 * read `from 'foretune'`.
 */
import type { Notice, Order, Scheduler, SchedulerKind } from '../../src/index.ts'

/** Plain data: what was heard so far. */
interface Memory {
  closed: boolean
  /** Trials whose order the budget of epochs cut short. */
  owed: number[]
  /** Trials without progress: they have to be stopped. */
  without: number[]
}

export const progressCheck: SchedulerKind = {
  name: 'progress-check',
  version: 1,
  doc: 'Stops who has made no progress by a certain epoch.',
  options: {
    epoch: { type: 'integer', default: 3, atLeast: 2, doc: 'Where it is looked at.' },
  },
  // Nobody is paused to be continued later: programs that cannot be resumed are welcome.
  pauses: () => false,
  resolve: ({ options }) => ({ options, problems: [] }),
  create: ({ definition, options }): Scheduler<Memory> => ({
    start: () => ({ closed: false, owed: [], without: [] }),
    evolve(memory, notice, study) {
      follow(memory, notice)
      if (notice.type !== 'reported') return
      const { trial, epoch } = notice
      // Nobody is judged before `epochs.min`, nor at the last epoch.
      if (epoch < Math.max(Number(options['epoch']), definition.epochs.min) || epoch >= definition.epochs.max) return
      const { epochs } = study.curve(trial)
      const hasProgress = study.loss(trial) < study.loss(trial, epochs[0])
      if (!hasProgress && !memory.without.includes(trial)) memory.without.push(trial)
    },
    decide({ without: [trial] }, study) {
      if (trial === undefined) return null
      const { epochs } = study.curve(trial)
      return { type: 'stop', trial, why: { rule: 'no-progress', since: epochs[0], epoch: epochs.at(-1) } }
    },
    next({ closed, owed }, study, limit) {
      const until = definition.epochs.max
      const orders = owed.map((trial): Order => ({ type: 'resume', trial, until, why: { rule: 'cut-short', until } }))
      while (!closed && study.canCreate && orders.length < limit)
        orders.push({ type: 'start', until, why: { rule: 'full-length', until } })
      return orders.slice(0, limit)
    },
    isDone: ({ closed, owed }) => closed && owed.length === 0,
  }),
  preview: ({ definition }) => [
    { group: 'trials', epoch: definition.epochs.max, trials: definition.budget.trials ?? 1 },
  ],
  explain: ({ rule, since, epoch, until }, metric) =>
    rule === 'no-progress'
      ? `stopped: ${metric} at epoch ${epoch} was no better than at epoch ${since}`
      : `trains to epoch ${until}`,
}

function follow(memory: Memory, notice: Notice): void {
  if (notice.type === 'closed' || notice.type === 'opened') memory.closed = notice.type === 'closed'
  if (notice.type === 'ordered' || notice.type === 'stopped' || notice.type === 'failed')
    memory.owed = memory.owed.filter((trial) => trial !== notice.trial)
  if (notice.type === 'stopped' || notice.type === 'failed' || notice.type === 'arrived')
    memory.without = memory.without.filter((trial) => trial !== notice.trial)
  if (notice.type === 'arrived' && !notice.complete) memory.owed.push(notice.trial)
}
