/** Cancels an upload that another process works on: a file, in the folder that all web processes share, requests it. It
 *  knows neither images nor rows. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 250
/** 30 s: a large image and the comparison of near-copies may come before the next look. */
const MOST_LOOKS = 120

const fileOf = (folder: string, uploadId: string): string => join(folder, `cancel-${uploadId}`)

/** Calls `cancel` before the next image where that was requested. */
export async function* whileWanted<Image>(
  images: AsyncIterable<Image>,
  { folder, uploadId }: { readonly folder: string; readonly uploadId: string },
  cancel: () => void,
): AsyncGenerator<Image> {
  for await (const image of images) {
    if (existsSync(fileOf(folder, uploadId))) cancel()
    yield image
  }
}

/** Requests it, and waits until the upload has ended, or half a minute. */
export async function requestCancel(
  { folder, uploadId }: { readonly folder: string; readonly uploadId: string },
  hasNotEnded: () => Promise<boolean>,
): Promise<void> {
  const file = fileOf(folder, uploadId)
  await mkdir(folder, { recursive: true })
  await writeFile(file, '')
  try {
    for (let look = 0; look < MOST_LOOKS && (await hasNotEnded()); look++) await pause(LOOK_EVERY_MS)
  } finally {
    await rm(file, { force: true })
  }
}
