/** `npm run import -- --body NAME`: a network becomes a pretrained one, whose features new classifiers start with. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fit } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { VERSION, type Start } from '#lib/processes/settings.ts'
import { knownNetwork } from '#lib/training/features/known-networks.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import { calibrationImages } from '#lib/training/import/calibration-images.ts'
import { saveImported, type PixelRange } from '#lib/training/import/import-model.ts'
import { readNetwork, type ForeignNetwork } from '#lib/training/import/read-network.ts'
import { machineName } from '../terminal/machine-name.ts'
import { fetchOfficialNetwork, OFFICIAL } from './official-network.ts'

export type ImportArguments = {
  readonly from: string | null
  readonly classes: readonly string[] | null
  readonly pixels: PixelRange | null
  readonly fit: Fit | null
  readonly size: number | undefined
  readonly command: string
  readonly calibration: string | null
}

type PretrainedNetwork = Pick<ForeignNetwork, 'model' | 'file'>

const NO_HEAD = ['none yet', 'none either'] // the outputs of a backbone are replaced before training

export async function importPretrained(name: string, args: ImportArguments, start: Start): Promise<void> {
  const { from, size } = args
  const network = from === null ? await fetchNetwork(args, start) : await readNetwork({ path: from, size })
  await sealPretrained(name, network, args, start)
}

async function fetchNetwork(
  { size }: ImportArguments,
  { settings, places }: Start,
): Promise<PretrainedNetwork> {
  const model = await fetchOfficialNetwork({
    mirror: settings.DATASET_MIRROR,
    downloads: join(places.dataDir, 'downloads'),
    size,
  })
  return { model, file: { name: OFFICIAL.folder, sha256: OFFICIAL.digest } }
}

async function sealPretrained(
  name: string,
  network: PretrainedNetwork,
  args: ImportArguments,
  start: Start,
): Promise<void> {
  const known = knownNetwork(network.model)
  const out = join(start.places.dataDir, BODIES_FOLDER, name, 'v1')
  await rm(out, { recursive: true, force: true })
  await mkdir(join(out, '..'), { recursive: true })
  const { classes } = network.model.network
  await using engine = await openEngine('auto', 'inference')
  await saveImported(
    {
      ...network,
      ...args,
      calibration: args.calibration === null ? null : calibrationImages(args.calibration),
      classifier: { id: name, title: known?.title ?? name },
      version: 'v1',
      out,
      fit: args.fit ?? 'cover',
      pixels: args.pixels ?? known?.pixels ?? null,
      classes:
        classes === NO_HEAD.length ? NO_HEAD : Array.from({ length: classes }, (_, i) => `output ${i}`),
      codeVersion: VERSION,
      machine: machineName(),
    },
    { engine, now: () => new Date() },
  )
  console.log(
    `${name} is available as a pretrained network: ` +
      `${known ? `its weights are identical to ${known.title}` : 'it is not one of the known networks'}. ` +
      'New classifiers can start from it: recipes head and transfer.',
  )
}
