/** All commands, in the order of the help. A command's file is loaded when it is called. */
import type { Command } from './command.ts'

export interface CommandEntry {
  readonly name: string
  readonly group: string
  readonly summary: string
  load(): Promise<{ readonly command: Command }>
}

const look = 'Look at a study'
const check = 'Question a study'
const other = 'Other'

const work = 'Run a study'

export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    group: work,
    summary: 'Write a commented study file and a training example.',
    load: () => import('./init.ts'),
  },
  {
    name: 'check',
    group: work,
    summary: 'Look over a study file and all that it needs.',
    load: () => import('./check.ts'),
  },
  {
    name: 'preview',
    group: work,
    summary: 'What a study will train, and how long that takes.',
    load: () => import('./preview.ts'),
  },
  {
    name: 'run',
    group: work,
    summary: 'Run the study of a file; continues it if it is known.',
    load: () => import('./run.ts'),
  },
  {
    name: 'resume',
    group: work,
    summary: 'Continue a study after a stop or a crash.',
    load: () => import('./resume.ts'),
  },
  { name: 'stop', group: work, summary: 'Trials save, the controller leaves.', load: () => import('./stop.ts') },
  { name: 'pause', group: work, summary: 'Start nothing more for a while.', load: () => import('./pause.ts') },
  { name: 'ask', group: work, summary: 'The next thing to train in your own loop.', load: () => import('./ask.ts') },
  {
    name: 'report',
    group: work,
    summary: 'One measurement of an asked trial; says whether to train on.',
    load: () => import('./report.ts'),
  },
  { name: 'tell', group: work, summary: 'An asked trial is through.', load: () => import('./tell.ts') },
  {
    name: 'import',
    group: work,
    summary: 'Known results into a study, for a warm start.',
    load: () => import('./import.ts'),
  },
  {
    name: 'status',
    group: look,
    summary: 'One screen about a study; --watch keeps it live.',
    load: () => import('./status.ts'),
  },
  {
    name: 'best',
    group: look,
    summary: 'The best configuration, or the Pareto front.',
    load: () => import('./best.ts'),
  },
  {
    name: 'trials',
    group: look,
    summary: 'The table of trials, filtered and sorted.',
    load: () => import('./trials.ts'),
  },
  { name: 'story', group: look, summary: 'All that happened to one trial, and why.', load: () => import('./story.ts') },
  {
    name: 'curves',
    group: look,
    summary: 'Learning curves in the terminal, or as SVG.',
    load: () => import('./curves.ts'),
  },
  {
    name: 'importance',
    group: look,
    summary: 'Which parameters mattered.',
    load: () => import('./importance.ts'),
  },
  { name: 'compare', group: look, summary: 'Studies side by side.', load: () => import('./compare.ts') },
  {
    name: 'export',
    group: look,
    summary: 'A study as CSV, JSON, Parquet or a table of curves.',
    load: () => import('./export.ts'),
  },
  {
    name: 'audit',
    group: check,
    summary: 'Whether prediction can be trusted: predicted against true.',
    load: () => import('./audit.ts'),
  },
  {
    name: 'verify',
    group: check,
    summary: 'Check the store, and take every decision again.',
    load: () => import('./verify.ts'),
  },
  {
    name: 'replay',
    group: check,
    summary: "Another scheduler on this study's own curves.",
    load: () => import('./replay.ts'),
  },
  {
    name: 'simulate',
    group: check,
    summary: 'Schedulers on recorded curves, in virtual time.',
    load: () => import('./simulate.ts'),
  },
  {
    name: 'predict',
    group: check,
    summary: 'How well predictors tell how curves end; saves one for reuse.',
    load: () => import('./predict.ts'),
  },
  {
    name: 'doctor',
    group: other,
    summary: 'What this machine can do, and what is missing.',
    load: () => import('./doctor.ts'),
  },
  { name: 'schema', group: other, summary: 'The JSON Schema of study files.', load: () => import('./schema.ts') },
  {
    name: 'completion',
    group: other,
    summary: 'A completion script for bash, zsh or fish.',
    load: () => import('./completion.ts'),
  },
  {
    name: 'version',
    group: other,
    summary: 'The version of Foretune and of Node.',
    load: () => import('./version.ts'),
  },
  { name: 'help', group: other, summary: 'This list, or the help of a command.', load: () => import('./help.ts') },
]
