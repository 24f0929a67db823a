/** Classes in the names of the files: `cat_001.jpg`, `dog.7.png`, `great_pyrenees (12).jpg`. Pure; whether they are
 *  used is decided in set-plan.ts. */
import { isContainer, isSession } from './folder-names.ts'
import { partOf } from './split-names.ts'
import { visible } from '../text/visible-text.ts'

/** Names that cameras, phones and programs give to any image. */
const ANY_IMAGE = new RegExp(
  '^(?:img|image|imagen|bild|foto|photo|pics?|dsc[fn]?|p|pxl|mvimg|cimg|sam|imgp|hpim|gopr|dji|wp|vid|video|' +
    'frames?|screenshots?|screen shot|bildschirmfoto|scans?|file|untitled|unnamed|download|capture|snapshot|snap|' +
    'clip|burst|page|sample|item|id|no|nr|number|whatsapp image|signal|rgb|depth|mask|tile|patch|crop)[-_ .]*$',
  'i',
)
/** Fewer images with one beginning prove nothing. */
const FEWEST_OF_EACH = 2
/** Of the images whose names are not just numbers; the others have no class. */
const NAMED_SHARE = 0.9
/** Of all images: the test set of such a set often has only numbers. */
const LEAST_NAMED = 0.5

/** Null: the names say no classes. */
export function classesInNames(paths: readonly string[]): ReadonlyMap<string, string> | null {
  const labels = new Map<string, string>()
  let worded = 0
  for (const path of paths) {
    const stem = stemOf(path)
    if (/\p{L}/u.test(stem)) worded += 1
    const label = labelIn(stem)
    if (label !== null) labels.set(path, label)
  }
  const counts = new Map<string, number>()
  for (const label of labels.values())
    counts.set(label.toLowerCase(), (counts.get(label.toLowerCase()) ?? 0) + 1)
  const areSeveral = counts.size > 1 && [...counts.values()].every((count) => count >= FEWEST_OF_EACH)
  const areMost = labels.size >= NAMED_SHARE * worded && labels.size >= LEAST_NAMED * paths.length
  return areSeveral && areMost ? labels : null
}

const stemOf = (path: string): string =>
  visible(path.slice(path.lastIndexOf('/') + 1))
    .normalize('NFC')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .trim()

/** The words before a number at the end, or after one at the beginning. */
function labelIn(stem: string): string | null {
  const end = /[-_. ]*\(?\d{1,12}\)?$/.exec(stem)
  const start = /^\d{1,12}[-_. ]+/.exec(stem)
  const label = end ? stem.slice(0, end.index) : start && stem.slice(start[0].length)
  if (label === null || !/^\p{L}[\p{L}\p{M}\p{N} _.'&+-]*$/u.test(label)) return null
  const isNothing =
    ANY_IMAGE.test(label) || isContainer(label) || isSession(label) || partOf(label)?.residue === ''
  return isNothing || /\d{3}/.test(label) ? null : label
}
