/** The unmodified program that the benches train: it prints one line an epoch, as the programs of `../shared/peers-bench` do. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const trivial = `import json, sys
x = float(sys.argv[sys.argv.index("--x") + 1])
for epoch in range(1, 11):
    print("[tune-metric]: " + json.dumps({"epoch": epoch, "loss": x + 1 / epoch, "st_worker_iter": epoch - 1,
          "st_worker_timestamp": 0.0, "st_worker_time": 0.01 * epoch}), flush=True)
`

/** Slow enough to be running when its controller is killed; each epoch also goes into a file that no system owns. */
const slow = `import json, os, sys, time
x = float(sys.argv[sys.argv.index("--x") + 1])
truth = sys.argv[sys.argv.index("--truth") + 1]
for epoch in range(1, 21):
    time.sleep(.5)
    with open(truth, "a") as f:
        f.write(json.dumps({"x": x, "epoch": epoch, "pid": os.getpid(), "t": time.time()}) + chr(10))
    print("[tune-metric]: " + json.dumps({"epoch": epoch, "loss": x + 1 / epoch}), flush=True)
`

/** The interpreter itself: a shim that looks for it takes several times as long as the program. */
export const python: string = interpreter()

function interpreter(): string {
  const found = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
  if (found.status !== 0) throw new Error(`the benches' programs need python3: ${found.error?.message ?? found.stderr}`)
  return found.stdout.trim()
}

export interface ProgramToTune {
  readonly script: string
  readonly studyFile: string
  readonly name: string
}

export const trivialEpochs = 10
export const slowEpochs = 20

/** `by`: the interpreter; the peers' own where they are there, since one may start twice as fast as another. */
export function trivialProgram(folder: string, by: string, trials: number): ProgramToTune {
  return written(folder, [by, trivial], [], trials, trivialEpochs)
}

export function slowProgram(folder: string, truth: string, trials: number): ProgramToTune {
  return written(folder, [python, slow], ['--truth', truth], trials, slowEpochs)
}

function written(
  folder: string,
  [by, text]: readonly [string, string],
  args: readonly string[],
  trials: number,
  max: number,
): ProgramToTune {
  const script = join(folder, 'train.py')
  const studyFile = join(folder, 'study.json')
  const study = {
    name: 'tuned',
    command: [by, script, '--x', '{x}', ...args],
    objective: 'loss',
    space: { x: { type: 'float', low: 0, high: 1 } },
    metrics: { from: 'stdout', pattern: '"epoch": (?<epoch>\\d+), "loss": (?<loss>[^,}]+)' },
    resumable: false,
    epochs: { max },
    scheduler: 'none',
    budget: { trials },
    executor: { type: 'local', slots: 2, gpus: 'none' },
  }
  writeFileSync(script, text)
  writeFileSync(studyFile, JSON.stringify(study))
  return { script, studyFile, name: study.name }
}
