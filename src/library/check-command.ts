/** Whether a study's command can start and be heard, as far as that can be told without starting it. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import type { StudyDefinition } from '../core/study/definition.ts'
import { splitCommand } from '../wire/command-words.ts'
import { placeholderNames } from '../wire/placeholders.ts'
import type { Program } from '../wire/program.ts'
import type { Finding } from './finding.ts'
import { findProgram } from './finding.ts'

type Environment = { readonly [name: string]: string | undefined }

export function checkCommand(definition: StudyDefinition, program: Program, environment: Environment): Finding[] {
  const { command } = program
  if (command === null)
    return [{ level: 'ok', about: 'command', text: 'none: the study is driven by `ask`, `report` and `tell`' }]
  const words = wordsOf(command)
  return [
    ...(program.shell ? [shellFinding()] : programFindings(words, program, environment)),
    ...placeholderFindings(definition, program, command),
    ...(program.shell ? [] : metricFindings(words, program)),
  ]
}

function wordsOf(command: string | readonly string[]): readonly string[] {
  if (typeof command !== 'string') return command
  const split = splitCommand(command)
  return 'words' in split ? split.words.map(({ text }) => text) : []
}

function shellFinding(): Finding {
  return existsSync('/bin/sh')
    ? { level: 'ok', about: 'command', text: 'read by /bin/sh; what it calls was not looked for' }
    : { level: 'error', about: 'command', text: '`shell: true` needs /bin/sh, which is not here' }
}

function programFindings(words: readonly string[], program: Program, environment: Environment): Finding[] {
  const [name = ''] = words
  const script = words.findIndex((word, index) => index > 0 && isScript(word))
  const findings: Finding[] = [programFinding(name, program, environment)]
  if (script > 0) findings.push(scriptFinding(words[script] as string, program.folder))
  return findings
}

function programFinding(name: string, program: Program, environment: Environment): Finding {
  const about = 'command'
  if (placeholderNames(name).length > 0)
    return {
      level: 'warn',
      about,
      text: `which program ${name} is depends on the configuration: it was not looked for`,
    }
  // `node` alone is the Node that runs Foretune.
  const path = program.env['PATH'] ?? environment['PATH'] ?? ''
  const found = name === 'node' ? process.execPath : findProgram(name, path, program.folder)
  if (found !== null) return { level: 'ok', about, text: `${name} is ${found}` }
  if (!name.includes('/'))
    return {
      level: 'error',
      about,
      text: `expected a program \`${name}\` in PATH, found none: install it, or write its path`,
    }
  const file = resolve(program.folder, name)
  const text = existsSync(file)
    ? `${file} is no program that may be executed: \`chmod +x\` it, or name what runs it (python ${name})`
    : `expected a program at ${file}, found none`
  return { level: 'error', about, text }
}

const scripts = /\.(?:py|mjs|cjs|js|ts|sh|bash|r|jl|rb|pl|lua)$/i

/** A word that can only be a file: no flag, no value that changes. */
function isScript(word: string): boolean {
  return scripts.test(word) && !word.startsWith('-') && placeholderNames(word).length === 0
}

function scriptFinding(script: string, folder: string): Finding {
  const file = resolve(folder, script)
  if (existsSync(file)) return { level: 'ok', about: 'script', text: file }
  return {
    level: 'error',
    about: 'script',
    text: `expected a file ${file}, found none: commands run in the study file's folder`,
  }
}

/** Only a program without the client has nothing but its arguments to know its configuration from. */
function placeholderFindings(
  { space }: StudyDefinition,
  program: Program,
  command: string | readonly string[],
): Finding[] {
  const used = placeholderNames(command)
  const unused = Object.keys(space.parameters).filter((name) => !used.includes(name))
  const about = 'placeholders'
  if (unused.length === 0) return [{ level: 'ok', about, text: 'every parameter is in the command' }]
  const list = unused.join(', ')
  if (program.resumableBecause === 'client' || used.length === 0)
    return [{ level: 'ok', about, text: `${list}: from the client, or FORETUNE_CONFIGURATION` }]
  return [
    {
      level: 'warn',
      about,
      text: `${list}: not in the command; the program must read ${unused.length === 1 ? 'it' : 'them'} from FORETUNE_CONFIGURATION`,
    },
  ]
}

/** Without `metrics` the client must report; a script that never names it does not. */
function metricFindings(words: readonly string[], program: Program): Finding[] {
  if (program.metrics !== null) {
    const from = program.metrics.from === 'stdout' ? 'standard output' : program.metrics.path
    return [{ level: 'ok', about: 'metrics', text: `read from ${from}` }]
  }
  const script = words.find((word, index) => isScript(word) && (index > 0 || word.includes('/')))
  const file = script === undefined ? null : resolve(program.folder, script)
  if (file === null || !existsSync(file) || readFileSync(file, 'utf8').includes('foretune'))
    return [{ level: 'ok', about: 'metrics', text: 'reported by the client' }]
  const way = extname(file) === '.py' ? '`import foretune`' : 'the client'
  return [
    {
      level: 'warn',
      about: 'metrics',
      text: `${basename(file)} does not name foretune, and the study file has no \`metrics\`: use ${way}, or say where its numbers are`,
    },
  ]
}
