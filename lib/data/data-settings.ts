/** What lib/data is given when it is opened. */

export type DataSettings = {
  readonly databaseFile: string
  readonly dataDir: string
  readonly modelsDir: string
  readonly backupDir?: string // for the copy before a migration; absent: next to the database
  readonly clock: { readonly now: () => number }
  /** Most bytes of images that are stored for strangers' predictions alone; default: as many as come. */
  readonly anonymousBytes?: number
  /** How long a write waits for another program's lock; default: what a person waits for. */
  readonly patienceMs?: number
  /** Under what name this process is among the web processes; absent in others. */
  readonly webId?: string
  /** DEFAULT_CLASSIFIER. */
  readonly defaultClassifier?: string | null
  /** Makes a WebP of at most `size × size` out of encoded bytes; lib/images gives it. Without it whole
   *  pictures are answered. */
  readonly thumbnail?: (bytes: Uint8Array, size: number) => Promise<Uint8Array>
}
