/**
 * The read-only material that stands beside a checkout (golden numbers, recorded curves). A clone may lack it: then the tests that read it
 * are skipped, counted and named; with `CI=true` a missing folder is an error, so that nothing is skipped unseen.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const folder = process.env['FORETUNE_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url))
const present = existsSync(join(folder, 'data', 'curves'))

if (!present && process.env['CI'] === 'true') throw new Error(`CI=true needs the shared folder, looked for ${folder}`)

export const shared: { readonly skip: string | false; path(relative: string): string } = {
  skip: present ? false : 'needs the shared folder of curves and golden numbers beside the checkout',
  path: (relative) => join(folder, relative),
}
