/** Keeps a program's log from filling the disk: once it is longer than the limit, only its newest half stays. */
import { open, stat } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/**
 * The program writes in append mode, so its file can be cut under its hands; what it writes between the last read and the cut is lost.
 * Resolves to true if the file was cut.
 */
export async function keepNewestHalf(path: string, limitBytes: number): Promise<boolean> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  )
  if (size <= limitBytes) return false
  const file = await open(path, 'r+')
  try {
    const chunk = Buffer.alloc(Math.min(chunkBytes, limitBytes))
    let from = size - Math.floor(limitBytes / 2)
    const notice = Buffer.from(`[foretune: longer than ${limitBytes} bytes; the ${from} oldest were dropped]\n`)
    let to = (await file.write(notice, 0, notice.length, 0)).bytesWritten
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, from)
      if (bytesRead === 0) break
      // Overwriting is safe while the place written lies before the place read.
      await file.write(chunk, 0, bytesRead, to)
      from += bytesRead
      to += bytesRead
    }
    await file.truncate(to)
    return true
  } finally {
    await file.close()
  }
}
