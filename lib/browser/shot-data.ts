/** Writes into a JPEG when and with what it was taken, as cameras do (EXIF 2.32): images of one camera that follow each
 *  other within seconds become one group on the server (lib/domain/grouping/groups.ts), so that frames of one
 *  recording never stand on both sides of a split. */

const MAKER = 'Darkroom'
const TAG = { maker: 0x010f, model: 0x0110, exif: 0x8769, takenAt: 0x9003, fraction: 0x9291 } as const
const ASCII = 2
const LONG = 4
const ENTRY_BYTES = 12
/** "Exif", two zeros, and the header of a big-endian TIFF whose first directory follows at once. */
const START = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8] as const
const TIFF_OFFSET = 6

/** @param jpeg without EXIF data, as canvases write it
 *  @param camera the same for all frames of one camera */
export function withShotData(
  jpeg: Uint8Array,
  { camera, takenAt }: { readonly camera: string; readonly takenAt: Date },
): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) throw new Error('These bytes are not a JPEG')
  const content = exifContent(camera, takenAt)
  const length = content.length + 2
  const segment = [0xff, 0xe1, length >> 8, length & 0xff, ...content]
  const out = new Uint8Array(jpeg.length + segment.length)
  out.set(jpeg.subarray(0, 2))
  out.set(segment, 2)
  out.set(jpeg.subarray(2), 2 + segment.length)
  return out
}

/** Two directories: the first with maker, model and the place of the second; the second with the time. */
function exifContent(camera: string, takenAt: Date): readonly number[] {
  const directoryBytes = (entries: number) => 2 + entries * ENTRY_BYTES + 4
  const texts = [MAKER, camera, timeText(takenAt), String(takenAt.getMilliseconds()).padStart(3, '0')].map(
    ascii,
  )
  const innerAt = START.length - TIFF_OFFSET + directoryBytes(3)
  const textsAt = innerAt + directoryBytes(2)
  const placeOf = (index: number) =>
    textsAt + texts.slice(0, index).reduce((sum, text) => sum + text.length, 0)
  const text = (tag: number, index: number) => entry(tag, ASCII, texts[index]!, placeOf(index))
  return [
    ...START,
    ...[0, 3],
    ...text(TAG.maker, 0),
    ...text(TAG.model, 1),
    ...[...two(TAG.exif), ...two(LONG), ...four(1), ...four(innerAt)],
    ...four(0),
    ...[0, 2],
    ...text(TAG.takenAt, 2),
    ...text(TAG.fraction, 3),
    ...four(0),
    ...texts.flat(),
  ]
}

/** Values of up to four bytes stand in the entry itself. */
function entry(tag: number, type: number, value: readonly number[], place: number): readonly number[] {
  const inside = value.length <= 4 ? [...value, 0, 0, 0, 0].slice(0, 4) : four(place)
  return [...two(tag), ...two(type), ...four(value.length), ...inside]
}

const two = (value: number): readonly number[] => [value >> 8, value & 0xff]
const four = (value: number): readonly number[] => [...two(value >>> 16), ...two(value & 0xffff)]
const ascii = (text: string): readonly number[] => [...Array.from(text, (c) => c.charCodeAt(0) & 0x7f), 0]

/** Such as `2026:11:30 12:00:00`: local time, without a zone. */
function timeText(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  const day = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join(':')
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(pad).join(':')}`
}
