/**
 * Files by key in a store that several hosts share: what images and folders need of it. The only implementation is
 * s3-store.ts.
 */

export type ObjectStore = {
  /** Complete or not at all; an earlier object of the same key is replaced. */
  readonly put: (key: string, content: ObjectContent) => Promise<void>
  /** Null: there is none. */
  readonly get: (key: string) => Promise<AsyncIterable<Uint8Array> | null>
  readonly has: (key: string) => Promise<boolean>
  /** Those that do not exist are no error. */
  readonly remove: (keys: readonly string[]) => Promise<void>
  /** The keys that begin with this text. */
  readonly list: (prefix: string) => AsyncIterable<string>
  readonly close: () => void
}

/** A file is sent in parts, so that it is never in memory as a whole. */
export type ObjectContent = Uint8Array | { readonly file: string; readonly sizeBytes: number }

export type ObjectStoreSettings = {
  /** s3://bucket or s3://bucket/prefix. Region and credentials are those of the AWS SDK: AWS_REGION,
   *  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the role of the machine. */
  readonly url: string
  /** AWS_ENDPOINT_URL; absent: Amazon's own. */
  readonly endpoint?: string | undefined
  /** How long the store may be silent; default: 10 s. */
  readonly silentMs?: number
  /** BLOB_CACHE_MB: most bytes of images that stay in DATA_DIR as copies. */
  readonly cacheBytes: number
}
