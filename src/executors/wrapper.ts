/** The status of a wrapper that started nothing: `process` was there already, or could not be written. A program may end with it too. */
export const wrapperRefused = 125

/**
 * The small shell program around every attempt. It leads the attempt's own session and process group, says in `process` who it is,
 * starts the program, and leaves the program's status in `exit`: a restarted controller is not the parent and cannot wait for it.
 *
 * - `process` is created with O_EXCL before the program starts. Of two wrappers in one folder (a controller died between starting one and
 *   hearing of it) the second finds the file and leaves without starting anything.
 * - The program runs in the foreground: a background command of a shell would ignore SIGINT for ever, and its children too.
 * - The wrapper itself outlives SIGTERM, SIGINT and SIGHUP (a handler, not `ignore`: the program gets the default back), so that there is
 *   an `exit` whatever ends the program.
 * - Only builtins: at a thousand trivial trials a minute every further process counts. A file of one short write is complete when
 *   it ends with a newline, which costs no rename.
 */
export const wrapperScript: string = `trap : TERM INT HUP
stat= boot=
if [ -r /proc/$$/stat ]; then read -r stat </proc/$$/stat; read -r boot </proc/sys/kernel/random/boot_id; fi
began() { [ $# -lt 20 ] || { shift 19; stat=$1; }; }
began \${stat##*) }
set -C
printf 'pid %s\\nstarted %s\\nboot %s\\ngroup %s\\nslot %s\\n' $$ "$stat" "$boot" $$ "$FORETUNE_SLOT" >"$FORETUNE_ATTEMPT/process" || exit ${wrapperRefused}
set +C
"$@"
status=$?
printf '%s\\n' $status >"$FORETUNE_ATTEMPT/exit"
exit $status
`

/** The command that runs a program under the wrapper. `FORETUNE_ATTEMPT` and `FORETUNE_SLOT` must be in its environment. */
export function wrapped(argv: readonly string[]): { readonly file: string; readonly args: string[] } {
  return { file: '/bin/sh', args: ['-c', wrapperScript, 'foretune', ...argv] }
}
