/** What installing a pretrained network needs from outside, for the worker and for commands: the downloader, an engine,
 *  and a name for the machine. */
import { availableParallelism, cpus } from 'node:os'
import { openEngine } from '#lib/engines/open-engine.ts'
import { download } from '#lib/ingest/readers/download.ts'
import type { NetworkPorts } from '#lib/training/pretrained/install-network.ts'
import type { Origin } from '#lib/training/run/seal/unmeasured-card.ts'
import { inspectElsewhere, saveElsewhere } from '../forks/fork-inspection.ts'
import { VERSION } from '../settings.ts'

export const originOf = (command: string): Origin => ({
  command,
  codeVersion: VERSION,
  machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`,
  now: new Date(),
})

export const networkPorts = ({
  mirror,
  command,
  signal,
  memoryBytes,
  onLine = () => undefined,
}: {
  /** BACKBONE_MIRROR */
  readonly mirror: string | undefined
  readonly command: string
  readonly signal: AbortSignal
  /** What the examination of an ONNX file may take; absent: as much as its size explains. */
  readonly memoryBytes?: number
  /** Called with each line of the process that examines one. */
  readonly onLine?: (line: string) => void
}): NetworkPorts => ({
  fetchFile: ({ name, url, bytes }, to, stop) =>
    download({
      file: { name, urls: [url], packedBytes: bytes },
      to,
      mirror,
      mirrorSetting: 'BACKBONE_MIRROR',
      isContinued: true,
      check: () => Promise.resolve(), // the installation checks all files together
      signal: stop,
    }),
  openEngine: () => openEngine('auto', 'inference'),
  inspect: inspectElsewhere({ memoryBytes, signal, onLine }),
  save: saveElsewhere({ memoryBytes, signal, onLine }),
  origin: originOf(command),
  signal,
})
