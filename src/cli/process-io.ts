import type { Io, Out } from './command.ts'

/** The process itself as `Io`. A reader that closes the pipe early (`| head`) ends the command quietly, unless it has more to do than to print. */
export function processIo(): Io {
  const { stdout, stderr, env } = process
  let isPrinting = true
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isPrinting) return
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
  }
  return {
    stdout: stdout as Out,
    stderr: stderr as Out,
    isTerminal: stdout.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    colours: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    get columns() {
      return (stdout.isTTY ? stdout.columns : stderr.columns) || 80
    },
    get rows() {
      return (stdout.isTTY ? stdout.rows : stderr.rows) || 24
    },
    env,
    cwd: process.cwd(),
    now: () => Date.now(),
    outliveReaders() {
      isPrinting = false
    },
  }
}
