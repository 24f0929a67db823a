/**
 * An S3-compatible store, by the client of AWS. Requests are tried three times. Content is sent with the MD5 that every
 * such store compares; what is read is compared by its reader with the SHA-256 that it knows.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { DarkroomError, messageOf } from '#lib/domain/errors.ts'
import { fieldsOf } from '#lib/domain/fields.ts'
import type { ObjectContent, ObjectStore, ObjectStoreSettings } from './object-store.ts'

/** The smallest part that S3 allows is 5 MiB; each upload holds at most two in memory. */
const PART_BYTES = 8 * 2 ** 20
const PARTS_AT_ONCE = 2
const ATTEMPTS = 3
/** A store that does not accept a connection, or is silent, for so long is down. */
const CONNECT_MS = 3_000
const SILENT_MS = 10_000
const REMOVALS_AT_ONCE = 8
const RETRY_AFTER_SECONDS = 10

/** Throws `not_ready` when the bucket cannot be reached or does not exist. */
export async function openS3Store({
  url,
  endpoint,
  silentMs = SILENT_MS,
}: Pick<ObjectStoreSettings, 'url' | 'endpoint' | 'silentMs'>): Promise<ObjectStore> {
  const { bucket, prefix } = placeOf(url)
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: endpoint !== undefined, // other stores have no address per bucket
    maxAttempts: ATTEMPTS,
    // CRC32 in a trailer is unknown to many stores; the MD5 is not.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: silentMs },
  })
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + key })
  const failing = async <T>(what: string, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw unreachable(what, { bucket, endpoint }, error)
    })
  await failing(
    'Darkroom cannot use its object store',
    client.send(new HeadBucketCommand({ Bucket: bucket })),
  )
  return {
    put: (key, content) => failing('A file was not stored', putInto(client, at(key), content)),
    async get(key) {
      const found = await failing(
        'A file could not be read',
        client.send(new GetObjectCommand(at(key))).catch(nullIfAbsent),
      )
      return found?.Body instanceof Readable ? found.Body : null
    },
    has: async (key) =>
      (await failing(
        'A file could not be looked up',
        client.send(new HeadObjectCommand(at(key))).catch(nullIfAbsent),
      )) !== null,
    async remove(keys) {
      for (let from = 0; from < keys.length; from += REMOVALS_AT_ONCE)
        await failing(
          'Files could not be deleted',
          Promise.all(
            keys
              .slice(from, from + REMOVALS_AT_ONCE)
              .map((key) => client.send(new DeleteObjectCommand(at(key))).catch(nullIfAbsent)),
          ),
        )
    },
    async *list(start) {
      let token: string | undefined
      do {
        const page = await failing(
          'Files could not be listed',
          client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix + start, ContinuationToken: token }),
          ),
        )
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key.slice(prefix.length)
        token = page.NextContinuationToken
      } while (token !== undefined)
    },
    close: () => client.destroy(),
  }
}

async function putInto(
  client: S3Client,
  place: { readonly Bucket: string; readonly Key: string },
  content: ObjectContent,
): Promise<void> {
  if (content instanceof Uint8Array) {
    const ContentMD5 = createHash('md5').update(content).digest('base64')
    await client.send(new PutObjectCommand({ ...place, Body: content, ContentMD5 }))
    return
  }
  await new Upload({
    client,
    params: { ...place, Body: createReadStream(content.file) },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  }).done()
}

/** The prefix ends with a slash, or is empty. */
function placeOf(url: string): { readonly bucket: string; readonly prefix: string } {
  const { hostname, pathname } = new URL(url)
  const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '')
  return { bucket: hostname, prefix: prefix === '' ? '' : `${prefix}/` }
}

function nullIfAbsent(error: unknown): null {
  if (fieldsOf(fieldsOf(error)['$metadata'])['httpStatusCode'] === 404) return null
  throw error
}

function unreachable(
  what: string,
  { bucket, endpoint }: { readonly bucket: string; readonly endpoint: string | undefined },
  error: unknown,
): DarkroomError {
  const isUnknown = error instanceof Error && ['NoSuchBucket', 'NotFound'].includes(error.name)
  const where = `the object store at ${endpoint ?? 'Amazon S3'}`
  return new DarkroomError(
    'not_ready',
    {
      what,
      why: isUnknown
        ? `${where} has no bucket "${bucket}"`
        : `${where} failed (bucket "${bucket}"): ${messageOf(error).slice(0, 300)}`,
      remedy: isUnknown
        ? 'Create it, or correct BLOB_URL.'
        : 'Check that it runs and is reachable, BLOB_URL, AWS_ENDPOINT_URL and the credentials. Then try again.',
    },
    { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS },
  )
}
