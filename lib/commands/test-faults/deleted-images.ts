/**
 * Images deleted permanently: afterwards nothing of their files, thumbnails and decoded pixels is left in the data
 * folder. That all of them were found before shows that the search finds them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { within, type Context, type CheckResult } from './fault-scenario.ts'
import { runOf, upload } from './full-disk.ts'
import { startProduct, type Product } from './product.ts'
import { noisyImage } from './traffic.ts'

/** The input of the classifier shapes: an image of this size is stored decoded as it is. */
const INPUT_SIDE = 32
/** Its PNG is larger than a database row may be: it becomes a file. */
const FILE_SIDE = 160
const THUMBNAIL_SIDE = 64
const IMAGES_OF_A_CLASS = 12
/** The database and caches split what they store; so many bytes in a row occur nowhere by chance. */
const PIECE_BYTES = 48
const PIECE_EVERY_BYTES = 400
const LONGEST_RUN_MS = 300_000
const LONGEST_DELETION_MS = 60_000

type Trace = { readonly name: string; readonly pieces: readonly Buffer[] }

export async function deletedImages({ say }: Context): Promise<readonly CheckResult[]> {
  await using product = await startProduct()
  const [small, large] = [noisyImage(INPUT_SIDE, 1), noisyImage(FILE_SIDE, 2)]
  await upload(product, IMAGES_OF_A_CLASS)
  const uploadId = await uploaded(product, [small.png, large.png])
  say('training, so that decoded pixels are cached')
  await trained(product)
  const thumbnails = await thumbnailsOf(product, uploadId)
  const traces: readonly Trace[] = [
    traceOf('a file', large.png),
    traceOf('a small file in the database', small.png),
    ...thumbnails.map((bytes, index) => traceOf(`thumbnail ${index + 1}`, bytes)),
    traceOf('decoded pixels', small.pixels),
  ]
  const before = tracesIn(product, traces)

  await product.request(`/api/uploads/${uploadId}`, { method: 'DELETE' })
  const { body: trash } = await product.request('/api/trash?classifier=shapes')
  for (const { id } of trash['entries'] as readonly { readonly id: string }[])
    await product.request(`/api/trash/${id}`, { method: 'DELETE' })
  const gone = await within(LONGEST_DELETION_MS, () => tracesIn(product, traces).length === 0)

  const after = tracesIn(product, traces)
  const all = traces.map(({ name }) => name).join(', ')
  return [
    {
      what: 'a search for stored images in the data folder',
      expected: `finds ${all}`,
      measured: `finds ${before.join(', ') || 'none'}`,
      holds: before.length === traces.length && thumbnails.length === 2,
    },
    {
      what: 'the same search after they were deleted permanently',
      expected: `finds none within ${LONGEST_DELETION_MS / 1_000} s`,
      measured: after.length === 0 ? `none after ${Math.round(gone.ms)} ms` : `finds ${after.join(', ')}`,
      holds: after.length === 0,
    },
  ]
}

async function uploaded(product: Product, images: readonly Uint8Array[]): Promise<string> {
  const form = new FormData()
  form.append('label', 'star')
  for (const [index, image] of images.entries())
    form.append('files', new Blob([new Uint8Array(image)]), `noise-${index}.png`)
  const { status, body } = await product.request('/api/upload?classifier=shapes', {
    method: 'POST',
    body: form,
  })
  if (status >= 300 || body['count'] !== images.length)
    throw new Error(`The images were not accepted: ${status} ${JSON.stringify(body)}`)
  return String(body['id'])
}

async function trained(product: Product): Promise<void> {
  const { status, body } = await product.request('/api/retrain', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: 'shapes', recipe: 'finetune', epochs: 1, force: true }),
  })
  if (status >= 300) throw new Error(`A run could not be started: ${status} ${String(body['detail'])}`)
  const { id } = body['run'] as { readonly id: string } // the response to a retrain
  await within(LONGEST_RUN_MS, async () =>
    ['done', 'failed', 'cancelled'].includes(String((await runOf(product, id))['state'])),
  )
}

async function thumbnailsOf(product: Product, uploadId: string): Promise<readonly Uint8Array[]> {
  const { body } = await product.request(`/api/samples?classifier=shapes&upload=${uploadId}`)
  const samples = body['samples'] as readonly { readonly id: string }[]
  return Promise.all(
    samples.map(async ({ id }) => {
      const url = `${product.url}/api/samples/${id}/image?size=${THUMBNAIL_SIDE}`
      const response = await fetch(url, { headers: { authorization: product.bearer } })
      return new Uint8Array(await response.arrayBuffer())
    }),
  )
}

/** Pieces at equal distances, without the header, which other images share. */
function traceOf(name: string, bytes: Uint8Array): Trace {
  const pieces: Buffer[] = []
  for (let at = 200; at + PIECE_BYTES <= bytes.length; at += PIECE_EVERY_BYTES)
    pieces.push(Buffer.from(bytes.subarray(at, at + PIECE_BYTES)))
  if (pieces.length === 0) throw new Error(`${name} has only ${bytes.length} bytes`)
  return { name, pieces }
}

/** The names of those of which a piece is in a file of the data folder. */
function tracesIn({ dataDir }: Product, traces: readonly Trace[]): readonly string[] {
  const found = new Set<string>()
  for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = contentOf(path.join(entry.parentPath, entry.name))
    for (const { name, pieces } of traces)
      if (!found.has(name) && pieces.some((piece) => content.includes(piece))) found.add(name)
  }
  return traces.map(({ name }) => name).filter((name) => found.has(name))
}

/** Files come and go while the product runs. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}
