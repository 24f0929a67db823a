/** How often commands have used a list of test images, by its hash, in a small file, because commands have no
 *  database. Each repeated use makes a test set less reliable; the count shows how much. */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import { testSetCounts } from '#lib/contracts/training-plan.ts'
import { writeJson } from '../run/plan.ts'

const COUNTS: StoredFormats<Readonly<Record<string, number>>> = {
  what: 'The file that counts the use of test images',
  action: 'Restore test-openings.json in DATA_DIR from a backup, or remove it to count from zero.',
  formats: { 1: testSetCounts },
}

/** Counts this use and returns the number of uses, this one included. */
export async function countOpening(file: string, hashes: readonly string[]): Promise<number> {
  const list = createHash('sha256')
    .update([...hashes].sort().join('\n'))
    .digest('hex')
  const text = await readFile(file, 'utf8').catch(() => null)
  const counts = text === null ? {} : parseStoredText(text, COUNTS)
  const uses = (counts[list] ?? 0) + 1
  await mkdir(dirname(file), { recursive: true })
  await writeJson(file, { ...counts, [list]: uses })
  return uses
}
