/**
 * Network file systems by name. SQLite's locks and its shared memory do not hold on them: two hosts would each believe that they own the
 * file (sqlite.org, "How to corrupt an SQLite database file", section 2). Kernel file systems are told by the number that statfs gives;
 * those in user space all share one number and are told by the mount table.
 */
import { readFileSync, statfsSync } from 'node:fs'
import { storeOnNetworkFileSystem } from './store-errors.ts'

const magic: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x20030528, 'OrangeFS'],
  [0xaad7aaea, 'PanFS'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
  [0x01021997, '9p'],
])

const fuseMagic = 0x65735546
const localInUserSpace: ReadonlySet<string> = new Set([
  'fuseblk',
  'virtiofs',
  ...['ntfs', 'ntfs-3g', 'exfat', 'fuse-overlayfs', 'bindfs', 'mergerfs', 'gocryptfs', 'encfs', 'cryfs'].map(
    (name) => `fuse.${name}`,
  ),
])

/** `name` is what `networkFileSystem` said of the store's folder. */
export function refuseNetworkFileSystem(location: string, name: string | null, environment: NodeJS.ProcessEnv): void {
  if (name !== null && environment['FORETUNE_ALLOW_NETWORK_STORE'] !== '1')
    throw storeOnNetworkFileSystem(location, name)
}

/** The name of the network file system that holds the folder, or null. */
export function networkFileSystem(folder: string): string | null {
  if (process.platform !== 'linux') return null
  return fileSystemName(statfsSync(folder).type, () =>
    mountedType(folder, readFileSync('/proc/self/mountinfo', 'utf8')),
  )
}

/** `mountType` is asked only where the number does not tell. */
export function fileSystemName(type: number, mountType: () => string | null): string | null {
  const number = type >>> 0
  if (number !== fuseMagic) return magic.get(number) ?? null
  const name = mountType()
  return name !== null && localInUserSpace.has(name) ? null : (name ?? 'fuse')
}

/** The type of the innermost mount that holds the folder, as /proc/self/mountinfo names it. */
export function mountedType(folder: string, mountinfo: string): string | null {
  let best = { point: '', type: null as string | null }
  for (const line of mountinfo.split('\n')) {
    const [head, tail] = line.split(' - ')
    const escaped = head?.split(' ')[4]
    if (escaped === undefined || tail === undefined) continue
    const point = escaped.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`)
    // Of two mounts on one place the later one is seen.
    if (holds && point.length >= best.point.length) best = { point, type: tail.split(' ')[0] ?? null }
  }
  return best.type
}
