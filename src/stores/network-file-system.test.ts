import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { fileSystemName, mountedType, networkFileSystem, refuseNetworkFileSystem } from './network-file-system.ts'

const never = (): null => assert.fail('the number alone tells') as null

test('network file systems are told by their numbers, signed or not', () => {
  assert.equal(fileSystemName(0x6969, never), 'NFS')
  assert.equal(fileSystemName(0x0bd00bd0, never), 'Lustre')
  assert.equal(fileSystemName(0xff534d42, never), 'CIFS')
  assert.equal(fileSystemName(0xff534d42 - 2 ** 32, never), 'CIFS')
})

test('local file systems are not', () => {
  const ext4 = 0xef53
  const tmpfs = 0x01021994
  const xfs = 0x58465342
  for (const type of [ext4, tmpfs, xfs]) assert.equal(fileSystemName(type, never), null)
  assert.equal(networkFileSystem(tmpdir()), null)
})

test('file systems in user space are told by the mount table, and an unknown one is refused', () => {
  const fuse = 0x65735546
  assert.equal(
    fileSystemName(fuse, () => 'fuse.sshfs'),
    'fuse.sshfs',
  )
  assert.equal(
    fileSystemName(fuse, () => 'fuseblk'),
    null,
  )
  assert.equal(
    fileSystemName(fuse, () => null),
    'fuse',
  )
})

test('the innermost and newest mount of a folder counts', () => {
  const mountinfo = [
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw',
    '40 22 0:35 / /home rw shared:2 - nfs4 server:/home rw',
    '41 40 0:36 / /home/a\\040b rw - fuse.sshfs x: rw',
    '42 22 0:37 / /data rw - ext4 /dev/b rw',
    '43 42 0:38 / /data rw - fuseblk /dev/c rw',
    '',
  ].join('\n')
  assert.equal(mountedType('/home/a b/study', mountinfo), 'fuse.sshfs')
  assert.equal(mountedType('/home/a', mountinfo), 'nfs4')
  assert.equal(mountedType('/homework', mountinfo), 'ext4')
  assert.equal(mountedType('/data', mountinfo), 'fuseblk')
})

test('a store on a network file system is refused unless the user insists', () => {
  const refuse = (name: string | null, environment: NodeJS.ProcessEnv = {}): void =>
    refuseNetworkFileSystem('/data/x/foretune.db', name, environment)
  assert.throws(() => refuse('NFS'), {
    code: 'STORE_ON_NETWORK_FILE_SYSTEM',
    exit: 3,
    details: { location: '/data/x/foretune.db', fileSystem: 'NFS' },
  })
  refuse(null)
  refuse('NFS', { FORETUNE_ALLOW_NETWORK_STORE: '1' })
})
