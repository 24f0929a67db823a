/** Copies the files of DATA_DIR that hosts share to an object store. It may be interrupted, and done again: what is
 *  there already is not sent again. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { blobFolder } from '../images/blobs.ts'
import { imageKey } from '../images/shared-blobs.ts'
import type { ObjectStore } from './object-store.ts'
import { sharedFolders } from './shared-folders.ts'

export type FileCopy = { readonly images: number; readonly folders: number; readonly sent: number }

/** Versions are in models/<classifier>/v<number>, pretrained networks in bodies/<name>/v1. */
const FOLDERS = ['models', 'bodies']
const HASH = /^[0-9a-f]{64}$/

export async function copyFilesToStore(
  dataDir: string,
  store: ObjectStore,
  { id, onProgress = () => {} }: { readonly id: () => string; readonly onProgress?: (done: number) => void },
): Promise<FileCopy> {
  const there = new Set<string>()
  for await (const key of store.list('images/')) there.add(key)
  let [images, sent] = [0, 0]
  const imageFolder = path.join(dataDir, blobFolder('image'))
  for (const part of await namesIn(imageFolder))
    for (const hash of (await namesIn(path.join(imageFolder, part))).filter((name) => HASH.test(name))) {
      images += 1
      if (there.has(imageKey(hash))) continue
      const file = path.join(imageFolder, part, hash)
      await store.put(imageKey(hash), { file, sizeBytes: (await stat(file)).size })
      sent += 1
      onProgress(images)
    }
  const { publish } = sharedFolders(dataDir, store, id)
  let folders = 0
  for (const kind of FOLDERS)
    for (const owner of await namesIn(path.join(dataDir, kind)))
      for (const name of (await namesIn(path.join(dataDir, kind, owner))).filter((one) =>
        /^v\d+$/.test(one),
      )) {
        await publish(path.join(dataDir, kind, owner, name))
        folders += 1
      }
  return { images, folders, sent }
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
