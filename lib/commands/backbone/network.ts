/** `npm run backbone -- fetch NAME` and `-- list`: networks of the catalogue. */
import { join, resolve } from 'node:path'
import type { CatalogueName } from '#lib/contracts/backbones.ts'
import { networkPorts } from '#lib/processes/compose/pretrained-ports.ts'
import { readStart } from '#lib/processes/settings.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import { CATALOGUE, hostOf } from '#lib/training/pretrained/catalogue.ts'
import { installNetwork } from '#lib/training/pretrained/install-network.ts'
import { defaultBundle } from '#lib/training/run/start/backbones.ts'

/** @returns the exit code */
export async function fetchNetwork(
  name: CatalogueName,
  from: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { places, settings } = readStart()
  const entry = CATALOGUE[name]
  console.log(
    from === undefined
      ? `Downloading ${entry.title} (${megabytes(entry.bytes)}) from ${settings.BACKBONE_MIRROR ?? hostOf(entry)}.`
      : `Installing ${entry.title} from ${from}.`,
  )
  const folder = await installNetwork(
    {
      name,
      into: join(places.dataDir, BODIES_FOLDER),
      downloads: join(places.dataDir, 'downloads'),
      defaultFolder: defaultBundle(places),
      from: from === undefined ? undefined : resolve(from),
    },
    networkPorts({
      mirror: settings.BACKBONE_MIRROR,
      command: `npm run backbone -- fetch ${name}${from === undefined ? '' : ' --from FILE'}`,
      signal,
    }),
  )
  console.log(`${entry.title} is installed in ${folder}.`)
  return 0
}

export function listNetworks(): number {
  for (const [name, entry] of Object.entries(CATALOGUE))
    console.log(
      `${name.padEnd(20)} ${entry.title}, trained on ${entry.trainedOn}: ${megabytes(entry.bytes)} from ` +
        `${hostOf(entry)}, ${entry.license}; ${entry.published}`,
    )
  return 0
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
