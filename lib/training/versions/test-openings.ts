/** How often a list of test pictures was opened by commands, by its hash: a small file, where no database is at hand.
 *  A test that is looked at again and again is no test any more; the count says how far to trust it. */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeJson } from '../run/plan.ts'

/** Counts this opening and answers how many there were, this one included. */
export async function countOpening(file: string, hashes: readonly string[]): Promise<number> {
  const list = createHash('sha256')
    .update([...hashes].sort().join('\n'))
    .digest('hex')
  const counts: Record<string, number> = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text),
    () => ({}),
  )
  const opened = (counts[list] ?? 0) + 1
  await mkdir(dirname(file), { recursive: true })
  await writeJson(file, { ...counts, [list]: opened })
  return opened
}
