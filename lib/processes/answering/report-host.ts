/**
 * The heartbeat of this host, with the figures of its processes, for the other hosts that share the data, and the sweep
 * of its own folder. One process of a start does both: the first that shows pages, or the worker where there is none.
 */
import { hostname } from 'node:os'
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import type { Host } from '#lib/data/processes/process-records.ts'
import type { MachineFigures } from '#lib/operations/machine.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import type { ProcessPlace } from '../start/process-layout.ts'
import { VERSION, type Start } from '../settings.ts'

/** A host that was silent for several of these is shown as gone. */
export const HOST_BEAT_MS = 3_000

/** An image that is deleted permanently is gone from the other hosts after so long, and a copy's first hour. */
const SWEEP_EVERY_MS = 1_800_000
/** A pretrained network that another host has installed is listed here after so long. */
const NETWORKS_EVERY_MS = 30_000

export type HostReport = {
  readonly beat: () => Promise<void>
  readonly leave: () => Promise<void>
}

type HostReportParts = {
  readonly hosts: Pick<Data['hosts'], 'seen' | 'leave'>
  readonly images: Pick<Data['images'], 'sweepCopies'>
  readonly folders: Pick<Data['folders'], 'provideAll'>
  readonly machine: () => Promise<MachineFigures>
  readonly startedAt: Date
}

export function createHostReport(
  { settings, places }: Pick<Start, 'settings' | 'places'>,
  { folder }: Pick<ProcessPlace, 'folder'>,
  { hosts, images, folders, machine, startedAt }: HostReportParts,
): HostReport {
  const host: Omit<Host, 'processes'> = {
    id: `${hostname()} ${path.basename(folder)}`,
    name: settings.ROLE === 'worker' ? hostname() : `${hostname()}:${settings.PORT}`,
    role: settings.ROLE,
    version: VERSION,
    startedAt,
  }
  let [sweptAt, providedAt] = [-SWEEP_EVERY_MS, -NETWORKS_EVERY_MS]
  return {
    async beat() {
      await hosts.seen({ ...host, processes: (await machine()).processes })
      const now = performance.now()
      if (now - providedAt >= NETWORKS_EVERY_MS) {
        providedAt = now
        await folders.provideAll(path.join(places.dataDir, BODIES_FOLDER))
      }
      if (now - sweptAt < SWEEP_EVERY_MS) return
      sweptAt = now
      await images.sweepCopies()
    },
    leave: () => hosts.leave(host.id),
  }
}
