/** The state of the open database in this process, the same for each database: signatures only. */

/** The state of writing in this process, for health and metrics. */
export type WritingState = {
  /** Since when another program's lock has refused every write; null: none does. */
  readonly lockedForMs: number | null
  /** How long ago a write last failed because the disk was full; null: never. */
  readonly diskFullMsAgo: number | null
  readonly waiting: number
}

export type DatabaseState = {
  /** How many writes this process has completed, apart from recorded predictions. */
  readonly changes: () => number
  /** Moves what was committed from the log of the database into its files, where the database does not do so by itself.
   *  Writers hardly wait. */
  readonly checkpoint: () => void
  /** Removes from that log what was deleted from the tables. False: other connections prevented it; it may be called
   *  again. */
  readonly purgeLog: () => Promise<boolean>
  readonly writingState: () => WritingState
  /** The error for people, if it is one that they can end, such as a full disk. */
  readonly explain: (error: unknown) => unknown
  /** How long a write waits for a lock by default. */
  readonly patienceMs: number
}
