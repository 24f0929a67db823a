/** Documents and programs that are ZIP archives by their bytes and no sets of images, such as .xlsx and .npz. Pure; it
 *  sees the names of the entries. */

export type DocumentArchive = { readonly words: string; readonly remedy: string }

const SEND_IMAGES = 'Send the images themselves, or a ZIP archive of them.'
const SAVE_AS_CSV = 'Save the sheet as CSV, and send that with the images.'

/** All entries of the first list are in the archive. */
const KINDS: readonly (readonly [entries: readonly RegExp[], words: string, remedy: string])[] = [
  [[/^\[Content_Types\]\.xml$/, /^xl\//], 'an Excel workbook', SAVE_AS_CSV],
  [[/^\[Content_Types\]\.xml$/, /^word\//], 'a Word document', SEND_IMAGES],
  [[/^\[Content_Types\]\.xml$/, /^ppt\//], 'a PowerPoint presentation', SEND_IMAGES],
  [[/^mimetype$/, /^META-INF\/container\.xml$/], 'an e-book', SEND_IMAGES],
  [[/^mimetype$/, /^content\.xml$/], 'an OpenDocument file', SAVE_AS_CSV],
  [[/^Index\/Document\.iwa$/], 'an iWork document', SAVE_AS_CSV],
  [[/^AndroidManifest\.xml$/], 'an Android app', SEND_IMAGES],
  [[/^META-INF\/MANIFEST\.MF$/], 'a Java archive', SEND_IMAGES],
  [[/^[^/]+\/data\.pkl$/, /^[^/]+\/version$/], 'a PyTorch file', SEND_IMAGES],
  [
    [/^model\.weights\.h5$/, /^config\.json$/],
    'a Keras model',
    'Import it as a version of a classifier instead.',
  ],
]
const ARRAYS: DocumentArchive = {
  words: 'a NumPy archive (.npz), which is not supported',
  remedy: 'Save its images as PNG, in one folder for each class.',
}

/** Null: it is none of these. */
export function documentIn(paths: readonly string[]): DocumentArchive | null {
  if (paths.length > 0 && paths.every((path) => /\.npy$/i.test(path))) return ARRAYS
  for (const [entries, words, remedy] of KINDS)
    if (entries.every((entry) => paths.some((path) => entry.test(path)))) return { words, remedy }
  return null
}
