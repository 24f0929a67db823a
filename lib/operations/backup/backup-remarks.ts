/** The remarks of a backup about files that it could not copy: sentences for the admin. It reads no disk. */
import path from 'node:path'
import { imagePathOrNull } from './copy-data-files.ts'
import type { BackupDraft } from './backup-draft.ts'

export const lostRemarks = (lost: readonly string[]): readonly string[] =>
  lost.length === 0
    ? []
    : [
        `${lost.length === 1 ? 'A file is' : `${lost.length} files are`} missing in DATA_DIR and ` +
          `therefore in this backup: ${someOf(lost)}.`,
      ]

export function damagedRemarks({ entries }: BackupDraft): readonly string[] {
  const damaged = [...entries.values()]
    .filter(
      ({ path: file, sha256 }) =>
        file === imagePathOrNull(path.posix.basename(file)) && sha256 !== path.posix.basename(file),
    )
    .map(({ path: file }) => file)
  return damaged.length === 0
    ? []
    : [
        `${damaged.length === 1 ? 'An image is' : `${damaged.length} images are`} damaged in DATA_DIR ` +
          `and therefore in this backup: ${someOf(damaged)}.`,
      ]
}

const LISTED_FILES = 3
const someOf = (files: readonly string[]): string =>
  files.slice(0, LISTED_FILES).join(', ') +
  (files.length > LISTED_FILES ? ` and ${files.length - LISTED_FILES} more` : '')
