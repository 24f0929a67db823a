/** Where data is stored that hosts may share: in a database, and in an object store (lib/data/objects). It opens
 *  neither. */
import { z } from 'zod'
import { DATABASE_URL_RULE, isDatabaseUrl } from './database-url.ts'

/** Names of buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_URL = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w!.*'()/-]*)?$/

export const BLOB_URL_RULE = 'must be s3://bucket, or s3://bucket/prefix'
export const isBlobUrl = (text: string): boolean => BUCKET_URL.test(text)

export const storageSettings = {
  DATABASE_URL: z
    .string()
    .refine(isDatabaseUrl, DATABASE_URL_RULE)
    .optional()
    .describe('URL of a file, or of PostgreSQL, which hosts may share; default: darkroom.db in DATA_DIR'),
  BLOB_URL: z
    .string()
    .refine(isBlobUrl, BLOB_URL_RULE)
    .optional()
    .describe(
      'object store for large images, versions and files of jobs, which hosts share; needs PostgreSQL; ' +
        'default: DATA_DIR',
    ),
  AWS_ENDPOINT_URL: z
    .url()
    .optional()
    .describe(
      'URL of the object store; default: Amazon S3. AWS_REGION and the credentials are read by its client',
    ),
  BLOB_CACHE_MB: z.coerce
    .number()
    .int()
    .min(0)
    .max(1e7)
    .default(2048)
    .describe('disk space in DATA_DIR for copies of images from the object store'),
}
