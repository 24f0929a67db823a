/** Files of a set that may have its labels or images and are not read, by the endings of their names: what to do with
 *  them. Pure. */

const REASONS: readonly (readonly [endings: RegExp, reason: string])[] = [
  [
    /\.(?:zip|rar|7z|tar|tgz|tar\.\w{2,3}|tbz2?|txz|gz|bz2|xz|zst|cab|iso|dmg)$/i,
    'it is an archive inside the set: extract it first',
  ],
  [/\.(?:xlsx?|xlsm|xlsb|ods|numbers)$/i, 'it is a spreadsheet: save it as CSV to use its labels'],
  [/\.(?:docx?|odt|rtf|pptx?|pages|key)$/i, 'it is an office document'],
  [
    /\.(?:parquet|arrow|feather|tfrecords?|npz|mat|pkl|pickle|h5|hdf5|lmdb|mdb|rec|sqlite3?|db)$/i,
    'it has data in a format that is not read: export its images as files and its labels as CSV or JSON',
  ],
  [/\.(?:mp4|m4v|mov|avi|mkv|webm|wmv|mpe?g|3gp)$/i, 'it is a video: save its frames as images'],
]

/** Null: the name does not tell. */
export function unreadReason(path: string): string | null {
  for (const [endings, reason] of REASONS) if (endings.test(path)) return reason
  return null
}

export const isArchiveName = (path: string): boolean => REASONS[0]![0].test(path)
