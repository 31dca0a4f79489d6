import { existsSync, rmSync } from 'node:fs'
import type { BenchOptions } from './bench.ts'
import { peakMemory, runNode, withFolder } from './child.ts'
import type { FilledStudy } from './filled-study.ts'
import { bareScan, filledStudy } from './filled-study.ts'
import { installedForetune } from './installed-package.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

/** `foretune status` of large studies as whole commands, against a program that only walks over the same rows. */
export async function opening({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const bin = await installedForetune()
  return withFolder(async (folder) => {
    const large = quick ? { trials: 500, epochs: 60 } : { trials: 5_000, epochs: 200 }
    say(`filling a study of ${large.trials} x ${large.epochs} reports`)
    const rows = await openLarge(bin, await filledStudy(folder, large.trials, large.epochs), quick ? 2 : 5, large)
    const small = await filledStudy(folder, 100, 100)
    return [...rows, await openSmall(bin, small, quick ? 3 : 15)]
  })
}

async function openLarge(
  bin: string,
  study: FilledStudy,
  turns: number,
  { trials, epochs }: { readonly trials: number; readonly epochs: number },
): Promise<Row[]> {
  const status = statusOf(bin, study)
  const scan = bareScan(study.file)
  const [cold, bare, cached]: [number[], number[], number[]] = [[], [], []]
  for (let turn = 0; turn < turns; turn++) {
    rmSync(study.cacheFile, { force: true })
    cold.push((await runNode(status)).ms / 1000)
    bare.push((await runNode(scan)).ms / 1000)
    if (!existsSync(study.cacheFile)) throw new Error('status of a large study leaves a cached fold')
    cached.push((await runNode(status)).ms / 1000)
  }
  const memoryCached = await peakMemory(status)
  rmSync(study.cacheFile)
  const memory = await peakMemory(status)
  const what = `status of ${trials * epochs} reports`
  return [
    row(`${what}, cached fold`, 's', cached, { reach: { type: 'at most', value: 1 } }),
    row(`${what}, without it`, 's', cold, {
      against: { name: 'bare scan of the file', values: bare },
      reach: { type: 'ratio at most', value: 2 },
    }),
    row(`${what}, peak memory without it`, 'MiB', [memory], { reach: { type: 'at most', value: 600 } }),
    row(`${what}, peak memory with it`, 'MiB', [memoryCached], { reach: { type: 'at most', value: 600 } }),
  ]
}

async function openSmall(bin: string, study: FilledStudy, turns: number): Promise<Row> {
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < turns; turn++) {
    rmSync(study.cacheFile, { force: true })
    ours.push((await runNode(statusOf(bin, study))).ms / 1000)
    bare.push((await runNode(bareScan(study.file))).ms / 1000)
  }
  const against = { name: 'bare scan of the file', values: bare }
  return row('status of 10000 reports', 's', ours, { against, reach: { type: 'at most', value: 0.3 } })
}

function statusOf(bin: string, { name, file }: FilledStudy): string[] {
  return [bin, 'status', name, '--store', `sqlite:${file}`]
}
