/** What lib/data is given when it is opened. */
import type { ObjectStoreSettings } from './objects/object-store.ts'

export type DataSettings = {
  /** Of SQLite; it is not used where `databaseUrl` is given. */
  readonly databaseFile: string
  /** postgresql://… */
  readonly databaseUrl?: string
  readonly dataDir: string
  /** Where hosts share their files; absent: in `dataDir`. */
  readonly objects?: ObjectStoreSettings
  readonly modelsDir: string
  readonly backupDir?: string // for the copy before a migration; absent: next to the database
  readonly clock: { readonly now: () => number }
  /** Most bytes of images that are stored only for predictions of anonymous clients; default: unlimited. */
  readonly anonymousBytes?: number
  /** How long a write waits for another program's lock; default: as long as a person would wait. */
  readonly patienceMs?: number
  /** Under what name this process is among the web processes; absent in others. */
  readonly webId?: string
  /** PREDICTION_JOB_DAYS; default 7. */
  readonly predictionJobDays?: number
  /** DEFAULT_CLASSIFIER. */
  readonly defaultClassifier?: string | null
  /**
   * Makes a WebP of at most `size × size` from encoded bytes; lib/images provides it. Without it, full
   * images are returned.
   */
  readonly thumbnail?: (bytes: Uint8Array, size: number) => Promise<Uint8Array>
}
