import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { heartbeatMs, ownerLives, recordOwner, thisMachine } from './owner.ts'
import type { OwnerRecord, Surroundings } from './owner.ts'

const now = 1_753_000_000_000
const day = 86_400_000

const owner: OwnerRecord = {
  host: 'node1',
  pid: 17,
  boot: 'boot-a',
  namespace: 'pid:[1]',
  started: '900',
  heartbeatAt: now,
  heartbeatUptime: 5_000,
}

const here: Surroundings = {
  host: 'node1',
  boot: 'boot-a',
  namespace: 'pid:[1]',
  now,
  uptime: 5_000,
  startOf: (pid) => (pid === 17 ? '900' : null),
  exists: (pid) => pid === 17,
}

const late = heartbeatMs + 1
const cases: readonly (readonly [string, boolean, Partial<OwnerRecord>, Partial<Surroundings>])[] = [
  ['a process of this kernel lives while it is there', true, {}, {}],
  ['a clock that jumped ahead does not kill it', true, {}, { now: now + day }],
  ['a clock that jumped back does not kill it', true, {}, { now: now - day }],
  ['a process that is gone is dead, however fresh its heartbeat', false, {}, { startOf: () => null }],
  ['a number that was given to another process is not the owner', false, {}, { startOf: () => '901' }],
  ['a process that was dead when it was written down stays so', false, { started: null }, { startOf: () => null }],
  ['a host that was started anew has no old processes', false, {}, { boot: 'boot-b' }],
  ['in another container a fresh heartbeat counts', true, {}, { namespace: 'pid:[2]', startOf: () => null }],
  ['in another container an old heartbeat does not', false, {}, { namespace: 'pid:[2]', uptime: 5_000 + late }],
  ['in another container the clock does not count', true, {}, { namespace: 'pid:[2]', now: now + day }],
  ['on another host a fresh heartbeat counts', true, {}, { host: 'node2', boot: 'boot-b' }],
  ['on another host an old heartbeat does not', false, {}, { host: 'node2', boot: 'boot-b', now: now + late }],
  [
    'on another host a heartbeat far in the future does not',
    false,
    {},
    { host: 'node2', boot: 'boot-b', now: now - late },
  ],
  ['without /proc a process that exists and beats lives', true, { boot: null }, { boot: null }],
  ['without /proc a process that does not exist is dead', false, { boot: null }, { boot: null, exists: () => false }],
  ['without /proc a heartbeat that stopped is death', false, { boot: null }, { boot: null, now: now + late }],
]

for (const [title, lives, ofOwner, ofHere] of cases) {
  test(title, () => {
    assert.equal(ownerLives({ ...owner, ...ofOwner }, { ...here, ...ofHere }), lives)
  })
}

test('this very process lives', () => {
  assert.equal(ownerLives(recordOwner({ host: 'any', pid: process.pid }, thisMachine()), thisMachine()), true)
})

test(
  'a process that ended, and one that nobody buried yet, are dead',
  { skip: process.platform !== 'linux' },
  async () => {
    // The shell becomes a sleep that does not wait for the child it inherited: the child stays a zombie.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const zombie = Number(line.toString())
    while (thisMachine().startOf(zombie) !== null) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(thisMachine().exists(zombie), true)
    const record = recordOwner({ host: 'any', pid: parent.pid as number }, thisMachine())
    assert.equal(ownerLives(record, thisMachine()), true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    assert.equal(ownerLives(record, thisMachine()), false)
  },
)
