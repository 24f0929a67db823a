/** The name of a ZIP entry: decoded, whichever program wrote it, and checked before it is used.
 *  It accesses no file; a valid name is still only a label. */
import { isUtf8 } from 'node:buffer'
import { getFileNameLowLevel, validateFileName } from 'yauzl'
import type { Entry } from 'yauzl'
import { decodeName, isDoubleByte, type CodePage } from '#lib/domain/reading/code-pages.ts'
import { visible } from '#lib/domain/text/visible-text.ts'

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
  const raw = page === null ? guessedBytes(entry) : bytesIn(page, entry)
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
export const guessedBytes = (entry: Entry): Uint8Array | null => {
  const raw = unstatedBytes(entry)
  return raw === null || isUtf8(raw) ? null : raw
}

/** Whether the names of the archive decide how this one is read. */
export function isDoubtful(entry: Entry): boolean {
  const raw = unstatedBytes(entry)
  return raw !== null && !isSurelyUtf8(raw)
}

/** Two bytes of GBK may by chance be one character in UTF-8: such names are in the code page of the others. */
function bytesIn(page: CodePage, entry: Entry): Uint8Array | null {
  const raw = isDoubleByte(page) ? unstatedBytes(entry) : guessedBytes(entry)
  return raw === null || isSurelyUtf8(raw) ? null : raw
}

function unstatedBytes({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): Uint8Array | null {
  if ((generalPurposeBitFlag & UNICODE_FLAG) !== 0) return null
  return extraFields.some(({ id }) => id === UNICODE_PATH_FIELD) ? null : fileNameRaw
}

/** ASCII, or with a character of three bytes. */
const isSurelyUtf8 = (raw: Uint8Array): boolean =>
  isUtf8(raw) && (raw.every((byte) => byte < 0x80) || raw.some((byte) => byte >= 0xe0))

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
