/**
 * Reads a multipart body as its parts, one at a time and in order: the next part is read only after the
 * previous one, so memory stays constant. A bare ZIP counts as one file. The use cases know what the parts
 * mean.
 */
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import type { Part } from '#lib/contracts/contract.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { visible } from '#lib/domain/text/visible-text.ts'
import { chunksOf, disconnected, isDisconnect, typeOf } from './body.ts'
import type { IncomingRequest } from './incoming.ts'
import { endsInTheMiddle, malformedForm } from './buffered-form.ts'

const MOST_PARTS = 200_000
/** The longest field: labels of 200,000 files in one of them. */
const LONGEST_FIELD_BYTES = 16 * 1024 * 1024
const LONGEST_HEADER_BYTES = 16 * 1024

type Form = InstanceType<typeof Busboy>

export function partsOf(incoming: IncomingRequest, limitBytes: number): AsyncGenerator<Part> {
  const type = typeOf(incoming)
  const chunks = chunksOf(incoming, limitBytes)
  if (type === 'multipart/form-data') return formParts(incoming, chunks)
  if (
    type === 'application/zip' ||
    type === 'application/x-zip-compressed' ||
    type === 'application/octet-stream'
  )
    return onePart(chunks)
  if (
    incoming.body === null ||
    type === '' ||
    type === 'application/x-www-form-urlencoded' ||
    type === 'text/plain'
  )
    throw noForm()
  throw new DarkroomError('unsupported_media', {
    what: 'The body cannot be read',
    why: `its content type is ${type.slice(0, 100)}`,
    remedy:
      'Send "multipart/form-data" with the files in the field `files`, or a ZIP archive as ' +
      '"application/zip".',
  })
}

async function* onePart(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Part> {
  yield { kind: 'file', name: 'files', filename: 'upload.zip', bytes }
}

async function* formParts(
  incoming: IncomingRequest,
  chunks: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Part> {
  const form = openForm(incoming)
  const arrived: { part: Part; stream: Readable | null }[] = []
  const reading: { state: 'on' | 'ended' | 'failed'; failure: unknown } = { state: 'on', failure: null }
  let current: Readable | null = null
  let wake = (): void => {}

  const fail = (error: unknown): void => {
    if (reading.state !== 'on') return
    reading.state = 'failed'
    reading.failure = error
    for (const stream of [current, ...arrived.map((a) => a.stream)])
      stream?.destroy(error instanceof Error ? error : new Error(String(error)))
    wake()
  }
  form.on('file', (name, stream, filename) => {
    stream.on('error', () => {}) // the reader gets this error; skipped files have no reader
    arrived.push({
      part: { kind: 'file', name: name ?? '', filename: visible(filename ?? ''), bytes: stream },
      stream,
    })
    wake()
  })
  form.on('field', (name, value, _isNameCut, isValueCut) => {
    if (isValueCut) return fail(malformedForm(`the field "${name.slice(0, 100)}" is longer than 16 MB`))
    arrived.push({ part: { kind: 'field', name, value }, stream: null })
    wake()
  })
  form.on('partsLimit', () =>
    fail(malformedForm(`it has more than ${MOST_PARTS.toLocaleString('en')} parts`)),
  )
  form.on('error', (error) => fail(endsInTheMiddle(error)))
  form.on('finish', () => {
    if (reading.state === 'on') reading.state = 'ended'
    wake()
  })
  feed(chunks, form).catch(fail)

  try {
    for (;;) {
      const next = arrived.shift()
      if (next) {
        current = next.stream
        yield next.part.kind === 'file'
          ? { ...next.part, bytes: readable(next.part.bytes, () => reading.failure) }
          : next.part
        if (current) await skipRest(current)
        current = null
      } else if (reading.state === 'failed') throw reading.failure
      else if (reading.state === 'ended') return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    fail(disconnected(null))
    chunks.return(undefined).catch(() => undefined) // the reader already has this error
  }
}

function openForm(incoming: IncomingRequest): Form {
  try {
    return new Busboy({
      headers: { 'content-type': incoming.header('content-type') ?? '' },
      preservePath: true, // folders of an upload name classes
      limits: {
        parts: MOST_PARTS,
        fieldSize: LONGEST_FIELD_BYTES,
        headerSize: LONGEST_HEADER_BYTES,
        fieldNameSize: 1000,
      },
    })
  } catch (cause) {
    throw malformedForm('its multipart boundary is missing', cause)
  }
}

/** Reads one chunk when the previous one has been processed: a part that is not read throttles the client. */
async function feed(chunks: AsyncGenerator<Uint8Array>, form: Form): Promise<void> {
  for await (const chunk of chunks) {
    await new Promise<void>((resolve, reject) =>
      form.write(chunk, (error) => (error ? reject(error) : resolve())),
    )
  }
  form.end()
}

async function* readable(
  bytes: AsyncIterable<Uint8Array>,
  failure: () => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of bytes) yield chunk
  } catch (error) {
    const known = failure() ?? error
    if (isDarkroomError(known)) throw known
    throw isDisconnect(known) ? disconnected(known) : endsInTheMiddle(known)
  }
}

async function skipRest(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return
  await new Promise<void>((resolve) => {
    stream
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve())
    stream.resume()
  })
}

const noForm = (): DarkroomError =>
  new DarkroomError('missing_file', {
    what: 'No file was sent',
    why: 'the request has no form with a file',
    remedy: 'Send "multipart/form-data" with the files in the field `files`.',
  })
