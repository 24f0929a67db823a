/** Where each image is on a map that shows similar images near each other, from the features that the live version has
 *  stored: two principal components at once, then UMAP (McInnes, Healy and Melville 2018, arXiv:1802.03426). It stores
 *  nothing. */
import { createHash } from 'node:crypto'
import type { ImageMap, MapPoint } from '#lib/data/samples/image-maps.ts'
import { principalComponents, type Projection } from '#lib/ml/evaluate/principal-components.ts'
import { FEWEST_FOR_UMAP, umap } from '#lib/ml/evaluate/umap.ts'
import { drawnPlaces } from './drawn-places.ts'
import { inTurns } from './in-turns.ts'
import type { CheckedImage, LearnedFiguresPorts } from './learned-figures.ts'
import { storedRows } from './stored-rows.ts'

/** Of more, so many are drawn. */
const MOST_IMAGES = 10_000
/** Of the features, for neighbours: more change hardly any. */
const COMPONENTS = 30
/** Part of the basis: another number where the method changes. */
const METHOD = 1

/** @param known what is stored; nothing is yielded where nothing has changed since. Yields a first map where there is
 *  no better one of other images yet, and then the better one. */
export async function* imageMapOf(
  classifierId: string,
  {
    images,
    known,
  }: { readonly images: readonly CheckedImage[]; readonly known: Pick<ImageMap, 'basis' | 'method'> | null },
  { data, dataDir, signal }: LearnedFiguresPorts & { readonly signal: AbortSignal },
): AsyncGenerator<ImageMap> {
  const live = await data.live.of(classifierId)
  if (!live?.version || images.length === 0) return
  const stored = await storedRows(await data.versions.get(live.version.id), images, dataDir)
  if (stored === null || stored.rows.length < 2) return
  const basis = basisOf(stored.name, images)
  const isLarge = stored.rows.length >= FEWEST_FOR_UMAP
  if (known?.basis === basis && known.method === (isLarge ? 'umap' : 'pca')) return
  const drawn = drawnPlaces(stored.places.length, MOST_IMAGES)
  const ids = drawn.map((place) => images[stored.places[place]!]!.id)
  const rows = drawn.map((place) => unit(stored.rows[place]!))
  const projected = await inTurns(principalComponents(rows, Math.min(COMPONENTS, stored.length)), signal)
  if (!isLarge || known?.method !== 'umap')
    yield { basis, method: 'pca', points: pointsOf(ids, (i) => coordinates(projected, i)) }
  if (!isLarge) return
  const places = await inTurns(umap(projected), signal)
  yield { basis, method: 'umap', points: pointsOf(ids, (i) => [places[2 * i]!, places[2 * i + 1]!]) }
}

function basisOf(name: string, images: readonly CheckedImage[]): string {
  const hash = createHash('sha256').update(JSON.stringify([METHOD, name]))
  for (const { id, hash: image } of images) hash.update(JSON.stringify([id, image]))
  return hash.digest('hex')
}

/** The direction of features says what an image shows; their length, how much of it. */
function unit(row: Float32Array): Float32Array {
  const norm = Math.hypot(...row) || 1
  return row.map((value) => value / norm)
}

const coordinates = ({ values, components }: Projection, i: number): readonly [number, number] => [
  values[i * components]!,
  components > 1 ? values[i * components + 1]! : 0,
]

/** Between 0 and 1, the longer side of the map from end to end. */
function pointsOf(ids: readonly string[], of: (i: number) => readonly [number, number]): readonly MapPoint[] {
  const all = ids.map((_, i) => of(i))
  const [left, top] = [Math.min(...all.map(([x]) => x)), Math.min(...all.map(([, y]) => y))]
  const [width, height] = [Math.max(...all.map(([x]) => x)) - left, Math.max(...all.map(([, y]) => y)) - top]
  const side = Math.max(width, height) || 1
  return ids.map((sampleId, i) => ({
    sampleId,
    x: rounded((all[i]![0] - left + (side - width) / 2) / side),
    y: rounded((all[i]![1] - top + (side - height) / 2) / side),
  }))
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4
