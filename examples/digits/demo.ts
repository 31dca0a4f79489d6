/**
 * The demo: `npm run demo` tunes the digits network, then shows the best configuration at work on images that nothing has seen.
 * Stopped with Ctrl-C or killed, the same command goes on where it was. `--fresh` begins again beside the old results; `--folder DIR` keeps
 * them elsewhere than in `runs/`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, folder: { type: 'string' } } })
const folder = values.folder === undefined ? join(root, 'runs') : resolve(values.folder)
const store = `sqlite:${join(folder, 'demo.db')}`
const launcher = join(root, 'bin', 'foretune')

if (values.fresh && existsSync(folder)) {
  let number = 1
  while (existsSync(`${folder}-${number}`)) number++
  renameSync(folder, `${folder}-${number}`)
}

mkdirSync(folder, { recursive: true })

console.error(`Foretune tunes a small network on handwritten digits: 43 trials, Swift-Hyperband, two at a time; about a minute on two cores.
Press Ctrl-C to leave: \`npm run demo\` goes on. From another terminal:  export FORETUNE_STORE=${store}; bin/foretune status digits
`)
// Ctrl-C is for the controller, which gets it too: this program waits until the trials have saved, or the shell's prompt would come too soon.
process.on('SIGINT', () => undefined)
const run = foretune(['run', join(here, 'study.yaml')], 'inherit')
if (run.signal !== null)
  console.error(`\nThe controller was ended by ${run.signal}; its trials train on. \`npm run demo\` goes on.`)
if (run.status !== 0) process.exit(run.status ?? 1)

const best = JSON.parse(foretune(['best', 'digits', '--json'], 'pipe').stdout) as {
  readonly trials: readonly { readonly trial: number }[]
}
const [first] = best.trials
if (first) {
  const checkpoint = join(folder, 'foretune', 'digits', 'trials', String(first.trial).padStart(4, '0'), 'checkpoint')
  const tested = spawnSync(process.execPath, [join(here, 'test-accuracy.ts'), checkpoint], { encoding: 'utf8' })
  const { images, accuracy } = JSON.parse(tested.stdout) as { readonly images: number; readonly accuracy: number }
  console.log(
    `\nTest accuracy of trial ${first.trial}: ${(100 * accuracy).toFixed(2)} % of ${images} images that neither training nor tuning has seen.`,
  )
  console.log(
    `For the commands above:  export PATH="${join(root, 'bin')}:$PATH" FORETUNE_STORE=sqlite:${relative(process.cwd(), join(folder, 'demo.db'))}`,
  )
}

function foretune(
  words: readonly string[],
  stdio: 'inherit' | 'pipe',
): { readonly status: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string } {
  return spawnSync(process.execPath, [launcher, ...words], {
    cwd: root,
    encoding: 'utf8',
    stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORETUNE_STORE: store },
  })
}
