/** The one ONNX file that was uploaded and is not added yet: its folder among the pretrained networks, with what the
 *  person stated and what its examination found. A new upload replaces it. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  onnxPreview,
  onnxRefusal,
  onnxUpload,
  type OnnxPreview,
  type OnnxUpload,
} from '#lib/contracts/backbones.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { MOST_ONNX_MB, type OnnxInspection } from './onnx/inspect-onnx.ts'

/** A name that no network can have. */
const FOLDER = '.upload'
const LONGEST_NAME = 200

export const uploadedFile = (into: string): string => join(into, FOLDER, 'file.onnx')
const REQUEST = 'request.json'
const INSPECTION = 'inspection.json'
const REFUSAL = 'refusal.json'

/** Writes the file as it arrives, then puts it in place.
 *  @throws DarkroomError `missing_file`, `too_large`, `invalid_input` */
export async function receiveOnnx(
  into: string,
  parts: AsyncIterable<Part>,
  {
    stated,
    mayReplace,
  }: {
    readonly stated: Readonly<Record<string, unknown>>
    /** Throws where another upload is being examined since. */
    readonly mayReplace: () => Promise<void>
  },
): Promise<OnnxUpload> {
  // several may arrive at the same time
  const arriving = join(into, `${FOLDER}-${process.pid}-${randomUUID().slice(0, 8)}`)
  await mkdir(arriving, { recursive: true })
  try {
    const fields: Record<string, unknown> = { ...stated }
    let file: string | null = null
    for await (const part of parts) {
      if (part.kind === 'field') {
        if (part.value !== '') fields[part.name] = part.value
        continue
      }
      if (part.filename === '' || file !== null) continue
      file = part.filename.slice(0, LONGEST_NAME)
      await pipeline(limited(part.bytes), createWriteStream(join(arriving, 'file.onnx')))
    }
    if (file === null) throw refusal('missing_file', 'the form has no file', 'Choose an ONNX file as "file".')
    const request = onnxUpload.safeParse({ ...fields, file })
    if (!request.success)
      throw refusal(
        'invalid_input',
        `"${request.error.issues[0]?.path.join('.')}" is not valid`,
        'See the reference of POST /api/backbones.',
      )
    await writeFile(join(arriving, REQUEST), JSON.stringify(request.data))
    await mayReplace()
    await discardUpload(into)
    await rename(arriving, join(into, FOLDER))
    return request.data
  } finally {
    await rm(arriving, { recursive: true, force: true })
  }
}

async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > MOST_ONNX_MB * 2 ** 20)
      throw refusal('too_large', `it is larger than ${MOST_ONNX_MB} MB`, 'Use a smaller network.')
    yield chunk
  }
}

/** Null: nothing is uploaded. */
export async function readUpload(into: string): Promise<{
  readonly request: OnnxUpload
  readonly preview: OnnxPreview | null
  /** Why the file cannot be used. */
  readonly refusal: string | null
} | null> {
  const read = (name: string) => readFile(join(into, FOLDER, name), 'utf8').catch(() => null)
  const [request, preview, refused] = [await read(REQUEST), await read(INSPECTION), await read(REFUSAL)]
  if (request === null) return null
  return {
    request: onnxUpload.parse(JSON.parse(request)),
    preview: preview === null ? null : onnxPreview.parse(JSON.parse(preview)),
    refusal: refused === null ? null : onnxRefusal.parse(JSON.parse(refused)).message,
  }
}

export const hasUpload = (into: string): Promise<boolean> =>
  stat(join(into, FOLDER)).then(
    () => true,
    () => false,
  )

export async function notePreview(
  into: string,
  { image, choices, millisecondsPerImage }: OnnxInspection,
): Promise<void> {
  const preview: OnnxPreview = {
    input_size: image.size,
    milliseconds_per_image: millisecondsPerImage,
    choices: choices.map(({ value, reading, length, agreement }) => ({
      value,
      reading,
      features: length,
      agreement,
    })),
  }
  await writeFile(join(into, FOLDER, INSPECTION), JSON.stringify(preview))
}

export const noteRefusal = (into: string, message: string): Promise<void> =>
  writeFile(join(into, FOLDER, REFUSAL), JSON.stringify({ message }))

export const discardUpload = (into: string): Promise<void> =>
  rm(join(into, FOLDER), { recursive: true, force: true })

const refusal = (code: 'missing_file' | 'too_large' | 'invalid_input', why: string, remedy: string) =>
  new DarkroomError(code, { what: 'No pretrained network was uploaded', why, remedy })
