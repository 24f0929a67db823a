/**
 * Opens the data module with its dependencies: folders, the clock, and the function that makes thumbnails.
 */
import { openData, type OpenData } from '#lib/queries/open-data.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { finishRestore } from '#lib/operations/backup/settle-restore.ts'
import { wallClock } from '../clock.ts'
import type { Start } from '../settings.ts'

/**
 * `webId`: the name of a web process among the others. `patienceMs`: how long a write waits for another
 * program's lock. `thumbnail`: set in web processes only. `anonymousBytes`: most bytes of images of
 * anonymous clients' predictions.
 */
export function composeData(
  { settings, places }: Start,
  more: Pick<DataSettings, 'webId' | 'patienceMs' | 'anonymousBytes' | 'thumbnail'> = {},
): Promise<OpenData> {
  const { databaseFile, databaseUrl, objects, dataDir, modelsDir, backupDir } = places
  finishRestore(dataDir)
  return openData({
    databaseFile,
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(objects !== undefined && { objects }),
    dataDir,
    modelsDir,
    backupDir,
    clock: wallClock,
    ...more,
    predictionJobDays: settings.PREDICTION_JOB_DAYS,
    defaultClassifier: settings.DEFAULT_CLASSIFIER ?? null,
  })
}
