/** The figures of a plan: images per class and split, what is skipped by reason, and the sentence that says it.
 *  Pure. */
import type { FilePlacement } from './file-placement.ts'

export type PlannedClass = {
  readonly name: string
  readonly train: number
  readonly test: number
  readonly count: number
}
export type SplitCounts = {
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Not stated: chosen by content. */
  readonly unstated: number
}
export type SkippedGroup = {
  readonly reason: string
  readonly count: number
  readonly examples: readonly string[]
}
export type PlanCounts = {
  readonly images: number
  readonly classes: readonly PlannedClass[]
  readonly splits: SplitCounts
  readonly skipped: readonly SkippedGroup[]
  readonly sentence: string
}

const MOST_EXAMPLES = 3
const CLASSES_NAMED = 8

/** A file of a plan, and whether its name is that of an image. */
export type PlacedFile = {
  readonly path: string
  readonly place: FilePlacement
  readonly isImage: boolean
}

export function countPlan(files: readonly PlacedFile[]): PlanCounts {
  const classes = new Map<string, { train: number; test: number; count: number }>()
  const splits = { train: 0, validation: 0, test: 0, unstated: 0 }
  const skipped = new Map<string, { count: number; examples: string[] }>()
  let images = 0
  const skip = (reason: string, path: string): void => {
    const group = skipped.get(reason) ?? { count: 0, examples: [] }
    group.count += 1
    if (group.examples.length < MOST_EXAMPLES) group.examples.push(path)
    skipped.set(reason, group)
  }
  for (const { path, place, isImage } of files) {
    if (place.kind === 'skipped') skip(place.reason, path)
    else if (place.kind === 'conflict') skip(`it has two labels: ${place.labels.join(' and ')}`, path)
    else if (place.kind === 'image' && isImage) {
      images += 1
      splits[place.split ?? 'unstated'] += 1
      const own = classes.get(place.label) ?? { train: 0, test: 0, count: 0 }
      own.count += 1
      if (place.split === 'test') own.test += 1
      else own.train += 1
      classes.set(place.label, own)
    }
  }
  const list = [...classes]
    .map(([name, counts]) => ({ name, ...counts }))
    .toSorted((a, b) => byNumberThenName(a.name, b.name))
  return {
    images,
    classes: list,
    splits,
    skipped: [...skipped].map(([reason, group]) => ({ reason, ...group })),
    sentence: countsSentence(list, splits),
  }
}

/** "2 classes: cats (9) and dogs (9), with a test set of 4." */
function countsSentence(classes: readonly PlannedClass[], { test, validation }: SplitCounts): string {
  if (classes.length === 0) return 'No classes.'
  const named = classes
    .slice(0, CLASSES_NAMED)
    .map(({ name, train }) => `${name} (${train.toLocaleString('en')})`)
  const more = classes.length - named.length
  if (more > 0) named.push(`${more} more`)
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0]!
  const inside = validation > 0 ? `, ${validation.toLocaleString('en')} of these from its validation set` : ''
  const ending = `${inside}${test > 0 ? `, with a test set of ${test.toLocaleString('en')}` : ''}`
  return `${classes.length === 1 ? '1 class' : `${classes.length} classes`}: ${list}${ending}.`
}

/** 2 before 10, the rest by code units: the same order on every machine. */
export function byNumberThenName(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) !== Number(b)) return Number(a) - Number(b)
  if (a === b) return 0
  return a < b ? -1 : 1
}
