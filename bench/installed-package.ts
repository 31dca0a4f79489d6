/** The package as a user installs it: built, packed and unpacked beside the checkout's libraries. */
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './child.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let installed: Promise<string> | null = null

/** The path of its `bin/foretune`; made once a run. */
export function installedForetune(): Promise<string> {
  installed ??= install()
  return installed
}

async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-package-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  await runProgram('npm', ['run', '--silent', 'build'], { cwd: root })
  await runProgram('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  await runProgram('sh', ['-c', 'tar xzf *.tgz'], { cwd: folder })
  symlinkSync(join(root, 'node_modules'), join(folder, 'package', 'node_modules'))
  const bin = join(folder, 'package', 'bin', 'foretune')
  if (!existsSync(bin)) throw new Error('the packed package has no bin/foretune')
  // Node keeps compiled code of what it has run before: a user's first start is not every start.
  await runProgram(process.execPath, [bin, '--help'])
  return bin
}
