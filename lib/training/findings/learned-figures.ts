/** What the live version says about images it was not trained on: out-of-fold probabilities where it was evaluated by
 *  folds, else those of nearest neighbours among stored features; and how far each image is from its neighbours. It
 *  decodes nothing, runs no network and judges nothing. */
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { OUTLIER_NEIGHBOURS } from '#lib/domain/findings/outlier.ts'
import type { SetFigures } from '#lib/domain/findings/finding.ts'
import { groupNumbers } from '#lib/domain/grouping/groups.ts'
import {
  meanDistances,
  nearestNeighbours,
  neighbourShares,
  type Neighbours,
} from '#lib/ml/evaluate/neighbours.ts'
import { readOutOfFold } from '#lib/ml/formats/bundle.ts'
import { inTurns } from './in-turns.ts'
import { storedRows } from './stored-rows.ts'

export type CheckedImage = {
  readonly id: string
  readonly hash: string
  readonly label: string | null
  readonly groupId: string | null
}
export type LearnedFigures = Pick<SetFigures, 'probabilities' | 'distances'>
export type LearnedFiguresPorts = {
  readonly data: Pick<Data, 'live' | 'versions' | 'classifiers'>
  readonly dataDir: string
}

const UNKNOWN: LearnedFigures = { probabilities: null, distances: null }

/** @param images of the classifier; the figures are in the same order, by the classifier's classes */
export async function learnedFigures(
  classifierId: string,
  images: readonly CheckedImage[],
  { data, dataDir, signal }: LearnedFiguresPorts & { readonly signal: AbortSignal },
): Promise<LearnedFigures> {
  const live = await data.live.of(classifierId)
  if (!live?.version || images.length === 0) return UNKNOWN
  const { classes } = await data.classifiers.get(classifierId)
  const version = await data.versions.get(live.version.id)
  const outOfFold = await outOfFoldProbabilities(version, images, classes)
  const nearest = await neighboursOf(version, images, { dataDir, signal })
  return {
    distances: nearest && distancesOf(nearest, images.length),
    probabilities: outOfFold ?? (nearest && sharesOf(nearest, images, classes)),
  }
}

/** Of a version that was evaluated by folds. Images that arrived since have none. */
async function outOfFoldProbabilities(
  { folder, classes: versionClasses }: Pick<VersionWithCard, 'folder' | 'classes'>,
  images: readonly CheckedImage[],
  classes: readonly string[],
): Promise<SetFigures['probabilities']> {
  const file = await readOutOfFold(folder)
  if (!file) return null
  const rows = new Map(file.rows.map(({ hash, logits }) => [hash, logits]))
  const places = classes.map((name) => versionClasses.indexOf(name))
  return images.map(({ hash, label }) => {
    const logits = rows.get(hash)
    // a class that the version does not know has no probability
    if (!logits || label === null || !versionClasses.includes(label)) return null
    const probabilities = softmax(logits)
    return places.map((place) => probabilities[place] ?? 0)
  })
}

type KnownNeighbours = {
  readonly neighbours: Neighbours
  /** Of the images. */ readonly places: readonly number[]
}

async function neighboursOf(
  version: Pick<VersionWithCard, 'folder' | 'card'>,
  images: readonly CheckedImage[],
  { dataDir, signal }: { readonly dataDir: string; readonly signal: AbortSignal },
): Promise<KnownNeighbours | null> {
  const stored = await storedRows(version, images, dataDir)
  if (stored === null) return null
  const { places, rows, length } = stored
  const search = nearestNeighbours(
    {
      length,
      rows,
      groups: groupNumbers(places.map((place) => images[place]!.groupId ?? images[place]!.id)),
    },
    OUTLIER_NEIGHBOURS,
  )
  return { neighbours: await inTurns(search, signal), places }
}

function distancesOf({ neighbours, places }: KnownNeighbours, images: number): Float64Array {
  const all = new Float64Array(images).fill(Number.NaN)
  meanDistances(neighbours).forEach((distance, i) => (all[places[i]!] = distance))
  return all
}

function sharesOf(
  { neighbours, places }: KnownNeighbours,
  images: readonly CheckedImage[],
  classes: readonly string[],
): SetFigures['probabilities'] {
  const index = new Map(classes.map((name, i) => [name, i]))
  const labels = places.map((place) => {
    const { label } = images[place]!
    return label === null ? -1 : (index.get(label) ?? -1)
  })
  const shares = neighbourShares(neighbours, labels, classes.length)
  const all: (Float64Array | null)[] = images.map(() => null)
  places.forEach((place, i) => (all[place] = shares[i]!))
  return all
}
