/** Hosts report here that they live and which processes they run; one process at a time holds the lease of work that is
 *  done once for all of them. lib/operations decides how often. */
import { storedProcesses } from '#lib/contracts/stored-json.ts'
import { parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { Hosts } from './process-records.ts'

/** Each reports every few seconds; one that was silent this long is gone. */
const SILENT_MS = 15_000

export function hostsOf({ statements: { hosts }, settings: { clock } }: Store): Hosts {
  return {
    seen: ({ processes, ...host }) =>
      hosts.seen({ ...host, processesJson: JSON.stringify(processes) }, clock.now),
    leave: hosts.leave,
    async list() {
      const since = clock.now() - SILENT_MS
      return (await hosts.list()).map(({ processesJson, ...row }) => ({
        ...row,
        isLive: row.lastSeen.getTime() > since,
        processes: parsed(storedProcesses, processesJson),
      }))
    },
    takeLease: (name, holder, leaseMs) => {
      const at = clock.now()
      return hosts.takeLease({ name, holder, until: new Date(at + leaseMs) }, new Date(at))
    },
    leaveLease: hosts.leaveLease,
  }
}
