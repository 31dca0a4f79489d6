/** Programs that do everything wrong, through the whole system: how their trials end, what is told about them, and the exit codes. */
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fixture, ofType, realStudy } from './real-study.ts'

/** A study that tries each way once. */
function file(
  ways: readonly string[],
  more = '',
  command = `[sh, ${JSON.stringify(fixture('misbehaves.sh'))}, '{how}']`,
): string {
  return `command: ${command}
objective: loss
space: { how: { type: categorical, choices: [${ways.join(', ')}, other] } }
initial: [${ways.map((how) => `{ how: ${how} }`).join(', ')}]
epochs: { max: 3 }
scheduler: none
budget: { trials: ${ways.length} }
executor: { type: local, slots: 2, gpus: none }
${more}`
}

test('bad programs end in the right states, with a story in plain words, and harm nobody', async (t) => {
  const ways = ['garbage', 'nan', 'twice', 'backwards', 'nothing', 'fails', 'hangs', 'silent', 'deaf']
  const failures = 'failures: { retries: 1, timeout: 6s, noReportFor: 2s, grace: 300ms, stopStudyAfter: 50 }\n'
  const study = realStudy(t, file(ways, failures))
  const ended = await study.foretune('run', 'study.yaml')
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(study.processes(), [], 'children of a deaf program are gone too')

  const { state } = await study.study()
  const trial = (how: string): (typeof state.trials)[number] => {
    const found = state.trials[ways.indexOf(how)]
    assert.ok(found)
    return found
  }
  const told = async (how: string): Promise<string> => {
    const { code, stdout } = await study.foretune('story', 'real', String(ways.indexOf(how)))
    assert.equal(code, 0)
    return stdout
  }

  assert.deepEqual(
    [trial('garbage').state, trial('garbage').epochs, trial('garbage').rejected],
    ['complete', [1, 2, 3], 3],
  )
  assert.deepEqual([trial('twice').state, trial('twice').epochs, trial('twice').rejected], ['complete', [1, 2, 3], 1])
  assert.deepEqual([trial('backwards').state, trial('backwards').epochs], ['complete', [2, 3]])
  assert.equal(trial('backwards').rejected, 1)
  for (const how of ['nan', 'nothing', 'fails', 'hangs', 'silent', 'deaf'])
    assert.equal(trial(how).state, 'failed', how)
  assert.deepEqual(trial('nan').why, { rule: 'non-finite', metric: 'loss', value: 'NaN', epoch: 2 })
  assert.equal(trial('nan').attemptCount, 1, 'a diverged trial is not tried again')
  for (const how of ['nothing', 'fails', 'hangs', 'silent', 'deaf']) assert.equal(trial(how).attemptCount, 2, how)
  assert.deepEqual([trial('fails').why?.rule, trial('fails').why?.['code'], trial('fails').epochs], ['exit', 3, [1, 2]])
  assert.equal(trial('hangs').why?.rule, 'silence')
  assert.equal(state.epochsReserved, 0)

  assert.match(await told('garbage'), /not JSON/)
  assert.match(await told('nan'), /failed .*Its loss was NaN at epoch 2\./)
  assert.match(await told('nothing'), /ended with exit code 0 and had reported nothing/)
  assert.match(
    await told('fails'),
    /failed at epoch 2 of 3\. Its program ended with exit code 3 after epoch 2, at attempt 2, the last one allowed \(RuntimeError: no luck\)\./,
  )
  assert.match(await told('silent'), /It reported nothing for longer than failures\.noReportFor allows/)
  const verified = await study.foretune('verify', 'real')
  assert.equal(verified.code, 0, verified.stdout)
})

test('a program that takes longer than failures.timeout is stopped, reports or no reports', async (t) => {
  const command = `[sh, -c, 'i=0; while :; do i=$((i+1)); echo "{{\\"epoch\\": $i, \\"loss\\": 1}}" >>"$FORETUNE_ATTEMPT/reports.jsonl"; sleep 0.2; done', '{how}']`
  const failures = 'failures: { retries: 0, timeout: 1s, noReportFor: 30s, grace: 300ms }\n'
  const study = realStudy(t, file(['one'], failures, command).replace('max: 3', 'max: 1000'))
  const ended = await study.foretune('run', 'study.yaml')
  assert.equal(ended.code, 1, 'no trial completed')
  const { state } = await study.study()
  assert.equal(state.trials[0]?.why?.rule, 'timeout')
  assert.ok((state.trials[0]?.epoch ?? 0) >= 2)
  assert.deepEqual(study.processes(), [])
  const story = await study.foretune('story', 'real', '0')
  assert.match(story.stdout, /took longer than failures\.timeout allows/)
})

test('a program that is not there, or may not be executed, is named; no complete trial means exit code 1', async (t) => {
  const study = realStudy(t, file(['one'], '', "[no-such-program, '{how}']"))
  const missing = await study.foretune('run', 'study.yaml')
  assert.equal(missing.code, 1, missing.stderr)
  assert.match(missing.stderr, /the program was not found: no-such-program/)
  assert.match((await study.foretune('story', 'real', '0')).stdout, /the program was not found: no-such-program/)

  const other = realStudy(t, file(['one'], '', "[./plain.sh, '{how}']"))
  writeFileSync(join(other.folder, 'plain.sh'), 'exit 0\n')
  chmodSync(join(other.folder, 'plain.sh'), 0o644)
  const plain = await other.foretune('run', 'study.yaml')
  assert.equal(plain.code, 1, plain.stderr)
  assert.match(plain.stderr, /the program cannot be executed: \.\/plain\.sh \(Permission denied\)/)
  assert.match(plain.stdout, /real is finished/)
})

test('too many failures in a row stop the study with 3, and resume gives it another try', async (t) => {
  const more = 'failures: { retries: 0, stopStudyAfter: 3 }\n'
  const command = `[sh, -c, 'test -e mended && echo "{{\\"epoch\\": 3, \\"loss\\": 1}}" >>"$FORETUNE_ATTEMPT/reports.jsonl"', '{x}']`
  const study = realStudy(
    t,
    file(['one'], more, command)
      .replace(/space: .*\ninitial: .*\n/, 'space: { x: { type: float, low: 0, high: 1 } }\n')
      .replace('trials: 1', 'trials: 8'),
  )
  const stopped = await study.foretune('run', 'study.yaml')
  assert.equal(stopped.code, 3, stopped.stderr)
  assert.match(stopped.stdout, /[34] trials in a row failed/)
  const before = (await study.study()).state
  assert.equal(before.finished?.rule, 'failures-in-a-row')
  assert.ok(before.trials.length < 6, `${before.trials.length} trials were started`)
  writeFileSync(join(study.folder, 'mended'), '')
  const resumed = await study.foretune('resume', 'real')
  assert.equal(resumed.code, 0, resumed.stderr)
  const { state } = await study.study()
  assert.equal(state.trials.length, 8)
  assert.equal(state.counts.complete, 8 - before.counts.failed)
})

test('an unmodified program is read from what it prints or writes, and a black box has one last value', async (t) => {
  const print = `sh -c 'for e in 1 2 3; do`
  const cases: readonly (readonly [string, string, string, number[]])[] = [
    ['printed', `${print} echo "epoch $e: loss=0.$e"; done' {how}`, 'metrics: { from: stdout, pattern: "epoch (?<epoch>\\\\d+): loss=(?<loss>\\\\S+)" }', [1, 2, 3]],
    ['jsonl', `${print} echo "{{\\"epoch\\": $e, \\"loss\\": 0.$e}}"; done' {how}`, 'metrics: { from: stdout, format: jsonl }', [1, 2, 3]],
    ['file', `sh -c 'echo epoch,lr,loss >"$FORETUNE_ATTEMPT/out.csv"; for e in 1 2 3; do echo "$e,0.1,0.$e" >>"$FORETUNE_ATTEMPT/out.csv"; sleep 0.05; done' {how}`, 'metrics: { from: file, path: out.csv, format: csv }', [1, 2, 3]],
    ['box', `${print} echo "loss=0.$e"; done' {how}`, 'metrics: { from: stdout, pattern: "loss=(?<loss>\\\\S+)" }\nepochs: { max: 1 }', [1]],
  ] // prettier-ignore
  await Promise.all(
    cases.map(async ([name, command, metrics, epochs]) => {
      const text = file(['one'], '', JSON.stringify(command)).replace(
        /epochs: .*\n/,
        metrics.includes('epochs') ? '' : '$&',
      )
      const study = realStudy(t, `${text}${metrics}\n`.replace(/scheduler: none\n/, ''), { name })
      const ended = await study.foretune('run', 'study.yaml')
      assert.equal(ended.code, 0, `${name}: ${ended.stderr}`)
      const { state } = await study.study()
      const [trial] = state.trials
      assert.equal(trial?.state, 'complete', name)
      assert.deepEqual([trial.epochs, trial.values[0]], [epochs, epochs.length === 1 ? [0.3] : [0.1, 0.2, 0.3]], name)
      assert.equal(ofType(await study.events(), 'ReportRejected').length, 0, name)
    }),
  )
})
