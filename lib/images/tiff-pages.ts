/** The pages of a TIFF: size, samples and what their numbers mean (TIFF 6.0, sections 2, 3, 15, 18 and 19; BigTIFF has
 *  wider numbers). It reads no pixel. */

/** TIFF 6.0, section 2: the number of bytes per value of each type. */
const BYTES_OF_TYPE: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 9: 4, 11: 4, 12: 8, 16: 8 }
const MOST_ENTRIES = 4_096
/** More pages are not looked at. */
const MOST_PAGES = 256

const TAGS = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  photometric: 262,
  samples: 277,
  rowsPerStrip: 278,
  least: 280,
  most: 281,
  tileWidth: 322,
  tileHeight: 323,
  extraSamples: 338,
  sampleFormat: 339,
  leastSample: 340,
  mostSample: 341,
} as const
type TagName = keyof typeof TAGS

export type TiffPage = {
  readonly index: number
  readonly width: number
  readonly height: number
  readonly bits: number
  readonly samples: number
  /** 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 CIE Lab. */
  readonly photometric: number
  readonly format: 'unsigned' | 'signed' | 'float' | 'other'
  /** 0 unspecified, 1 and 2 transparency; null: there is none. */
  readonly extraSample: number | null
  /** The range of the numbers that the file states. */
  readonly range: readonly [least: number, most: number] | null
  readonly rowsPerStrip: number | null
  readonly tile: { readonly width: number; readonly height: number | null } | null
}

const FORMATS: readonly TiffPage['format'][] = ['unsigned', 'unsigned', 'signed', 'float']

/** The largest page that is no preview; the first of several. Null: there is no page. */
export function largestPage(bytes: Uint8Array, view: DataView): TiffPage | null {
  let best: { page: TiffPage; isPreview: boolean } | null = null
  for (const found of pagesOf(bytes, view)) {
    const isBetter =
      best === null ||
      (best.isPreview && !found.isPreview) ||
      (best.isPreview === found.isPreview &&
        found.page.width * found.page.height > best.page.width * best.page.height)
    if (isBetter) best = found
  }
  return best?.page ?? null
}

function* pagesOf(bytes: Uint8Array, view: DataView): Generator<{ page: TiffPage; isPreview: boolean }> {
  const little = bytes[0] === 0x49
  const isBig = view.getUint16(2, little) === 43
  const wide = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
  const step = isBig ? 8 : 4
  const seen = new Set<number>()
  for (let at = wide(isBig ? 8 : 4), index = 0; at !== 0 && !seen.has(at) && index < MOST_PAGES; index++) {
    seen.add(at)
    // a later directory that ends early does not spoil the pages before it
    if (index > 0 && at + 2 > bytes.length) return
    const entries = Math.min(MOST_ENTRIES, isBig ? wide(at) : view.getUint16(at, little))
    const first = at + (isBig ? 8 : 2)
    const size = 4 + 2 * step
    const end = first + entries * size
    const values = new Map<number, number>()
    for (let entry = first; entry < end; entry += size) {
      const type = view.getUint16(entry + 2, little)
      const bytesEach = BYTES_OF_TYPE[type]
      if (bytesEach === undefined) continue
      const isInside = wide(entry + 4) * bytesEach <= step
      const value = valueAt(view, isInside ? entry + 4 + step : wide(entry + 4 + step), { type, little })
      values.set(view.getUint16(entry, little), value)
    }
    yield pageOf(values, index)
    at = end + step <= bytes.length ? wide(end) : 0
  }
}

function pageOf(values: ReadonlyMap<number, number>, index: number): { page: TiffPage; isPreview: boolean } {
  const get = (name: TagName): number | undefined => values.get(TAGS[name])
  const least = get('leastSample') ?? get('least')
  const most = get('mostSample') ?? get('most')
  const tileWidth = get('tileWidth')
  return {
    page: {
      index,
      width: get('width') ?? 0,
      height: get('height') ?? 0,
      bits: get('bits') ?? 1,
      samples: get('samples') ?? 1,
      photometric: get('photometric') ?? 1,
      format: FORMATS[get('sampleFormat') ?? 1] ?? 'other',
      extraSample: get('extraSamples') ?? null,
      range: most === undefined || most <= (least ?? 0) ? null : [least ?? 0, most],
      rowsPerStrip: get('rowsPerStrip') ?? null,
      tile: tileWidth === undefined ? null : { width: tileWidth, height: get('tileHeight') ?? null },
    },
    isPreview: ((get('subfile') ?? 0) & 1) === 1,
  }
}

function valueAt(view: DataView, at: number, { type, little }: { type: number; little: boolean }): number {
  switch (type) {
    case 1:
      return view.getUint8(at)
    case 3:
      return view.getUint16(at, little)
    case 4:
      return view.getUint32(at, little)
    case 9:
      return view.getInt32(at, little)
    case 11:
      return view.getFloat32(at, little)
    case 12:
      return view.getFloat64(at, little)
    default:
      return Number(view.getBigUint64(at, little))
  }
}
