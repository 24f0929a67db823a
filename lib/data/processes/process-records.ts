/** What processes tell each other through rows, since they never talk: signatures only, like data.ts.
 *  web-processes.ts and shared-counts.ts make it. */

/** Web processes say that they live and which promotion they serve. */
export type WebProcesses = {
  readonly seen: (id: string, pid: number, acknowledged: number) => Promise<void>
  readonly leave: (id: string) => Promise<void>
  /** The number of processes with a heartbeat in the last few seconds. */
  readonly living: () => Promise<number>
  /** True when every live web process serves this promotion or a later one; false after `timeoutMs`. */
  readonly allAcknowledged: (promotionId: number, timeoutMs: number) => Promise<boolean>
}

/** A process of a host, as it was last measured. */
export type HostProcess = {
  readonly name: string
  readonly pid: number
  readonly memoryMb: number
  readonly cpuPercent: number
}

/** One start of the product: a supervisor with its processes. Several may share a database. */
export type Host = {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly version: string
  readonly startedAt: Date
  readonly processes: readonly HostProcess[]
}

export type Hosts = {
  readonly seen: (host: Host) => Promise<void>
  readonly leave: (id: string) => Promise<void>
  /** Those seen within the last hour, by name. */
  readonly list: () => Promise<readonly (Host & { readonly lastSeen: Date; readonly isLive: boolean })[]>
  /** Takes the lease of this name, or extends it; false while another holder has it. */
  readonly takeLease: (name: string, holder: string, leaseMs: number) => Promise<boolean>
  readonly leaveLease: (name: string, holder: string) => Promise<void>
}

/** A journal in which processes exchange their counts. */
export type Counts = {
  /** The current end of the journal. */
  readonly latest: () => Promise<number>
  /** What was counted in longer windows since then, oldest first. */
  readonly lasting: (window: {
    readonly since: Date
    readonly upTo: number
  }) => Promise<readonly { readonly at: Date; readonly counts: Readonly<Record<string, number>> }[]>
  /**
   * Writes what `source` counted, if anything, and reads what others wrote after `after`. `lasting` is
   * stored for `lastsMs`, `passing` for a few minutes.
   */
  readonly exchange: (
    report: CountReport,
  ) => Promise<{ readonly latest: number; readonly ofOthers: readonly Readonly<Record<string, number>>[] }>
}

export type CountReport = {
  readonly source: string
  readonly passing: Readonly<Record<string, number>>
  readonly lasting: Readonly<Record<string, number>>
  readonly lastsMs: number
  readonly after: number
}
