/**
 * Images that are small to store and large to decode, in the history and among the images of a classifier: then every
 * page that shows them is opened at the same time, all their thumbnails and originals are requested, findings are
 * computed, and archives are exported, while others request small predictions.
 */
import { BOMB_SIDE, BOMBS, type BombName } from './bombs.ts'
import type { CheckResult, Context } from './fault-scenario.ts'
import { limitOf, underFire } from './image-bombs.ts'
import type { Product, ProductAnswer } from './product.ts'

const SHORT_KINDS: readonly BombName[] = ['webp', 'jpeg']
/** Other sides than those of `bombs`: a different side gives different bytes. */
const SIDE = BOMB_SIDE - 300
/** Of thumbnails, as the pages request them; null: the original, or a preview where browsers cannot show it. */
const SIZES = { short: [64, null], long: [64, 320, 1024, null] } as const
const PAGES = ['history', 'images', 'images/insights', 'traffic', 'train', 'versions']

export async function storedBombs({ form, product: shared, say }: Context): Promise<readonly CheckResult[]> {
  const product = await shared()
  const limit = await limitOf(product)
  const kinds = form === 'long' ? (Object.keys(BOMBS) as BombName[]) : SHORT_KINDS
  say(`storing images of ${kinds.length} formats`)
  const stored = await storedIn(product, kinds)
  const snapshot = await product.request('/api/snapshots', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: 'shapes' }),
  })
  say('opening all pages and archives')
  const judged = await underFire(product, limit, {
    what:
      `pages, images and archives with ${stored.predictions.length + stored.samples.length} stored images of ` +
      '45 megapixels',
    fire: () => openAll(product, { ...stored, sizes: SIZES[form] }, String(snapshot.body['id'])),
  })
  const isStored = stored.predictions.length > 0 && stored.samples.length > 0 && snapshot.status === 201
  return isStored
    ? [judged]
    : [{ ...judged, measured: `${judged.measured}; the images were not stored`, holds: false }]
}

type StoredBombs = { readonly predictions: readonly string[]; readonly samples: readonly string[] }

async function storedIn(product: Product, kinds: readonly BombName[]): Promise<StoredBombs> {
  const predictions: string[] = []
  const form = new FormData()
  form.append('label', 'circle')
  for (const kind of kinds) {
    const { make, mediaType } = BOMBS[kind]
    const { body } = await product.predict(make(SIDE), { type: mediaType })
    if (typeof body['id'] === 'string') predictions.push(body['id'])
    form.append('files', new Blob([new Uint8Array(make(SIDE - 50))]), kind)
  }
  await product.request('/api/upload?classifier=shapes', { method: 'POST', body: form })
  const { body } = await product.request(`/api/samples?classifier=shapes&limit=${kinds.length}`)
  return { predictions, samples: (body['samples'] as readonly { readonly id: string }[]).map(({ id }) => id) }
}

function openAll(
  product: Product,
  { predictions, samples, sizes }: StoredBombs & { readonly sizes: readonly (number | null)[] },
  snapshot: string,
): Promise<readonly ProductAnswer[]> {
  const images = [
    ...predictions.map((id) => `/api/predictions/${id}/image`),
    ...samples.map((id) => `/api/samples/${id}/image`),
  ]
  const findings = product.request('/api/findings', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: 'shapes' }),
  })
  const reads = [
    ...PAGES.map((page) => `/classifiers/shapes/${page}`),
    ...predictions.map((id) => `/classifiers/shapes/predict?result=${id}`),
    ...images.flatMap((image) => sizes.map((size) => (size === null ? image : `${image}?size=${size}`))),
    '/api/classifiers/shapes/export',
    `/api/snapshots/${snapshot}/export`,
    '/api/predictions/export?classifier=shapes&format=csv',
    '/api/data/features?classifier=shapes',
  ]
  return Promise.all([findings, ...reads.map((path) => product.request(path))])
}
