/** Near-copies of images for a benchmark, as phones and people make them: cut a little, lighter or darker. And whether
 *  a product has found them. */
import type { RgbImage } from '#lib/domain/image.ts'
import { decode } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { createRandom } from '#lib/ml/random.ts'
import { answer } from './requests.ts'

/** Of each side. */
const MOST_CUT = 0.04
/** Up and down. */
const MOST_BRIGHTNESS = 0.07
const SAMPLES_AT_ONCE = 500
const MAX_PIXELS = 1e8

type BenchmarkFile = { readonly label: string; readonly bytes: Uint8Array; readonly name: string }

/** Each image, and `copies` copies of it; the names say which belong together. */
export async function withCopies(
  images: readonly { readonly label: string; readonly bytes: Uint8Array }[],
  { copies, seed }: { readonly copies: number; readonly seed: number },
): Promise<readonly BenchmarkFile[]> {
  const random = createRandom(seed)
  const files: BenchmarkFile[] = []
  for (const [i, { label, bytes }] of images.entries()) {
    files.push({ label, bytes, name: `${i}~0` })
    if (copies === 0) continue
    const original = await decode(bytes, { maxPixels: MAX_PIXELS })
    for (let k = 1; k <= copies; k++)
      files.push({ label, bytes: encodePng(changedCopy(original, random)), name: `${i}~${k}` })
  }
  return files
}

/** One near-copy. */
export function changedCopy({ width, height, data }: RgbImage, random: () => number): RgbImage {
  const cut = (side: number): number => Math.floor(random() * MOST_CUT * side)
  const [left, right, top, bottom] = [cut(width), cut(width), cut(height), cut(height)]
  const factor = 1 - MOST_BRIGHTNESS + 2 * MOST_BRIGHTNESS * random()
  const size = { width: width - left - right, height: height - top - bottom }
  const out = new Uint8Array(size.width * size.height * 3)
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width * 3; x++)
      out[y * size.width * 3 + x] = Math.min(
        255,
        Math.round(data[((y + top) * width + left) * 3 + x]! * factor),
      )
  return { ...size, data: out }
}

export type FoundCopies = {
  readonly planted: number
  /** Of these, in the group of their original. */
  readonly found: number
  readonly originals: number
  /** Of these, in a group with another original. */
  readonly merged: number
}

/** By the groups that the samples of a classifier have. */
export async function foundCopies(url: string, classifier: string): Promise<FoundCopies> {
  const groups = new Map<string, string>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const place = `/api/samples?classifier=${classifier}&limit=${SAMPLES_AT_ONCE}${cursor && `&cursor=${cursor}`}`
    const page = (await answer(url, 'GET', place)) as {
      samples: { filename: string; group_id: string | null; id: string }[]
      next_cursor: string | null
    }
    for (const { filename, group_id: groupId, id } of page.samples) groups.set(filename, groupId ?? id)
    cursor = page.next_cursor
  }
  const originals = [...groups].filter(([name]) => name.endsWith('~0'))
  const planted = [...groups].filter(([name]) => !name.endsWith('~0'))
  const perGroup = Map.groupBy(originals, ([, group]) => group)
  return {
    planted: planted.length,
    found: planted.filter(([name, group]) => groups.get(`${name.split('~')[0]}~0`) === group).length,
    originals: originals.length,
    merged: originals.filter(([, group]) => perGroup.get(group)!.length > 1).length,
  }
}
