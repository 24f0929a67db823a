/** The name of a ZIP entry: decoded, whichever program wrote it, and checked before it is used.
 *  It accesses no file; a valid name is still only a label. */
import { getFileNameLowLevel, validateFileName } from 'yauzl'
import type { Entry } from 'yauzl'
import { visible } from '#lib/domain/visible-text.ts'

const LONGEST_NAME = 1024
const UNICODE_FLAG = 0x800
const FILE_KIND = 0o170000
const LINK = 0o120000
const REGULAR = 0o100000

/** UTF-8 when flagged or recognisable (macOS sets no flag), else the code page of old Windows archives (CP437). */
export function readName(entry: Entry): string {
  const isUtf8 = (entry.generalPurposeBitFlag & UNICODE_FLAG) !== 0 || isValidUtf8(entry.fileNameRaw)
  const flags = isUtf8 ? entry.generalPurposeBitFlag | UNICODE_FLAG : entry.generalPurposeBitFlag
  return visible(getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false))
    .normalize('NFC')
    .replace(/^(?:\.\/)+/, '')
}

function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Files that operating systems leave behind and users do not send intentionally. */
export function reasonToSkip(path: string): string | null {
  const parts = path.split('/')
  const last = parts.at(-1) ?? ''
  if (parts.includes('__MACOSX') || last === '.DS_Store' || last.startsWith('._'))
    return 'macOS stores metadata there'
  if (/^(?:thumbs\.db|desktop\.ini)$/i.test(last)) return 'Windows stores metadata there'
  return null
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
