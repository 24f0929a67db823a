/**
 * A response before it becomes a web `Response` or is written to Node's socket: status, headers, bytes. Its
 * content was decided elsewhere.
 */
import { createHash } from 'node:crypto'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { visible } from '#lib/domain/text/visible-text.ts'

export type OutgoingResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null
}

const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
} as const
const ONE_YEAR_SECONDS = 31_536_000

export const jsonAnswer = (status: number, value: unknown): OutgoingResponse => ({
  status,
  headers: JSON_HEADERS,
  body: JSON.stringify(value),
})

/**
 * A file to show or to download. If an address always returns the same bytes, the address serves as their
 * ETag.
 */
export function fileAnswer(file: FileAnswer, address: string, ifNoneMatch: string | null): OutgoingResponse {
  const etag = `"${createHash('sha256').update(address).digest('base64url').slice(0, 27)}"`
  const headers: Record<string, string> = {
    'content-type': file.mediaType,
    'content-disposition': dispositionOf(file.filename),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': file.isImmutable
      ? `private, max-age=${ONE_YEAR_SECONDS}, immutable`
      : 'private, no-store',
    ...(file.isImmutable && { etag }),
  }
  if (file.isImmutable && ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
    return { status: 304, headers, body: null }
  const sizeBytes = file.bytes instanceof Uint8Array ? file.bytes.byteLength : file.sizeBytes
  if (sizeBytes !== undefined) headers['content-length'] = String(sizeBytes)
  return { status: 200, headers, body: file.bytes }
}

/**
 * Both spellings of RFC 6266: ASCII for all clients, UTF-8 for those that support it; a name cannot end the
 * header.
 */
export function dispositionOf(filename: string | null): string {
  if (filename === null) return 'inline'
  const clean = visible(filename)
    .replace(/[\p{Cc}/\\]/gu, '_')
    .slice(0, 200)
  const plain = clean.replace(/[^\x20-\x7e]|["%]/g, '_')
  const coded = encodeURIComponent(clean.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${coded}`
}

export function toResponse({ status, headers, body }: OutgoingResponse): Response {
  return new Response(bodyOf(body), { status, headers })
}

function bodyOf(body: OutgoingResponse['body']): BodyInit | null {
  if (body === null || typeof body === 'string') return body
  return body instanceof Uint8Array ? new Uint8Array(body) : streamOf(body)
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
