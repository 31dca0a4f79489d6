import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { ForetuneError } from '../errors.ts'
import { thisMachine } from '../executors/slots.ts'
import { findProgram } from '../library/finding.ts'
import { writeStudyFile } from '../wire/study-file-template.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag } from './command.ts'
import { outputUnwritable } from './file-out.ts'
import { initFiles, languages } from './init-files.ts'
import type { InitAnswers, Language } from './init-files.ts'

/** More trials at once would not make an example clearer. */
const slotsMax = 4

/** As the study file wants them. */
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}_. +-]{0,99}$/u
const metricPattern = /^(?!\d+$)[\p{L}\p{N}_][\p{L}\p{N}_./-]*$/u

export const command: Command = {
  name: 'init',
  summary: 'Write a commented study file and a training example that runs at once.',
  usage: '[DIR]',
  doc: 'Asks on a terminal for what no option says; elsewhere, and with --yes, takes the defaults. With --command only the study file is written: every {name} in it becomes a parameter with a first guess of its range. Never overwrites a file.',
  operands: [0, 1],
  options: {
    name: { type: 'text', value: 'NAME', doc: "The study's name. Default: the folder's." },
    command: { type: 'text', value: 'COMMAND', doc: 'Your training, as in "python train.py --lr {lr}".' },
    metric: { type: 'text', value: 'METRIC', doc: 'What is optimised. Default loss.' },
    direction: { type: 'text', choices: ['minimize', 'maximize'], value: 'DIRECTION', doc: 'Default minimize.' },
    'max-epochs': { type: 'number', value: 'N', doc: 'How far a trial trains at most. Default 9.' },
    language: {
      type: 'text',
      choices: languages,
      value: 'LANGUAGE',
      doc: 'Of the example. Default: what this machine has.',
    },
    yes: { type: 'boolean', short: 'y', doc: 'Ask nothing.' },
    json: { ...jsonFlag, doc: 'Print the names of the written files as JSON.' },
  },
  examples: [
    'foretune init my-study --yes',
    'foretune init --command "python train.py --lr {lr}" --metric val_loss --max-epochs 30',
  ],
  run: async (args, io) => {
    const folder = resolve(io.cwd, args.operands[0] ?? '.')
    const answers = await askAll(args, folder, args.has('yes') ? undefined : io.ask, io)
    const files = initFiles(answers, writeStudyFile)
    const names = files.map(([name]) => name)
    const taken = names.filter((name) => existsSync(join(folder, name)))
    if (taken.length > 0) throw initFileExists(folder, taken)
    await writeAll(folder, files)
    const shown = names.map((name) => relative(io.cwd, join(folder, name)))
    io.stdout.write(args.has('json') ? `${JSON.stringify({ files: shown })}\n` : nextSteps(shown))
  },
}

async function askAll(args: Args, folder: string, ask: Io['ask'], io: Io): Promise<InitAnswers> {
  const answer = async (
    flag: string,
    question: string,
    otherwise: string,
    isValid: (text: string) => boolean,
  ): Promise<string> => {
    const given = args.text(flag)
    if (given !== undefined) {
      if (!isValid(given)) throw flagValueInvalid(`--${flag}`, question.toLowerCase(), given)
      return given
    }
    if (!ask) return otherwise
    for (;;) {
      const text = (await ask(`${question}${otherwise === '' ? '' : ` [${otherwise}]`}: `)).trim() || otherwise
      if (isValid(text)) return text
    }
  }
  const among = (choices: readonly string[]) => (text: string) => choices.includes(text)
  const name = await answer('name', 'Name of the study', nameFrom(folder), (text) => namePattern.test(text))
  const command = await answer(
    'command',
    'Training command, with {lr} and the like (empty: write an example)',
    '',
    () => true,
  )
  const metric = await answer(
    'metric',
    'Metric to optimise',
    'loss',
    (text) => metricPattern.test(text) && text !== 'epoch',
  )
  const direction = await answer(
    'direction',
    'Direction, minimize or maximize',
    'minimize',
    among(['minimize', 'maximize']),
  )
  const maxEpochs = await answer('max-epochs', 'Epochs of a whole training', '9', (text) => /^[1-9]\d{0,8}$/.test(text))
  const language =
    command === ''
      ? await answer('language', `Language of the example, ${languages.join(', ')}`, languageHere(io), among(languages))
      : 'node'
  return {
    name,
    command: command.trim(),
    metric,
    direction: direction as InitAnswers['direction'],
    maxEpochs: Number(maxEpochs),
    language: language as Language,
    slots: Math.min(slotsMax, thisMachine().cores.length),
  }
}

/** The folder's name, with what the name of a study cannot hold left out. */
function nameFrom(folder: string): string {
  return (
    basename(folder)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+|-+$/g, '') || 'my-study'
  )
}

function languageHere(io: Io): Language {
  return findProgram('python3', io.env['PATH'] ?? '', io.cwd) === null ? 'node' : 'python'
}

async function writeAll(folder: string, files: readonly (readonly [string, string])[]): Promise<void> {
  for (const [name, text] of files) {
    const path = join(folder, name)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw initFileExists(folder, [name])
      throw outputUnwritable(path, cause)
    }
  }
}

function nextSteps(files: readonly string[]): string {
  const [study = ''] = files
  return [
    `wrote ${files.join(' and ')}. Next:`,
    `  foretune check ${study}    whether all is there that it needs`,
    `  foretune preview ${study}  what it will train`,
    `  foretune run ${study}      starts it`,
    '',
  ].join('\n')
}

function initFileExists(folder: string, files: readonly string[]): ForetuneError {
  const one = files.length === 1
  return new ForetuneError(
    'INIT_FILE_EXISTS',
    `Expected no ${files.join(' and no ')} in ${folder}, but ${one ? 'it is' : 'they are'} there already. Nothing was written: name another folder, as in \`foretune init my-study\`.`,
    { details: { folder, files } },
  )
}
