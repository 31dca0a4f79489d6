/**
 * Median stopping: a trial is stopped when its best value so far is worse than the median of what the others had achieved at the same epoch.
 *
 * Paper: Golovin, Solnik, Moitra, Kochanski, Karro, Sculley, "Google Vizier", KDD 2017, section 3.2.2: stop at step s if the trial's best
 * value by s is strictly worse than the median of the running averages, up to s, of the other trials.
 *
 * Where we differ, and why:
 * - *The others* are all that have reported this epoch, not only the completed ones: with several workers the completed ones are few and
 *   late, which makes decisions depend on the number of workers and costs 20 to 60 % more epochs.
 * - `compare: best` takes the others' best values so far instead of their averages, a stricter bar on falling curves.
 * - Several objectives: stopped when worse than the median in every one of them.
 *
 * Invariants: a trial is judged only with at least `minTrials` others at that epoch, not before `graceEpochs`, never at the last epoch;
 * the decision depends on nothing but values at that epoch. Cost: O(log n) a report; memory: one number for each report and objective.
 */
import { choiceOf, numberOf, numberOrNull } from '../options.ts'
import type { Reason } from '../trial.ts'
import type { StudyView } from '../study/study-view.ts'
import {
  followFullLength,
  fullLengthOrders,
  isFullLengthDone,
  startFullLength,
  type FullLength,
} from './full-length.ts'
import { insert, medianOf, openMedian, type Median } from './running-median.ts'
import type { Scheduler, SchedulerKind, SchedulerSetup } from './scheduler.ts'
import { shownLoss } from './standing.ts'
import { explainFullLength, shown } from './wording.ts'

type Compare = 'average' | 'best'

/** One trial's finite losses so far, of one objective. */
interface Course {
  count: number
  sum: number
  best: number
}

interface Memory extends FullLength {
  /** By trial: one course an objective. */
  readonly courses: Map<number, Course[]>
  /** By epoch: one median an objective, over all trials that have reported it. */
  readonly medians: Map<number, Median[]>
  /** Trials to be stopped, oldest first. */
  verdicts: { readonly trial: number; readonly why: Reason }[]
}

export const median: SchedulerKind = {
  name: 'median',
  version: 1,
  doc: 'Stops a trial whose best value is worse than the median of the running averages of the others (Golovin et al. 2017).',
  options: {
    graceEpochs: {
      type: 'integer',
      default: null,
      atLeast: 1,
      doc: 'No trial is stopped before it has reported this epoch; by default epochs.min.',
    },
    minTrials: { type: 'integer', default: 5, atLeast: 1, doc: 'A median of fewer other trials stops nobody.' },
    compare: {
      type: 'text',
      default: 'average',
      choices: ['average', 'best'],
      doc: 'What counts of the others: the average of their values up to that epoch, or the best one.',
    },
  },
  pauses: () => false,
  resolve: ({ definition, options }) => ({
    options: { ...options, graceEpochs: numberOrNull(options, 'graceEpochs') ?? definition.epochs.min },
    problems: [],
  }),
  create: medianScheduler,
  preview: ({ definition }) => [
    { group: 'trials', epoch: definition.epochs.max, trials: definition.budget.trials ?? 1 },
  ],
  explain(why, metric) {
    if (why.rule !== 'median') return explainFullLength(why)
    const what = why['compare'] === 'best' ? 'best values so far' : 'running averages'
    return (
      `stopped at epoch ${shown(why['epoch'])}: its best ${metric} so far, ${shown(why['value'])}, was worse than ` +
      `${shown(why['median'])}, the median of the ${what} of ${shown(why['of'])} other trials`
    )
  },
}

function medianScheduler({ definition, options }: SchedulerSetup): Scheduler<Memory> {
  const { max } = definition.epochs
  const graceEpochs = numberOf(options, 'graceEpochs')
  const minTrials = numberOf(options, 'minTrials')
  const compare = choiceOf(options, 'compare', ['average', 'best'])
  return {
    start: () => ({ ...startFullLength(), courses: new Map(), medians: new Map(), verdicts: [] }),
    evolve(memory, notice, study) {
      followFullLength(memory, notice, max)
      if (notice.type === 'reported' && notice.epoch < max) {
        const { trial, epoch } = notice
        const courses = follow(memory, study, trial, epoch)
        const medians = mediansAt(memory, epoch, courses.length)
        const why = epoch < graceEpochs ? null : verdict({ courses, medians, minTrials, compare, epoch, study })
        if (why !== null) memory.verdicts.push({ trial, why })
        courses.forEach((course, objective) => {
          const value = compare === 'best' ? course.best : course.sum / course.count
          if (course.count > 0) insert(medians[objective] as Median, value)
        })
      } else if (
        notice.type === 'stopped' ||
        notice.type === 'failed' ||
        (notice.type === 'arrived' && notice.complete)
      ) {
        memory.courses.delete(notice.trial)
        memory.verdicts = memory.verdicts.filter(({ trial }) => trial !== notice.trial)
      }
    },
    decide(memory) {
      const first = memory.verdicts[0]
      return first === undefined ? null : { type: 'stop', trial: first.trial, why: first.why }
    },
    next: fullLengthOrders,
    isDone: isFullLengthDone,
  }
}

/** Adds the values at this epoch to the trial's courses. */
function follow(memory: Memory, study: StudyView, trial: number, epoch: number): Course[] {
  const courses =
    memory.courses.get(trial) ?? study.definition.objectives.map(() => ({ count: 0, sum: 0, best: Infinity }))
  memory.courses.set(trial, courses)
  courses.forEach((course, objective) => {
    const loss = study.loss(trial, epoch, objective)
    if (!Number.isFinite(loss)) return
    course.count++
    course.sum += loss
    course.best = Math.min(course.best, loss)
  })
  return courses
}

function mediansAt(memory: Memory, epoch: number, objectives: number): Median[] {
  const medians = memory.medians.get(epoch) ?? Array.from({ length: objectives }, openMedian)
  memory.medians.set(epoch, medians)
  return medians
}

/** The reason to stop, or null. Told with the numbers of the first objective. */
function verdict(setting: {
  courses: readonly Course[]
  medians: readonly Median[]
  minTrials: number
  compare: Compare
  epoch: number
  study: StudyView
}): Reason | null {
  const { courses, medians, minTrials, compare, epoch, study } = setting
  const isWorse = courses.every(({ best }, objective) => {
    const others = medians[objective] as Median
    return others.count >= minTrials && best > medianOf(others)
  })
  if (!isWorse) return null
  const others = medians[0] as Median
  const value = shownLoss(study, courses[0]?.best)
  return { rule: 'median', epoch, value, median: shownLoss(study, medianOf(others)), of: others.count, compare }
}
