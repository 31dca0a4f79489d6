import type { Configuration, Json } from '../core/trial.ts'
import { askOf } from './asked-study.ts'
import { asEnvironment } from './best.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'

type Answer = { readonly [key: string]: Json } & { readonly trial: number | null; readonly finished?: boolean }

export const command: Command = {
  name: 'ask',
  summary: 'The next thing to train in your own loop.',
  usage: 'FILE_OR_STUDY',
  doc: `Prints a trial as JSON: train its configuration from epoch \`from\` on up to \`until\`, \`report\` each epoch, and \`tell\` when you are through. {"trial":null,"finished":false} means that there is nothing at present, because other trials must report first; "finished":true that the study has ended. Works beside a running controller and without one, from any number of loops at once. With --format env the answer is for a shell: $trial (empty if there is none), $from, $until, $finished and every parameter.`,
  operands: [0, 1],
  options: {
    format: { type: 'text', choices: ['json', 'env'], value: 'FORMAT', doc: 'Default json.' },
    json: { ...jsonFlag, doc: 'Short for --format json.' },
    store: storeFlag,
  },
  examples: [
    'foretune ask study.yaml',
    'eval "$(foretune ask study.yaml --format env)"; loss=$(./train --lr $lr); foretune report study.yaml $trial 1 loss=$loss; foretune tell study.yaml $trial',
  ],
  run: async (args, io) => {
    const answer = (await askOf(args.operands[0], 'ask', {}, args, io)) as Answer
    const isEnv = !args.has('json') && args.text('format') === 'env'
    io.stdout.write(`${isEnv ? asWords(answer) : JSON.stringify(answer)}\n`)
    if (answer.trial !== null) return
    io.stderr.write(
      answer.finished === true
        ? 'the study has ended\n'
        : 'nothing to train at present: other trials must report first\n',
    )
  },
}

/** Every word is set on every call, so that none is left over from the trial before. */
function asWords({ trial, from = 0, until = 0, finished = false, configuration }: Answer): string {
  const words = { trial: trial ?? '', from: Number(from), until: Number(until), finished: finished === true }
  return asEnvironment({ ...((configuration ?? {}) as Configuration), ...words })
}
