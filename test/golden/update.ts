/** `npm run golden`: writes the decisions of all golden studies anew. */
import { globSync, rmSync, writeFileSync } from 'node:fs'
import { goldenFolder, goldenStudies, goldenText } from '../golden-studies.ts'

for (const file of globSync('*.jsonl', { cwd: goldenFolder })) rmSync(goldenFolder + file)
for (const [name, options] of Object.entries(goldenStudies))
  writeFileSync(`${goldenFolder}${name}.jsonl`, await goldenText(options))
