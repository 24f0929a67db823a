/** Opens the store that BLOB_URL names. Its client, 21 MB, is loaded only then. */
import type { ObjectStore, ObjectStoreSettings } from './object-store.ts'

/** Throws `not_ready` when the store cannot be reached, or has no such bucket. */
export async function openObjectStore(settings: ObjectStoreSettings): Promise<ObjectStore> {
  const { openS3Store } = await import('./s3-store.ts')
  return openS3Store(settings)
}
