/**
 * Why something was decided, as one sentence with its numbers. The rules of the study itself have their words here; those of the scheduler
 * are put into words by the scheduler.
 */
import type { Json, Reason } from '../../trial.ts'
import type { Study } from '../study.ts'
import { countText, durationText, numberText } from './number-text.ts'

type Words = (why: Reason) => string

const studyRules: { readonly [rule: string]: Words } = {
  new: () => 'It is a new trial.',
  retry: (why) => `It is tried again: ${nounOf(why['after'])}.`,
  exit: (why) => `Its program ended with exit code ${text(why['code'])}${place(why)}.`,
  killed: (why) => `Its program was killed by ${text(why['signal'])}${place(why)}.`,
  'out-of-memory': (why) => `Its program ran out of memory${place(why)}.`,
  'no-report': (why) => `Its program ended with exit code 0 and had reported nothing${place(why)}.`,
  'no-objective': (why) =>
    `Its program ended with exit code 0 and never reported ${list(why['missing'])}; it reported ${list(why['reported'])}.`,
  'non-finite': (why) => `Its ${text(why['metric'])} was ${text(why['value'])} at epoch ${text(why['epoch'])}.`,
  lost: (why) => `Its process was gone and had left no exit status${place(why)}.`,
  refused: (why) => `The executor could not start it${place(why)}.`,
  timeout: (why) => `Its attempt took longer than failures.timeout allows${place(why)}.`,
  silence: (why) => `It reported nothing for longer than failures.noReportFor allows${place(why)}.`,
  'epoch-budget': (why) =>
    why['epochs'] === undefined
      ? `The budget of epochs is spent; it had reached epoch ${text(why['epoch'])}.`
      : `The budget of ${text(why['epochs'])} epochs is spent.`,
  'trial-budget': (why) => `The budget of ${countText(Number(why['trials']), 'trial')} is used up.`,
  'time-budget': (why) => `The budget of ${durationText(Number(why['timeMs']))} is used up.`,
  target: (why) =>
    `Trial ${text(why['trial'])} met the target ${text(why['target'])}: ${text(why['value'])} at epoch ${text(why['epoch'])}.`,
  'failures-in-a-row': (why) => `${countText(Number(why['failures']), 'trial')} in a row failed.`,
  'study-stopped': (why) => `The study was stopped by ${text(why['by'])}.`,
  'asked-to-stop': (why) => `${capital(text(why['by']))} asked to stop it.`,
  'all-settled': (why) =>
    `All is done: ${countText(Number(why['trials']), 'trial')}, none of them to be trained further.`,
  'space-exhausted': () => 'Every configuration of the space has been tried.',
  'table-exhausted': (why) => `All ${countText(Number(why['rows']), 'row')} of the table have been tried.`,
  stalled: () => 'Nothing is left to do, although the scheduler did not conclude.',
}

/** The study's own rules: the words for them are here, not with the scheduler. */
function isStudyRule(rule: string): boolean {
  return Object.hasOwn(studyRules, rule)
}

export function reasonText(study: Study, why: Reason): string {
  const words = isStudyRule(why.rule) ? studyRules[why.rule] : undefined
  if (words) return words(why)
  const metric = study.state.definition.objectives[0]?.metric ?? 'value'
  return sentence(study.schedulerKind.explain(why, metric))
}

/** A reason of a sampler, which has no words of its own. */
export function plainReason(why: Reason): string {
  const words = isStudyRule(why.rule) ? studyRules[why.rule] : undefined
  if (words) return words(why)
  const numbers = Object.entries(why).filter(([name]) => name !== 'rule')
  const list = numbers.map(([name, value]) => `${name} ${text(value)}`).join(', ')
  return sentence(why.rule.replaceAll('-', ' ') + (list === '' ? '' : ` (${list})`))
}

function sentence(words: string): string {
  const trimmed = words.trim()
  return capital(/[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function text(value: Json | undefined): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return value
  return value === undefined ? 'unknown' : JSON.stringify(value)
}

/** Where a failure struck: the epoch, the number of attempts if it was final, what the executor had to say. */
function place(why: Reason): string {
  const { epoch, attempts, detail } = why
  const after = typeof epoch !== 'number' ? '' : epoch === 0 ? ' before the first epoch' : ` after epoch ${epoch}`
  const tries = typeof attempts === 'number' && attempts > 1 ? `, at attempt ${attempts}, the last one allowed` : ''
  return `${after}${tries}${typeof detail === 'string' ? ` (${detail})` : ''}`
}

const nouns: { readonly [rule: string]: string } = {
  exit: 'its program had failed',
  killed: 'its program had been killed',
  'out-of-memory': 'its program had run out of memory',
  'no-report': 'its program had reported nothing',
  lost: 'its process had been lost',
  refused: 'the executor had not been able to start it',
  timeout: 'its attempt had taken too long',
  silence: 'it had been silent for too long',
}

function nounOf(rule: Json | undefined): string {
  return (typeof rule === 'string' ? nouns[rule] : undefined) ?? `it had failed (${text(rule)})`
}

function list(names: Json | undefined): string {
  return Array.isArray(names) ? names.map(String).join(', ') : text(names)
}
