/**
 * Verifies that a backup is unchanged: every file is read and compared with SHA256SUMS. It repairs nothing.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { databaseDamage } from '#lib/data/database/database-copy.ts'
import { DarkroomError, messageOf } from '#lib/domain/errors.ts'
import { hashOf, inParallel } from './copy-files.ts'
import {
  backupsIn,
  damagedBackup,
  DATABASE,
  readSummary,
  readSums,
  SUMMARY,
  type StoredBackup,
} from './layout.ts'

export type Verification = {
  readonly backup: StoredBackup
  readonly sums: ReadonlyMap<string, string>
  /** One sentence for each file that is missing or changed. Empty: the backup is complete. */
  readonly damages: readonly string[]
}

export type VerifyProgress = (file: string, done: number, total: number) => void

export async function verifyBackup(
  folder: string,
  onProgress: VerifyProgress = () => {},
  signal?: AbortSignal,
): Promise<Verification> {
  await refuseOther(folder)
  const sums = await readSums(folder)
  const damages: string[] = []
  let done = 0
  await inParallel(
    [...sums],
    async ([file, sha256]) => {
      const actual = await hashOf(path.join(folder, file)).catch(
        (error: unknown) => `${file} cannot be read: ${messageOf(error)}`,
      )
      if (typeof actual === 'string') damages.push(actual)
      else if (actual === null) damages.push(`${file} is missing.`)
      else if (actual.sha256 !== sha256)
        damages.push(
          `${file} has changed: its sha256 is ${actual.sha256.slice(0, 12)}… instead of ${sha256.slice(0, 12)}….`,
        )
      onProgress(file, (done += 1), sums.size)
    },
    signal,
  )
  if (!sums.has(DATABASE)) damages.push(`${DATABASE} is not listed in SHA256SUMS.`)
  if (damages.length === 0) {
    const damage = databaseDamage(path.join(folder, DATABASE))
    if (damage !== null) damages.push(`${DATABASE} cannot be used: ${damage}.`)
  }
  if (damages.some((one) => one.startsWith(SUMMARY))) throw damagedBackup(folder, damages.join(' '))
  return { backup: await readSummary(folder), sums, damages: damages.toSorted() }
}

/** Throws for a folder that is not a backup, and lists the backups in it. */
async function refuseOther(folder: string): Promise<void> {
  if (await stat(path.join(folder, SUMMARY)).catch(() => null)) return
  const inside = await backupsIn(folder)
  const what = `${folder} is not a backup`
  if (inside.length > 0)
    throw new DarkroomError('invalid_input', {
      what,
      why: `it contains ${inside.length === 1 ? 'one' : inside.length}: ${inside
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}${inside.length > 5 ? ', …' : ''}`,
      remedy: `Choose one of them, such as ${path.join(folder, inside[0]!.name)}.`,
    })
  throw new DarkroomError('not_found', {
    what,
    why: `it has no ${SUMMARY}`,
    remedy: 'Choose the folder of a completed backup.',
  })
}
