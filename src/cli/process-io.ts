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
    ...(process.stdin.isTTY && stderr.isTTY ? { ask: askAtTerminal } : {}),
    outliveReaders() {
      isPrinting = false
    },
  }
}

/** Questions go to standard error: standard output is for answers of the command. */
async function askAtTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // The terminal in this mode takes Ctrl-C as a key; a closed input is no answer either.
  const gone = new AbortController()
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  terminal.once('close', () => gone.abort())
  try {
    return await terminal.question(question, { signal: gone.signal })
  } catch (error) {
    if ((error as Error).name === 'AbortError') return ''
    throw error
  } finally {
    terminal.close()
  }
}
