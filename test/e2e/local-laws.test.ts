/** The laws of executors, for real processes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { executorLaws } from '../../src/executors/executor.laws.ts'
import { localExecutor } from '../../src/executors/local.ts'

const root = mkdtempSync(join(tmpdir(), 'foretune-laws-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

const program = `cd "$FORETUNE_ATTEMPT"; epoch=0
  while read -r until leave <until; [ $epoch -lt $until ] || [ "$leave" != leave ]; do
    if [ $epoch -lt $until ]; then epoch=$((epoch+1)); echo "{\\"epoch\\": $epoch, \\"loss\\": 1}" >>reports.jsonl; else sleep 0.01; fi
  done`

executorLaws(
  'local',
  () =>
    localExecutor({
      study: 'laws',
      directory: join(root, String(count++)),
      command: () => ({ argv: ['sh', '-c', program] }),
      slots: 2,
      gpus: 'none',
      lingerMs: 0,
      graceMs: 500,
      resumable: true,
    }),
  15,
)
