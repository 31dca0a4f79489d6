import { checkStudy, fileFindings } from '../library/check-study.ts'
import type { Finding } from '../library/finding.ts'
import type { StudyFileResult } from '../wire/study-file.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { findingLines } from './finding-text.ts'
import { readFileAsStudy } from './run.ts'
import { storeUrl } from './study-reference.ts'

export const command: Command = {
  name: 'check',
  summary: 'Look over a study file and all that it needs; starts nothing.',
  usage: 'FILE',
  doc: 'The file itself, the program and its script, placeholders, slots against cores and GPUs, room and rights in the study directory, the store, the size of the space against the budget. Exit 1 if an error is found.',
  operands: [1, 1],
  options: { json: { ...jsonFlag, doc: 'One finding a line, as JSON.' }, store: storeFlag },
  examples: ['foretune check study.yaml'],
  run: async (args, io) => {
    const findings = await findingsOf(args, io)
    if (args.has('json')) for (const finding of findings) io.stdout.write(`${JSON.stringify(finding)}\n`)
    else io.stdout.write(`${findingLines(findings, io).join('\n')}\n`)
    return findings.some(({ level }) => level === 'error') ? 1 : 0
  },
}

async function findingsOf(args: Args, io: Io): Promise<Finding[]> {
  let read: StudyFileResult
  try {
    read = await readFileAsStudy(args.operands[0] as string, args, io)
  } catch (error) {
    return fileFindings(error)
  }
  const { name, sampler, scheduler } = read.definition
  const file: Finding = {
    level: 'ok',
    about: 'file',
    text: `${name}: ${sampler.type} sampler, ${scheduler.type} scheduler`,
  }
  return [file, ...(await checkStudy(read, { store: storeUrl(args, io), env: io.env }))]
}
