/**
 * What `init` writes: a commented study file and, unless the user has a training command already, an example that runs at once. The example
 * is a plain program: arguments in, one line of JSON an epoch out, and a file in the checkpoint folder, so that it can be paused and go on.
 */
import type { ParameterDefinition } from '../core/space/definition.ts'
import type { Direction } from '../core/trial.ts'
import { placeholderNames, reservedPlaceholders } from '../wire/placeholders.ts'
import type { StudyFileTemplate } from '../wire/study-file-template.ts'

export const languages = ['python', 'node', 'sh'] as const
export type Language = (typeof languages)[number]

export interface InitAnswers {
  readonly name: string
  /** Empty: an example is written. */
  readonly command: string
  readonly metric: string
  readonly direction: Direction
  readonly maxEpochs: number
  readonly language: Language
  readonly slots: number
}

/** File names and texts, the study file first. */
export function initFiles(
  answers: InitAnswers,
  writeStudyFile: (study: StudyFileTemplate) => string,
): [name: string, text: string][] {
  const { command, language } = answers
  const study = writeStudyFile(command === '' ? exampleStudy(answers) : ownStudy(answers))
  if (command !== '') return [['study.yaml', study]]
  const { file, text } = examples[language]
  return [
    ['study.yaml', study],
    [file, text.replaceAll('METRIC', answers.metric).replaceAll('SIGN', answers.direction === 'maximize' ? '-' : '')],
  ]
}

function exampleStudy(answers: InitAnswers): StudyFileTemplate {
  const { program, file } = examples[answers.language]
  return {
    ...common(answers),
    command: `${program} ${file} {lr} {momentum} {from} {until} {checkpoint}`,
    space: {
      lr: { type: 'float', low: 1e-4, high: 1, log: true },
      momentum: { type: 'float', low: 0, high: 0.99 },
    },
    metrics: { from: 'stdout', format: 'jsonl' },
    resumable: true,
    budget: { trials: 12 },
  }
}

/** Whoever has a command has parameters in it; their ranges are a first guess to be looked at. */
function ownStudy(answers: InitAnswers): StudyFileTemplate {
  const { command } = answers
  const reserved: readonly string[] = reservedPlaceholders
  const names = placeholderNames(command).filter((name) => !reserved.includes(name))
  const space = Object.fromEntries((names.length === 0 ? ['lr'] : names).map((name) => [name, guess(name)]))
  return { ...common(answers), command, space, budget: { trials: 50 } }
}

function common({
  name,
  metric,
  direction,
  maxEpochs,
  slots,
}: InitAnswers): Omit<StudyFileTemplate, 'command' | 'space'> {
  return { name, objective: { metric, direction }, epochs: { max: maxEpochs }, slots }
}

function guess(name: string): ParameterDefinition {
  if (/^(lr|learning_?rate|eta|alpha|weight_?decay|wd|l2|lambda|reg)$/i.test(name))
    return { type: 'float', low: 1e-5, high: 1e-1, log: true }
  if (/(width|units|hidden|neurons|channels|filters|size|batch)/i.test(name))
    return { type: 'int', low: 8, high: 512, log: true }
  if (/(layers|depth|heads|blocks)/i.test(name)) return { type: 'int', low: 1, high: 8 }
  return { type: 'float', low: 0, high: 1 }
}

const python = `"""An example: fits a line to points by gradient descent. Put your own training in its place.

    python3 train.py LR MOMENTUM FROM UNTIL CHECKPOINT

Trains the epochs after FROM up to UNTIL, prints one line of JSON an epoch, and keeps its state in the folder CHECKPOINT.
"""

import json
import math
import os
import sys

lr, momentum = float(sys.argv[1]), float(sys.argv[2])
start, until = int(sys.argv[3]), int(sys.argv[4])
saved = os.path.join(sys.argv[5], "state.json")

points = [(x / 10, 3 * x / 10 + 2 + math.sin(7 * x)) for x in range(20)]
slope = offset = slope_speed = offset_speed = 0.0
if start > 0:
    with open(saved) as file:
        slope, offset, slope_speed, offset_speed = json.load(file)

for epoch in range(start + 1, until + 1):
    errors = [slope * x + offset - y for x, y in points]
    slope_speed = momentum * slope_speed - lr * sum(e * x for e, (x, _) in zip(errors, points)) / len(points)
    offset_speed = momentum * offset_speed - lr * sum(errors) / len(points)
    slope, offset = slope + slope_speed, offset + offset_speed
    loss = sum((slope * x + offset - y) ** 2 for x, y in points) / len(points)
    print(json.dumps({"epoch": epoch, "METRIC": SIGNloss}), flush=True)

# Written beside and renamed, so that it is whole whenever the program is stopped.
with open(saved + ".new", "w") as file:
    json.dump([slope, offset, slope_speed, offset_speed], file)
os.replace(saved + ".new", saved)
`

const node = `// An example: fits a line to points by gradient descent. Put your own training in its place.
//
//     node train.mjs LR MOMENTUM FROM UNTIL CHECKPOINT
//
// Trains the epochs after FROM up to UNTIL, prints one line of JSON an epoch, and keeps its state in the folder CHECKPOINT.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [lr, momentum, from, until] = process.argv.slice(2, 6).map(Number)
const saved = join(process.argv[6], 'state.json')

const points = Array.from({ length: 20 }, (_, x) => [x / 10, (3 * x) / 10 + 2 + Math.sin(7 * x)])
const mean = (f) => points.reduce((sum, [x, y]) => sum + f(x, y), 0) / points.length
let [slope, offset, slopeSpeed, offsetSpeed] = from > 0 ? JSON.parse(readFileSync(saved, 'utf8')) : [0, 0, 0, 0]

for (let epoch = from + 1; epoch <= until; epoch++) {
  const error = (x, y) => slope * x + offset - y
  const slopeStep = lr * mean((x, y) => error(x, y) * x)
  const offsetStep = lr * mean(error)
  slopeSpeed = momentum * slopeSpeed - slopeStep
  offsetSpeed = momentum * offsetSpeed - offsetStep
  slope += slopeSpeed
  offset += offsetSpeed
  const loss = mean((x, y) => error(x, y) ** 2)
  console.log(JSON.stringify({ epoch, 'METRIC': SIGNloss }))
}

// Written beside and renamed, so that it is whole whenever the program is stopped.
writeFileSync(\`\${saved}.new\`, JSON.stringify([slope, offset, slopeSpeed, offsetSpeed]))
renameSync(\`\${saved}.new\`, saved)
`

const sh = `#!/bin/sh
# An example: walks down a parabola by gradient descent. Put your own training in its place.
#
#     sh train.sh LR MOMENTUM FROM UNTIL CHECKPOINT
#
# Trains the epochs after FROM up to UNTIL, prints one line of JSON an epoch, and keeps its state in the folder CHECKPOINT.
set -e
lr=$1 momentum=$2 from=$3 until=$4 saved=$5/state
if [ "$from" -gt 0 ]; then read -r at speed < "$saved"; else at=5 speed=0; fi
epoch=$from
while [ "$epoch" -lt "$until" ]; do
  epoch=$((epoch + 1))
  read -r at speed loss <<END
$(awk "BEGIN { speed = $momentum * $speed - $lr * 2 * $at; at = $at + speed; print at, speed, SIGN(at * at) }")
END
  echo "{\\"epoch\\":$epoch,\\"METRIC\\":$loss}"
done
# Written beside and renamed, so that it is whole whenever the program is stopped.
echo "$at $speed" > "$saved.new"
mv "$saved.new" "$saved"
`

const examples: {
  readonly [language in Language]: { readonly program: string; readonly file: string; readonly text: string }
} = {
  python: { program: 'python3', file: 'train.py', text: python },
  node: { program: 'node', file: 'train.mjs', text: node },
  sh: { program: 'sh', file: 'train.sh', text: sh },
}
