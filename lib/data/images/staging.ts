/** Where the bytes of new images go before their rows are made: to files here, or to the store that hosts share. */
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import type { NewImage } from '../values.ts'
import { stageShared } from './shared-blobs.ts'
import { inRow, NO_FILES, stagedFiles, type StagedImages } from './staged-images.ts'

export type StageImages = (images: readonly Pick<NewImage, 'hash' | 'bytes'>[]) => MaybePromise<StagedImages>

export const stagingIn =
  (dataDir: string, id: () => string, store: ObjectStore | null): StageImages =>
  (images) => {
    if (images.every(({ bytes }) => inRow(bytes))) return NO_FILES
    return store === null ? stagedFiles(dataDir, images, id) : stageShared(store, images)
  }
