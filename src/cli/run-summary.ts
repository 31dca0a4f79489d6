/** What is said when a study ends or is left: the answer, its price, and what to try next. */
import type { Study } from '../core/study/study.ts'
import { best } from '../core/study/views/best.ts'
import { prediction } from '../core/study/views/prediction.ts'
import { progress } from '../core/study/views/progress.ts'
import { bestText, epochsText, finishText, predictionRows, trialsText } from './status-text.ts'

export function summaryLines(study: Study): string[] {
  const { state } = study
  const { epochs } = state.definition
  const soFar = progress(study)
  const rows: [string, string][] = [
    ['trials', trialsText(soFar)],
    [epochs.resource, epochsText(soFar)],
    ...predictionRows(study),
    ['best', bestText(study, best(study))],
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  const lines = ['', endText(study), ...rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`)]
  if (state.finished && !hasFailed(study)) lines.push('', ...nextSteps(study))
  return lines
}

/** Too many failures in a row end a study that goes on once its program is mended. */
function hasFailed({ state }: Study): boolean {
  return state.finished?.rule === 'failures-in-a-row'
}

function endText(study: Study): string {
  const { name } = study.state.definition
  const goOn = `foretune resume ${name}`
  if (!study.state.finished) return `${name} is left; it can go on:  ${goOn}`
  if (!hasFailed(study)) return `${name} is finished. ${finishText(study)}`
  const last = study.state.trials.findLast((trial) => trial.state === 'failed')
  return `${name} was stopped. ${finishText(study)} See what they said:  foretune story ${name} ${last?.number ?? 0}\nMend the program, then:  ${goOn}`
}

function nextSteps(study: Study): string[] {
  const { state } = study
  const { name } = state.definition
  const isPredicted = (prediction(study)?.dropped ?? 0) > 0
  const told = toldTrial(study)
  const steps: [string, string][] = [
    [
      `foretune story ${name} ${told?.number ?? 0}`,
      told
        ? `why trial ${told.number} ${told.state === 'failed' ? 'failed' : 'was stopped'}`
        : 'what happened to a trial',
    ],
  ]
  if (isPredicted) steps.push([`foretune audit ${name}`, 'how far prediction can be trusted'])
  // Without one report there is nothing to draw and nothing to replay.
  if (state.trials.some((trial) => trial.epochs.length > 0))
    steps.push(
      [`foretune curves ${name}`, 'the learning curves'],
      [`foretune replay ${name} --scheduler asha,none`, 'what other schedulers would have spent and found'],
    )
  const width = Math.max(...steps.map(([words]) => words.length))
  return ['Next:', ...steps.map(([words, why]) => `  ${words.padEnd(width)}  ${why}`)]
}

/** The one that a newcomer learns most from: dropped by a prediction, if there is one. */
function toldTrial({ state }: Study): Study['state']['trials'][number] | undefined {
  return (
    state.trials.find(({ why }) => why?.['predicted'] !== undefined) ??
    state.trials.find((trial) => trial.state === 'stopped') ??
    state.trials.find((trial) => trial.state === 'failed')
  )
}
