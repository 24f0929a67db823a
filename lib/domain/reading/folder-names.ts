/** What the name of a folder tells about its meaning: a session within a class, a variant of the images, a copy, or
 *  something that belongs to no class. Pure; the structure around it decides (folder-reading.ts). */

const MONTH =
  'jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|m(?:ä|ae)rz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|' +
  'sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?'
const SESSIONS: readonly RegExp[] = [
  /^(?:19|20)\d{2}(?:[-_. ]?\d{1,2}){0,2}(?:[-_ T.]\d{2}[-_.:h]?\d{2}.*)?$/, // 2025, 2025-06, 20250612, with a time
  /^\d{1,2}[-_.]\d{1,2}(?:[-_.](?:\d{2}|\d{4}))?$/, // 12.06.25
  new RegExp(`^(?:\\d{1,2}[-_. ]*)?(?:${MONTH})(?:[-_. ]*\\d{1,4})*$`, 'i'),
  new RegExp(
    '^(?:session|sess|sitzung|batch|charge|day|tag|week|woche|kw|month|monat|cam|camera|kamera|part|teil|run|lauf|' +
      'shoot|series|serie|seq|sequence|video|clip|burst|roll|subject|patient|person|visit|site|location|plot|frames?|' +
      'scan|round|take|visita|sesion|seance|lote|lot|device|phone|plate|row|field|tray|recording|aufnahme|fold)' +
      '[-_ #.]*[a-z]?\\d*$',
    'i',
  ),
  /^\d{3}[A-Z_]{5}$/, // 100APPLE, 101CANON: folders of cameras
  /^(?:dcim|morning|noon|evening|night|indoor|outdoor|spring|summer|autumn|fall|winter)$/i,
]
const VARIANT = oneOf(
  'colou?r|gr[ae]y(?:scale)?|segmented|originals?|raw|augmented|aug|processed|preprocessed|cropped|resized|' +
    'unprocessed|rgb|bw',
)
const STRAY = oneOf(
  'docs?|documentation|figures?|figs?|previews?|vorschau|contact[-_ ]?sheets?|examples?|assets|misc|screenshots?|' +
    'thumb(?:nail)?s?|logs?|results?|outputs?|plots?|charts?|code|src|scripts?|notebooks?|models?|weights|' +
    'checkpoints?|readme|meta|metadata|annotations?|masks?|labels?',
)
const MASKS = oneOf('masks?|annotations?|labels?|segmentations?|ground[-_ ]?truth')
/** Containers that say nothing about what is in them. */
const CONTAINER = oneOf(
  'images?|imgs?|pics?|pictures?|photos?|bilder|fotos|data|datasets?|daten|archive|classes|class[-_ ]?folders?|' +
    'jpe?gs?|pngs?|files?|all|output|samples',
)

export const isSession = (name: string): boolean => SESSIONS.some((pattern) => pattern.test(name.trim()))
export const isVariant = (name: string): boolean => VARIANT.test(name.trim())
export const isStrayFolder = (name: string): boolean => STRAY.test(name.trim())
/** Next to a container of images. */
export const isMaskFolder = (name: string): boolean => MASKS.test(name.trim())
export const isContainer = (name: string): boolean => CONTAINER.test(name.trim())

/** `cats - Copy`, `cats (copy)`, `cats (1)`, `Copy of cats`: the name of what was copied, or null. */
export function copiedName(name: string): string | null {
  const trimmed = name.trim()
  const before = /^(?:copy of|kopie von|copie de|copia de|copia di) (.+)$/i.exec(trimmed)
  if (before) return before[1]!
  const after = COPY_AT_END.exec(trimmed)
  if (!after) return null
  // not as part of the expression: that takes a time which grows with the square of the length
  let end = after.index
  while (end > 0 && '-_ '.includes(trimmed[end - 1]!)) end--
  return end === 0 ? null : trimmed.slice(0, end)
}
const COPY_AT_END = /(?:\(?(?:copy|kopie|copie|copia)(?: ?\d+)?\)?|\(\d+\))$/i

/** `a_mask.png` or `a-seg.png`: the name of the image without its ending, of which it may be a mask; or null. */
export function maskedName(path: string): string | null {
  const found = /^(.+?)[-_ ](?:mask|seg|segmentation|gt|groundtruth)(?:[-_ ]?\d{1,3})?\.[a-z]{3,4}$/i.exec(
    path,
  )
  return found === null ? null : found[1]!
}

/** The same name in other spelling: case, width, accents written apart, spaces around. */
export const sameName = (a: string, b: string): boolean => sameNameKey(a) === sameNameKey(b)
/** Equal for names that are the same in other spelling. */
export const sameNameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

function oneOf(names: string): RegExp {
  return new RegExp(`^(?:${names})$`, 'i')
}
