/** The name of a ZIP entry: decoded, whichever program wrote it, and checked before it is used.
 *  It accesses no file; a valid name is still only a label. */
import { isUtf8 } from 'node:buffer'
import { getFileNameLowLevel, validateFileName } from 'yauzl'
import type { Entry } from 'yauzl'
import { decodeName, type CodePage } from '#lib/domain/reading/code-pages.ts'
import { visible } from '#lib/domain/visible-text.ts'

/** In characters. */
export const LONGEST_NAME = 1024
const UNICODE_FLAG = 0x800
/** Info-ZIP's Unicode path. */
const UNICODE_PATH_FIELD = 0x7075
const FILE_KIND = 0o170000
const LINK = 0o120000
const REGULAR = 0o100000

/** UTF-8 when flagged, stated in the field 0x7075 or recognisable (macOS sets no flag); else in the code page that was
 *  guessed from all names. */
export function readName(entry: Entry, page: CodePage | null): string {
  const raw = guessedBytes(entry)
  const flags = entry.generalPurposeBitFlag | (raw === null && isUtf8(entry.fileNameRaw) ? UNICODE_FLAG : 0)
  const name =
    raw === null || page === null
      ? getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false)
      : (decodeName(raw, page) ?? getFileNameLowLevel(flags, entry.fileNameRaw, [], false)).replaceAll(
          '\\',
          '/',
        )
  return visible(name)
    .normalize('NFC')
    .replace(/^(?:\.\/)+/, '')
}

/** The bytes of a name whose encoding is not stated and is not UTF-8; null for all others. */
export function guessedBytes({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): Uint8Array | null {
  if ((generalPurposeBitFlag & UNICODE_FLAG) !== 0 || isUtf8(fileNameRaw)) return null
  return extraFields.some(({ id }) => id === UNICODE_PATH_FIELD) ? null : fileNameRaw
}

export function reasonToRefuse(path: string, entry: Entry): string | null {
  const kind = (entry.externalFileAttributes >>> 16) & FILE_KIND
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(path)) return 'its name has control characters'
  if (path.length === 0 || path.length > LONGEST_NAME)
    return `its name is ${path.length} characters long and may have 1 to ${LONGEST_NAME}`
  if (/^(?:[a-zA-Z]:|\/)/.test(path)) return 'its name is an absolute path'
  if (validateFileName(path) !== null) return 'its name points outside the archive'
  if (kind === LINK) return 'it is a link'
  if (kind !== 0 && kind !== REGULAR) return 'it is not a regular file'
  if (entry.isEncrypted()) return 'it is encrypted'
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `its compression method ${entry.compressionMethod} is not supported`
  return null
}
