/**
 * Extracts one image from a request, however it was sent: a form's `file` or `image`, bare bytes, or a data
 * URL in JSON. lib/images later checks whether the bytes are an image.
 */
import type { ReceivedImage } from '#lib/contracts/contract.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { andThen, type MaybePromise } from '#lib/domain/maybe-promise.ts'
import { visible } from '#lib/domain/text/visible-text.ts'
import { bytesOf, isJson, JSON_LIMIT_BYTES, jsonOf, tooLarge, typeOf } from './body.ts'
import type { IncomingRequest } from './incoming.ts'
import { partsIn, type FormPart } from './buffered-form.ts'

const FIELDS: readonly string[] = ['file', 'image']
/** What a form adds to its file: boundaries, headers, small fields. */
const FORM_EXTRA_BYTES = 64 * 1024
const LONGEST_NAME = 255
const NO_FIELDS = {}

export type ImageInput = {
  readonly image: ReceivedImage
  readonly fields: Readonly<Record<string, unknown>>
}

export function imageOf(incoming: IncomingRequest, limitBytes: number): MaybePromise<ImageInput> {
  const type = typeOf(incoming)
  if (type === 'multipart/form-data') {
    const formType = incoming.header('content-type') ?? ''
    return andThen(bytesOf(incoming, limitBytes + FORM_EXTRA_BYTES), (body) =>
      imageIn(partsIn(body, formType), limitBytes),
    )
  }
  if (isJson(incoming)) return fromJson(incoming, limitBytes)
  if (type === 'application/x-www-form-urlencoded') throw noFile('the form has text fields only')
  return andThen(bytesOf(incoming, limitBytes), (bytes) => {
    if (bytes.byteLength === 0) throw noFile('the request is empty')
    return { image: { bytes, filename: null }, fields: NO_FIELDS }
  })
}

function imageIn(parts: readonly FormPart[], limitBytes: number): ImageInput {
  const fields = new Map<string, string>() // names come from the client and may be `__proto__`
  let image: ReceivedImage | null = null
  let why = 'the form has no file'
  for (const { name, filename, bytes } of parts) {
    const isImage = FIELDS.includes(name)
    if (filename === null) {
      if (isImage) why = `the field "${name}" is text instead of a file`
      else fields.set(name, Buffer.from(bytes).toString('utf8'))
    } else if (!isImage) why = `the file is in the field "${name.slice(0, 100)}"`
    else if (bytes.byteLength === 0) why = 'the file is empty'
    else image ??= { bytes, filename: nameOf(filename) }
  }
  if (image === null) throw noFile(why)
  if (image.bytes.byteLength > limitBytes) throw tooLarge(limitBytes)
  return { image, fields: fields.size === 0 ? NO_FIELDS : Object.fromEntries(fields) }
}

async function fromJson(incoming: IncomingRequest, limitBytes: number): Promise<ImageInput> {
  const { url, ...fields } = await jsonOf(incoming, Math.ceil((limitBytes * 4) / 3) + JSON_LIMIT_BYTES)
  if (url === undefined) throw noFile('the JSON has no "url"')
  if (typeof url !== 'string' || !url.startsWith('data:')) {
    throw new DarkroomError(
      'invalid_input',
      {
        what: 'The image was not accepted',
        why: '"url" is not a data URL',
        remedy: 'Send { "url": "data:image/png;base64,…" }; other URLs are never fetched.',
      },
      { errors: [{ path: 'url', message: 'must begin with "data:"' }] },
    )
  }
  const bytes = bytesOfDataUrl(url)
  if (bytes === null)
    throw new DarkroomError(
      'malformed',
      {
        what: 'The image cannot be read',
        why: 'its data URL is damaged',
        remedy: 'Send "data:image/png;base64," followed by base64.',
      },
      { errors: [{ path: 'url', message: 'is not a valid data URL' }] },
    )
  if (bytes.byteLength === 0) throw noFile('the data URL is empty')
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes)
  return { image: { bytes, filename: null }, fields }
}

function bytesOfDataUrl(url: string): Uint8Array | null {
  const comma = url.indexOf(',')
  if (comma < 0) return null
  const data = url.slice(comma + 1)
  if (!/;base64$/i.test(url.slice(0, comma))) return percentDecoded(data)
  const bytes = Buffer.from(data, 'base64')
  // Buffer.from stops at or skips characters that are not base64: then fewer bytes come out than expected.
  const expected = Math.floor((data.replace(/=+$/, '').length * 3) / 4)
  return bytes.byteLength === expected ? bytes : null
}

function percentDecoded(data: string): Uint8Array | null {
  try {
    return Buffer.from(
      data.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    )
  } catch {
    return null
  }
}

/** The last step of a path, for display only; it is never used as a path. */
function nameOf(filename: string): string | null {
  const name = visible(
    filename
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\p{Cc}/gu, ''),
  ).slice(0, LONGEST_NAME)
  return name === '' ? null : name
}

const noFile = (why: string): DarkroomError =>
  new DarkroomError('missing_file', {
    what: 'No image was sent',
    why,
    remedy:
      'Send it as multipart/form-data in the field `file`, as the raw body, or as JSON { "url": ' +
      '"data:image/…" }.',
  })
