/** The stored images on which two versions can be compared: those of which each has an answer that it was not trained
 *  for, out of fold where it was trained on all images. */
import type { Data } from '#lib/data/data.ts'
import type { OutOfFold } from '#lib/contracts/model-files.ts'
import type { Sample, SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { ReusedImages } from '#lib/domain/evaluation/gate.ts'
import { readOutOfFold } from '#lib/ml/formats/bundle.ts'
import type { StoredAnswers } from './stored-answers.ts'
import { testEntries, trainingEntriesOf } from './test-images.ts'

export type FoldComparison = {
  readonly folds: number
  readonly reused: ReusedImages
  /** What the challenger was trained on in addition are near-copies of images of the champion, with the same labels. */
  readonly addsOnlyCopies: boolean
  /** Logits of images by hash: out of fold, or by features that are stored. */
  readonly champion: ReadonlyMap<string, Float32Array>
  readonly challenger: ReadonlyMap<string, Float32Array>
}

/** Answers of a version by folds, which it was not evaluated by; null where they cannot be had. */
export type RefitVersion = (version: VersionWithCard) => Promise<OutOfFold | null>

export type ComparableImages = {
  readonly entries: readonly SnapshotEntry[]
  /** Null where both were evaluated by their splits. */
  readonly folds: FoldComparison | null
}

type Sources = Pick<Data, 'samples' | 'runs' | 'snapshots'>

const SIDES = ['champion', 'challenger'] as const

export async function comparableImages(
  data: Sources,
  { champion, challenger }: { readonly champion: VersionWithCard; readonly challenger: VersionWithCard },
  { stored, refit }: { readonly stored: StoredAnswers; readonly refit: RefitVersion },
): Promise<ComparableImages> {
  const files = {
    champion: await readOutOfFold(champion.folder),
    challenger: await readOutOfFold(challenger.folder),
  }
  if (!files.champion && !files.challenger)
    return { entries: await testEntries(data, [champion, challenger]), folds: null }
  if (files.challenger && !files.champion) files.champion = await refit(champion)
  const answers = { champion: answersOf(files.champion), challenger: answersOf(files.challenger) }
  const samples = await data.samples.all(champion.classifierId)
  const trained = {
    champion: await trainedOn(data, champion, samples),
    challenger: await trainedOn(data, challenger, samples),
  }
  const isKnown = (hash: string): boolean =>
    SIDES.every((side) => answers[side].has(hash) || !trained[side].has(hash))
  const repeated = repeatedImages(files.challenger ?? files.champion, { trained, isKnown })
  const entries = samples.flatMap(({ hash, label, split }) =>
    isKnown(hash) && !repeated.has(hash) ? [{ hash, label, split }] : [],
  )
  const { engine } = challenger.card
  const withStored = async (side: 'champion' | 'challenger', version: VersionWithCard) => {
    const others = entries.flatMap(({ hash }) => (answers[side].has(hash) ? [] : [hash]))
    return new Map([...answers[side], ...(await stored(version, others, engine))])
  }
  return {
    entries,
    folds: {
      folds: Math.max(files.champion?.folds ?? 0, files.challenger?.folds ?? 0),
      reused: {
        images: [...trained.champion.keys()].filter((hash) => trained.challenger.has(hash)).length,
        of: trained.champion.size,
      },
      addsOnlyCopies: addsOnlyCopies(files.challenger, trained),
      champion: await withStored('champion', champion),
      challenger: await withStored('challenger', challenger),
    },
  }
}

/** A shipped version was trained on its data set, whose images may be on this machine. */
async function trainedOn(
  data: Sources,
  version: VersionWithCard,
  samples: readonly Sample[],
): Promise<TrainingLabels> {
  const entries = version.runId
    ? await trainingEntriesOf(data, version)
    : samples.filter(({ source, split }) => source === 'dataset' && split !== 'test')
  return new Map(entries.map(({ hash, label }) => [hash, label]))
}

/** Of each image that a version was trained on. */
type TrainingLabels = ReadonlyMap<string, string>
type ComparedTraining = { readonly champion: TrainingLabels; readonly challenger: TrainingLabels }

function addsOnlyCopies(challenger: FoldsFile, trained: ComparedTraining): boolean {
  const groups = new Map(challenger?.rows.map(({ hash, group }) => [hash, group]))
  const old = new Set([...trained.champion.keys()].map((hash) => groups.get(hash)))
  const added = [...trained.challenger.keys()].filter((hash) => !trained.champion.has(hash))
  const isRelabelled = [...trained.champion].some(
    ([hash, label]) => (trained.challenger.get(hash) ?? label) !== label,
  )
  return (
    added.length > 0 && !isRelabelled && added.every((hash) => groups.has(hash) && old.has(groups.get(hash)))
  )
}

type FoldsFile = Awaited<ReturnType<typeof readOutOfFold>>

const answersOf = (file: FoldsFile): ReadonlyMap<string, Float32Array> =>
  new Map(file?.rows.map(({ hash, logits }) => [hash, Float32Array.from(logits)]))

/** Of near-copies, one is compared: an image that each version was trained on, or of whose group it knows none; the one
 *  that counts in the figures of the file, if it is such an image. All others of the group are repeated. */
function repeatedImages(
  file: FoldsFile,
  { trained, isKnown }: { readonly trained: ComparedTraining; readonly isKnown: (hash: string) => boolean },
): ReadonlySet<string> {
  const repeated = new Set<string>()
  for (const group of Map.groupBy(file?.rows ?? [], (row) => row.group).values()) {
    const knows = SIDES.filter((side) => group.some(({ hash }) => trained[side].has(hash)))
    const comparable = group.filter(
      ({ hash }) => isKnown(hash) && knows.every((side) => trained[side].has(hash)),
    )
    const compared = comparable.find(({ counts }) => counts) ?? comparable[0]
    for (const { hash } of group) if (hash !== compared?.hash) repeated.add(hash)
  }
  return repeated
}
