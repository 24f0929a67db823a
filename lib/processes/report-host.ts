/**
 * The heartbeat of this host, with the figures of its processes, for the other hosts that share the data. One process
 * of a start writes it: the first that shows pages, or the worker where there is none.
 */
import { hostname } from 'node:os'
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import type { Host } from '#lib/data/processes/process-records.ts'
import type { MachineFigures } from '#lib/operations/machine.ts'
import type { ProcessPlace } from './process-layout.ts'
import { VERSION, type Start } from './settings.ts'

/** A host that was silent for several of these is shown as gone. */
export const HOST_BEAT_MS = 3_000

export type HostReport = {
  readonly beat: () => Promise<void>
  readonly leave: () => Promise<void>
}

type HostReportParts = {
  readonly hosts: Pick<Data['hosts'], 'seen' | 'leave'>
  readonly machine: () => Promise<MachineFigures>
  readonly startedAt: Date
}

export function createHostReport(
  { settings }: Pick<Start, 'settings'>,
  { folder }: Pick<ProcessPlace, 'folder'>,
  { hosts, machine, startedAt }: HostReportParts,
): HostReport {
  const host: Omit<Host, 'processes'> = {
    id: `${hostname()} ${path.basename(folder)}`,
    name: settings.ROLE === 'worker' ? hostname() : `${hostname()}:${settings.PORT}`,
    role: settings.ROLE,
    version: VERSION,
    startedAt,
  }
  return {
    beat: async () => hosts.seen({ ...host, processes: (await machine()).processes }),
    leave: () => hosts.leave(host.id),
  }
}
