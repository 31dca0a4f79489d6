/** Full disks, folders that may not be written and stores that are none: what the command says, and that nothing acknowledged is lost. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Event } from '../../src/core/study/events.ts'
import { expectEveryLine, fixture, ofType, realStudy } from './real-study.ts'
import type { Ended, Of, RealStudy } from './real-study.ts'

const isRoot = process.getuid?.() === 0

const file = (more = ''): string => `command: [sh, ${JSON.stringify(fixture('trains-in-shell.sh'))}, '{x}']
objective: loss
space: { x: { type: int, low: 1, high: 1000 } }
epochs: { max: 8 }
scheduler: none
budget: { trials: 4 }
executor: { type: local, slots: 2, gpus: none }
${more}`

/** A disk of its own; null where nobody may mount one. */
function smallDisk(t: TestContext, size: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-disk-'))
  const isMounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0
  t.after(() => {
    if (isMounted) spawnSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return isMounted ? folder : null
}

/** Fills the disk up to so many bytes. */
function fill(disk: string, leave: number): string {
  const filler = join(disk, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
  truncateSync(filler, statSync(filler).size - leave)
  return filler
}

async function expectToGoOn(study: RealStudy, directory?: string): Promise<void> {
  study.epochsTake(0)
  const resumed = await study.foretune('resume', 'real', '--quiet')
  assert.equal(resumed.code, 0, resumed.stderr)
  const { state } = await study.study()
  assert.equal(state.counts.complete, 4)
  assert.equal(expectEveryLine(study, await study.events(), directory), 32)
  const verified = await study.foretune('verify', 'real')
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
}

function refusals(events: readonly Event[]): Of<'AttemptEnded'>[] {
  return ofType(events, 'AttemptEnded').filter(({ outcome }) => outcome.type === 'refused')
}

function expectError(ended: Ended, exit: number, said: RegExp): void {
  assert.match(ended.stderr, said)
  assert.equal(ended.code, exit, ended.stderr)
  assert.equal(ended.stderr.trim().split('\n').length, 1, ended.stderr)
  assert.doesNotMatch(ended.stderr, /bug of Foretune|\n {4}at /)
}

// Side by side: one of them waits half a minute for a lock.
describe('disks and stores', { concurrency: true }, () => {
  test('a store without room stops the controller with 3; trials train on, and with room the study goes on', async (t) => {
    const disk = smallDisk(t, '4m')
    const study = realStudy(t, file(), disk === null ? {} : { store: join(disk, 'foretune.db') })
    const directory = join(disk ?? study.folder, 'foretune', 'real')
    // Where no disk can be mounted, no file of the controller may grow beyond a limit.
    const controller =
      disk === null
        ? study.shell('ulimit -f 300; exec "$@" run study.yaml --json')
        : study.start('run', 'study.yaml', '--json')
    if (disk !== null) await study.until((events) => ofType(events, 'TrialReported').length >= 4)
    const filler = disk === null ? null : fill(disk, 0)
    study.epochsTake(0.02)
    const full = await controller.ended
    expectError(full, 3, /^error STORE_FULL: .*Free some space, then `foretune resume`/)
    // What it printed it had written: events are shown when they are durable.
    const events = await study.events()
    const printed = full.stdout.trimEnd().split('\n')
    assert.ok(events.length >= printed.length)
    assert.equal(ofType(events, 'ControllerLeft').length, 0)
    if (filler !== null) rmSync(filler)
    await expectToGoOn(study, directory)
  })

  test('attempts on a full disk are refused and tried again, and the controller goes on', async (t) => {
    const disk = smallDisk(t, '256k')
    const study = realStudy(t, file(disk === null ? '' : `directory: ${disk}/here\n`))
    study.epochsTake(disk === null ? 0.3 : 0)
    const filler = disk === null ? null : fill(disk, 4096)
    const controller = study.start('run', 'study.yaml')
    // Where no disk can be mounted, files in the place of folders refuse the last two trials all the same.
    const inTheWay =
      disk === null ? ['0002', '0003'].map((name) => join(study.folder, 'foretune/real/trials', name)) : []
    await study.until((events) => ofType(events, 'StartAttempt').length >= 2)
    for (const name of inTheWay) writeFileSync(name, '')
    study.epochsTake(0)
    const refused = await study.until((events) => refusals(events).length >= 3)
    for (const { outcome } of refusals(refused))
      assert.match(outcome.detail ?? '', disk === null ? /ENOTDIR|EEXIST/ : /ENOSPC|No space left/)
    for (const name of [...inTheWay, ...(filler === null ? [] : [filler])]) rmSync(name)
    const ended = await controller.ended
    assert.equal(ended.code, 0, ended.stderr)
    const { state } = await study.study()
    assert.equal(state.counts.complete, 4)
    assert.equal(state.trials.reduce((sum, { failures }) => sum + failures, 0), 0) // prettier-ignore
    const story = await study.foretune('story', 'real', disk === null ? '2' : '0')
    assert.match(story.stdout, /could not start it|had not been able to start it/)
  })

  test('a study directory that cannot be written is told before anything starts', async (t) => {
    const study = realStudy(t, file('directory: speed/here\n'))
    const ended = await study.foretune('run', 'study.yaml', '--quiet')
    expectError(ended, 3, /^error STUDY_DIRECTORY_UNUSABLE: .*\/speed\/here.*ENOTDIR.*`directory:`/)
    assert.deepEqual(await study.events(), [], 'nothing was created')
  })

  test('a folder without the right to write is told', async (t) => {
    const study = realStudy(t, file())
    const store = join(study.folder, 'foretune.db')
    chmodSync(study.folder, 0o555)
    const other = isRoot ? { uid: 65_534 } : {}
    const refused = await study.shell('exec "$@" run study.yaml', other).ended
    expectError(refused, 3, /^error STORE_(UNREADABLE|READ_ONLY): .*foretune\.db/)
    chmodSync(study.folder, 0o755)
    assert.equal(statSync(store, { throwIfNoEntry: false }), undefined)
  })

  test('a store that is damaged, newer, locked or none is told with what to do, and not touched', async (t) => {
    const study = realStudy(t, file())
    study.epochsTake(0)
    assert.equal((await study.foretune('run', 'study.yaml', '--quiet')).code, 0)
    const path = (name: string): string => join(study.folder, name)
    const make = (name: string, change: (path: string) => void): string => {
      copyFileSync(path('foretune.db'), path(name))
      change(path(name))
      return `sqlite:${path(name)}`
    }
    const sql = (text: string) => (name: string) => {
      const database = new DatabaseSync(name)
      database.exec(text)
      database.close()
    }
    const lock = new DatabaseSync(path('foretune.db'))
    lock.exec('begin immediate')
    const locked = study.foretune('resume', 'real')

    const cases: readonly (readonly [string, number, RegExp])[] = [
      [
        make('cut.db', (name) => truncateSync(name, statSync(name).size / 2)),
        3,
        /STORE_CORRUPT: .*Restore a copy of it/,
      ],
      [make('newer.db', sql('pragma user_version = 99')), 3, /STORE_NEWER: .*format 99.*Install a newer Foretune/],
      [
        make('text.db', (name) => writeFileSync(name, 'lr,loss\n'.repeat(200))),
        3,
        /STORE_NOT_A_DATABASE: .*Nothing was changed/,
      ],
      [make('other.db', sql('pragma application_id = 1')), 3, /STORE_NOT_A_DATABASE: .*another program.*--store/],
      [`sqlite:${study.folder}`, 3, /STORE_NOT_A_DATABASE: .*no ordinary file/],
      [`sqlite:${path('nowhere/foretune.db')}`, 3, /STORE_UNREADABLE: .*there is no folder/],
      ['mysql://somewhere', 2, /STORE_KIND_UNKNOWN: .*sqlite:foretune\.db/],
    ]
    for (const [store, exit, said] of cases) {
      const file = store.slice('sqlite:'.length)
      const before = statSync(file, { throwIfNoEntry: false })?.mtimeMs
      expectError(await study.foretune('run', 'study.yaml', '--store', store), exit, said)
      assert.equal(statSync(file, { throwIfNoEntry: false })?.mtimeMs, before, `${store} was not touched`)
    }
    const unknown = await study.foretune('status', '--store', `sqlite:${path('nothing.db')}`)
    expectError(unknown, 2, /STORE_NOT_FOUND: .*`foretune run FILE`/)
    // A damaged log: verify says how far it can be read.
    const altered = make(
      'altered.db',
      sql(`update events set body = replace(body, '"epoch":3', '"epoch":4') where body like '%"epoch":3%'`),
    )
    const verified = await study.foretune('verify', 'real', '--store', altered)
    assert.equal(verified.code, 1, verified.stderr)

    // Another process holds the file's lock and does not let go: half a minute is waited.
    expectError(
      await locked,
      3,
      /STORE_LOCKED: .*waited 3\d{4} ms.*End that process \(`fuser .*foretune\.db` names it\)/,
    )
    // One that lets go is waited for.
    const waiting = study.start('run', 'study.yaml', '--quiet')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    assert.equal(waiting.process.exitCode, null)
    lock.exec('rollback')
    lock.close()
    assert.equal((await waiting.ended).code, 0)
  })
})
