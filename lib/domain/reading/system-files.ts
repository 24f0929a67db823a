/** Files and folders that programs leave behind next to images: metadata of operating systems, network drives,
 *  notebooks and version control. Pure; it sees only paths. */

/** Folders, in lower case, with the program that made them. */
const SYSTEM_FOLDERS: Readonly<Record<string, string>> = {
  __macosx: 'macOS stores metadata there',
  '.appledouble': 'macOS stores metadata there',
  '.spotlight-v100': 'macOS stores metadata there',
  '.fseventsd': 'macOS stores metadata there',
  '.documentrevisions-v100': 'macOS stores metadata there',
  '.temporaryitems': 'macOS stores metadata there',
  '.trashes': 'it is a recycle bin',
  '.trash': 'it is a recycle bin',
  '$recycle.bin': 'it is a recycle bin',
  '#recycle': 'it is the recycle bin of a network drive',
  '@recycle': 'it is the recycle bin of a network drive',
  '@recently-snapshot': 'it is a folder of a network drive',
  '@eadir': 'a network drive stores thumbnails there',
  '@tmp': 'it is a folder of a network drive',
  '@appstore': 'it is a folder of a network drive',
  '@sharebin': 'it is a folder of a network drive',
  '#snapshot': 'it is a folder of a network drive',
  '.snapshot': 'it is a folder of a network drive',
  '~snapshot': 'it is a folder of a network drive',
  '.@__thumb': 'a network drive stores thumbnails there',
  '.streams': 'it is a folder of a network drive',
  'system volume information': 'Windows stores metadata there',
  'lost+found': 'it is a system folder',
  __pycache__: 'it is a Python cache',
  node_modules: 'it is a folder of programs',
  '.ipynb_checkpoints': 'a notebook stores copies there',
  '.thumbnails': 'it has thumbnails',
  '.thumbs': 'it has thumbnails',
  '.picasaoriginals': 'Picasa stores originals there',
  '.git': 'it belongs to a version control system',
  '.svn': 'it belongs to a version control system',
  '.hg': 'it belongs to a version control system',
  '.dvc': 'it belongs to a version control system',
  '.cache': 'it is a cache',
  '.idea': 'it is a folder of an editor',
  '.vscode': 'it is a folder of an editor',
  '.dropbox': 'it is a folder of Dropbox',
  '.dropbox.cache': 'it is a folder of Dropbox',
  '.sync': 'it is a folder of a synchronisation program',
  '.stfolder': 'it is a folder of a synchronisation program',
  '.stversions': 'it is a folder of a synchronisation program',
}
const WINDOWS_FILES: readonly string[] = [
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'iconcache.db',
  'picasa.ini',
]

/** Why the file is not part of the set, or null. Folders that begin with a dot and are not of a known
 * program are hidden (`hiddenFolderOf`). */
export function systemReason(path: string): string | null {
  const end = path.lastIndexOf('/')
  return fileReason(path.slice(end + 1)) ?? (end < 0 ? null : folderReason(path.slice(0, end)))
}

function fileReason(name: string): string | null {
  if (name === '.DS_Store' || name.startsWith('._') || name === 'Icon\r') return 'macOS stores metadata there'
  if (WINDOWS_FILES.includes(name.toLowerCase())) return 'Windows stores metadata there'
  if (/@synoeastream$|@synoresource$/i.test(name)) return 'a network drive stores metadata there'
  return name.startsWith('~$') ? 'it is a lock file of an office program' : null
}

function folderReason(path: string): string | null {
  // most folders have none of these names, which all begin or end in a sign, or are in this list
  if (!/(?:^|\/)[\s]*(?:[.@#$~_]|lost\+found|node_modules|system volume)/i.test(path)) return null
  for (const folder of path.split('/')) {
    const name = folder.toLowerCase().trim()
    if (Object.hasOwn(SYSTEM_FOLDERS, name)) return SYSTEM_FOLDERS[name]!
    if (/^\.trash-\d+$/.test(name)) return 'it is a recycle bin'
  }
  return null
}

/** The first folder of a path that is hidden by a dot, or null; a file that is itself hidden counts, too. */
export function hiddenFolderOf(path: string): string | null {
  if (!path.includes('.')) return null
  const hidden = /(?:^|\/)(\s*\.[^./][^/]*)/.exec(path)
  return hidden ? hidden[1]!.trim() : null
}

/** Whether a folder next to class folders has small copies of images rather than a class. */
export const isThumbnailFolder = (name: string): boolean => /^\.?thumb(?:nail)?s?$/i.test(name.trim())
