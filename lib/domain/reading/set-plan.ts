/** What a set of files is read as: the class and split of each file, what is skipped and why, and the other readings
 *  that are possible. The same for a ZIP, a folder on this disk, files dropped on a page, and the API. Pure: it sees
 *  paths, sizes and the text of tables; whether a file is an image is checked later, by its bytes. */
import { READINGS, choicesText, type Choice, type Doubt } from './choices.ts'
import { METADATA_FILE, README_FILE } from '../exported-set.ts'
import { EXPORT_NOTE, exportedSetIn, type ExportedSet } from './darkroom-set.ts'
import { classCodes } from './class-codes.ts'
import { spellingOf, type NameUse, type ClassSpellings } from './class-spelling.ts'
import { readFolders } from './folder-reading.ts'
import { maskedName } from './folder-names.ts'
import { folderOf, folderTree, type ListedFile } from './folder-tree.ts'
import { countPlan, type PlacedFile, type PlanCounts } from './plan-counts.ts'
import type { FilePlacement, SkipCause } from './file-placement.ts'
import { labelOf, labelSource, type FoundLabel } from './label-source.ts'
import { hiddenFolderOf, systemReason } from './system-files.ts'
import { unreadReason } from './unread-files.ts'
import { isTableName } from './table-files.ts'
import { candidatesOf, readTables, type FileLabel, type TableText } from './table-labels.ts'

export type SetListing = { readonly files: readonly ListedFile[]; readonly tables: readonly TableText[] }

export type OtherReading = PlanCounts & {
  /** To choose it: the value of `reading`. */
  readonly reading: string
  readonly why: string
  readonly description: string
}
/** Of one set or of several: without its files. */
export type PlanSummary = PlanCounts & {
  /** What was guessed or decided, in sentences. */
  readonly notes: readonly string[]
  readonly uncertain: readonly OtherReading[]
  /** Names in label tables that no file has. */
  readonly missing: readonly string[]
}
export type SetPlan = PlanSummary & {
  /** Every file. */
  readonly placed: readonly PlacedFile[]
  readonly placeOf: (path: string) => FilePlacement
}

/** Only for recognising the structure: the type of a file depends on its bytes. */
const IMAGE_NAME =
  /\.(?:png|apng|jpe?g|jpe|jfif|gif|bmp|dib|webp|tiff?|dng|avif|hei[cf]|jp2|j2k|jxl|p[bgpn]m|tga|dcm|npy)$/i
const LONGEST_CLASS = 200
/** Each reads the whole set again. A table may have hundreds of columns that may be the class. */
const MOST_READINGS = 8

export function planSet(listing: SetListing, choices: readonly Choice[] = []): SetPlan {
  const exported =
    choices.length === 0
      ? exportedSetIn(listing.files, listing.tables, (path) => IMAGE_NAME.test(path))
      : null
  if (exported !== null) return exportedPlan(listing, exported)
  const best = readOnce(listing, choices)
  const uncertain: OtherReading[] = []
  for (const { choice, why } of best.doubts.slice(0, MOST_READINGS)) {
    if (choices.includes(choice) || uncertain.some(({ reading }) => reading.split(',').at(-1) === choice))
      continue
    const all = [...choices, choice]
    const other = readOnce(listing, all)
    if (isSame(best.plan, other.plan)) continue
    const { classes, splits, images, skipped, sentence } = other.plan
    uncertain.push({
      reading: choicesText(all),
      why: `${why[0]!.toUpperCase()}${why.slice(1)}.`,
      description: descriptionOf(choice),
      classes,
      splits,
      images,
      skipped,
      sentence,
    })
  }
  return { ...best.plan, uncertain }
}

function exportedPlan({ files }: SetListing, { table, images, missing }: ExportedSet): SetPlan {
  const placeOf = (path: string): FilePlacement => {
    const exported = images.get(path)
    if (exported) return { kind: 'image', label: exported.label, split: exported.split, exported }
    const system = systemReason(path)
    if (system !== null) return skipped(system, 'system')
    const isOwn = path === table || path === `${table.slice(0, -METADATA_FILE.length)}${README_FILE}`
    return isOwn ? { kind: 'table' } : skipped('it is no image of the set', 'outside')
  }
  const placed = files.map(({ path }) => ({ path, place: placeOf(path), isImage: images.has(path) }))
  return { ...countPlan(placed), placed, placeOf, notes: [EXPORT_NOTE], missing, uncertain: [] }
}

const descriptionOf = (choice: Choice): string =>
  choice in READINGS
    ? READINGS[choice as keyof typeof READINGS]
    : `The column "${choice.slice('column:'.length)}" names the classes.`

const isSame = (a: PlanCounts, b: PlanCounts): boolean =>
  JSON.stringify([a.classes, a.splits]) === JSON.stringify([b.classes, b.splits])

type Once = { readonly plan: Omit<SetPlan, 'uncertain'>; readonly doubts: readonly Doubt[] }

function readOnce({ files, tables }: SetListing, choices: readonly Choice[]): Once {
  const tablePaths = new Set(tables.map(({ path }) => path))
  const isHiddenRead =
    choices.includes('hidden-folders') ||
    files.every(
      ({ path }) => !IMAGE_NAME.test(path) || systemReason(path) !== null || hiddenFolderOf(path) !== null,
    )
  const skipReason = (path: string): string | null => {
    const hidden = isHiddenRead ? null : hiddenFolderOf(path)
    return systemReason(path) ?? (hidden === null ? null : `"${hidden}" is hidden`)
  }
  const stems = new Set(files.map(({ path }) => path.replace(/\.[^./]*$/, '')))
  const isMask = (path: string): boolean => {
    const masked = maskedName(path)
    return masked !== null && stems.has(masked)
  }
  const live = files.filter(({ path }) => !tablePaths.has(path) && skipReason(path) === null && !isMask(path))
  const byName = live.filter(({ path }) => IMAGE_NAME.test(path))
  const images = byName.length > 0 ? byName : live
  const folders = readFolders(folderTree(images), choices)
  const inTables = readTables(
    tables,
    images.map(({ path }) => path),
    choices,
  )
  const source = labelSource({ images, folders, inTables, tables, choices })
  const writtenLabelsOf = (path: string): FoundLabel => labelOf(path, { folders, inTables, source })
  const codes = classCodes(
    [...new Set(namesIn(images, writtenLabelsOf).map(({ name }) => name))],
    tables
      .filter(({ path }) => inTables.unused.has(path))
      .map((table) => ({ path: table.path, text: table.text, rows: candidatesOf(table) ?? [] })),
    choices,
  )
  const labelsOf = (path: string): FoundLabel => renamed(writtenLabelsOf(path), codes.nameOf)
  const spelling = spellingOf(namesIn(images, labelsOf), choices)

  const places = new Map<string, FilePlacement>()
  const placeOf = (path: string): FilePlacement => {
    const known = places.get(path)
    if (known !== undefined) return known
    const place = decide(path)
    places.set(path, place)
    return place
  }
  const decide = (path: string): FilePlacement => {
    if (tablePaths.has(path)) {
      const unused = inTables.unused.get(path)
      return inTables.used.has(path) || path === codes.path
        ? { kind: 'table' }
        : skipped(unused ?? 'it is not a label table', 'outside')
    }
    const system = skipReason(path)
    if (system !== null) return skipped(system, 'system')
    const unread =
      unreadReason(path) ??
      (isTableName(path) ? TOO_MANY : null) ??
      (isMask(path) ? 'it is a mask of the image next to it' : null)
    if (unread !== null) return skipped(unread, 'outside')
    const found = labelsOf(path)
    const areNamed = inTables.used.size > 0 || source.kind === 'names'
    const isUnlabelled = areNamed && !found.isLeftOut && IMAGE_NAME.test(path)
    return placementOf(found, spelling, isUnlabelled ? 'no-label' : 'outside')
  }
  const placed: readonly PlacedFile[] = files.map(({ path }) => ({
    path,
    place: placeOf(path),
    isImage: byName.length === 0 || IMAGE_NAME.test(path),
  }))
  return {
    plan: {
      ...countPlan(placed),
      placed,
      placeOf,
      notes: [...inTables.notes, ...source.notes, ...codes.notes, ...spelling.notes],
      missing: inTables.missing,
    },
    doubts: [
      ...source.doubts,
      ...(source.hasFolderClasses ? folders.doubts : []),
      ...inTables.doubts,
      ...codes.doubts,
      ...spelling.doubts,
      ...(isHiddenRead ? [] : hiddenDoubts(files)),
    ],
  }
}

/** A text or table that table-files.ts left out. */
const TOO_MANY = 'it is not read as a label table: it is about one image, too large, or one of too many'

function renamed(found: FoundLabel, nameOf: (label: string) => string): FoundLabel {
  if (found.kind === 'label') return { ...found, label: nameOf(found.label) }
  return found.kind === 'none' ? found : { ...found, labels: found.labels.map(nameOf) }
}

/** A folder with images is hidden by its name. */
function hiddenDoubts(files: readonly ListedFile[]): readonly Doubt[] {
  for (const { path } of files) {
    const hidden = hiddenFolderOf(path)
    if (hidden !== null && systemReason(path) === null && IMAGE_NAME.test(path) && path.includes('/'))
      return [{ choice: 'hidden-folders', why: `"${hidden}" is hidden by its name` }]
  }
  return []
}

const skipped = (reason: string, cause: SkipCause): FilePlacement => ({ kind: 'skipped', reason, cause })

function placementOf(
  found: FileLabel & { reason: string },
  spelling: ClassSpellings,
  cause: SkipCause,
): FilePlacement {
  switch (found.kind) {
    case 'none':
      return skipped(found.reason, cause)
    case 'several':
      return skipped(
        `the label table gives it ${found.labels.length} classes: ${found.labels.join(', ')}`,
        'no-label',
      )
    case 'conflict': {
      const labels = [...new Set(found.labels.map(spelling.nameOf))]
      return labels.length > 1
        ? { kind: 'conflict', labels, split: found.split }
        : { kind: 'image', label: labels[0]!, split: found.split }
    }
    case 'label': {
      const label = spelling.nameOf(found.label)
      if (label === '') return skipped('its class name is empty', 'no-label')
      if (label.length > LONGEST_CLASS)
        return skipped(
          `its class name has ${label.length} characters, and the limit is ${LONGEST_CLASS}`,
          'no-label',
        )
      return { kind: 'image', label, split: found.split }
    }
  }
}

function namesIn(images: readonly ListedFile[], labelsOf: (path: string) => FileLabel): readonly NameUse[] {
  const uses = new Map<string, NameUse & { images: number }>()
  for (const { path } of images) {
    const place = folderOf(folderOf(path))
    for (const name of labelsIn(labelsOf(path))) {
      const key = `${place}\n${name}`
      const known = uses.get(key)
      if (known) known.images += 1
      else uses.set(key, { name, place, images: 1 })
    }
  }
  return [...uses.values()]
}

function labelsIn(found: FileLabel): readonly string[] {
  if (found.kind === 'label') return [found.label]
  return found.kind === 'conflict' ? found.labels : []
}
