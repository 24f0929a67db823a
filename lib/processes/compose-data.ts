/** Opens the data room with what it is given from outside: places, the clock, and who makes thumbnails. */
import { openData } from '#lib/data/open.ts'
import type { Data } from '#lib/data/data.ts'
import { thumbnail } from '#lib/images/thumbnail.ts'
import { wallClock } from './clock.ts'
import type { Start } from './settings.ts'

/** `webId`: the name of a web process among the others. */
export function composeData({ settings, places }: Start, webId?: string): Promise<Data> {
  const { databaseFile, dataDir, modelsDir } = places
  return openData({ databaseFile, dataDir, modelsDir, clock: wallClock, ...(webId !== undefined && { webId }), defaultClassifier: settings.DEFAULT_CLASSIFIER ?? null, thumbnail: (bytes, size) => thumbnail(bytes, size, { maxPixels: settings.MAX_PIXELS }) })
}
