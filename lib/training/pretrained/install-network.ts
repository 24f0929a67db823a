/** Installs a network of the catalogue: its files from the maker's address, a mirror or this machine, checked against
 *  the known checksum, or against that of the first download; then written as a bundle and measured. A failed attempt
 *  leaves nothing but what may be continued. How files are downloaded is a port. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { weightsManifest } from '#lib/contracts/developer-files.ts'
import type { CatalogueName, Normalisation } from '#lib/contracts/backbones.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { readSafetensors } from '#lib/ml/formats/safetensors.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { timmNetwork } from '#lib/ml/network/timm-network.ts'
import { digestOf } from '../features/known-networks.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { BACKBONE_TITLE } from './backbone-package.ts'
import { withDefaultNetwork } from './with-default-network.ts'
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts'
import { readPins, writePin } from './checksum-pins.ts'
import { millisecondsPerImage } from './measure-speed.ts'
import type { InspectOnnx } from './onnx/inspect-onnx.ts'
import { preprocessOf } from './onnx/normalisation.ts'
import type { SaveOnnx } from './onnx/save-onnx.ts'
import { savePretrained } from './save-pretrained.ts'
import type { Origin } from '../run/seal/unmeasured-card.ts'

export type FileRequest = { readonly name: string; readonly url: string; readonly bytes: number }

export type NetworkPorts = {
  /** Puts a file in place, complete; continues what an earlier attempt left. */
  readonly fetchFile: (file: FileRequest, to: string, signal: AbortSignal) => Promise<void>
  readonly openEngine: () => Promise<TrainingEngine & AsyncDisposable>
  /** ONNX files come from elsewhere: they are run where they can do no harm. */
  readonly inspect: InspectOnnx
  readonly save: SaveOnnx
  readonly origin: Origin
  readonly signal: AbortSignal
}

export type NetworkInstallation = {
  readonly name: CatalogueName
  /** Folder of pretrained networks; the network gets a folder in it. */
  readonly into: string
  /** Where files are until they are complete. */
  readonly downloads: string
  /** The file, or the folder of a network in layers, on this machine. */
  readonly from?: string | undefined
  /** The bundle of the default network, with which a network in layers is combined; null: it is not installed. */
  readonly defaultFolder: string | null
  /** Instead of that of the catalogue; for tests. */
  readonly entry?: CatalogueEntry
}

const PLAIN_NAME = /^\w[\w.-]*$/
const LARGEST_JSON = 2 ** 20
/** All its files may be so many times as large as the catalogue states; each alone may, too. */
const LARGEST_RATIO = 2

/** @returns the folder of the network.
 *  @throws DarkroomError `bad_data_file` where the files cannot be had or are others, `disk_full`; the signal's reason
 *  where it was stopped. */
export async function installNetwork(
  installation: NetworkInstallation,
  ports: NetworkPorts,
): Promise<string> {
  const { name, into, entry = CATALOGUE[name] } = installation
  const folder = downloadFolder(installation.downloads, name)
  try {
    await mkdir(into, { recursive: true })
    const place = await installed({ ...installation, entry }, folder, ports)
    await rm(folder, { recursive: true, force: true })
    return place
  } catch (error) {
    ports.signal.throwIfAborted()
    if (isDarkroomError(error)) throw error
    if (isDiskFull(error)) throw diskFull(entry, error)
    throw notInstalled(entry, messageOf(error), error)
  }
}

/** What has arrived of a network: its size tells the progress. */
export const downloadFolder = (downloads: string, name: CatalogueName): string =>
  join(downloads, 'backbones', name)

type Task = NetworkInstallation & { readonly entry: CatalogueEntry }

function installed(task: Task, folder: string, ports: NetworkPorts): Promise<string> {
  const { content } = task.entry
  switch (content.kind) {
    case 'layers':
      return installLayers(task, folder, content, ports)
    case 'timm':
      return installTimm(task, folder, content, ports)
    case 'onnx':
      return installOnnx(task, folder, content, ports)
  }
}

async function installLayers(
  task: Task,
  folder: string,
  { pixels }: Extract<CatalogueEntry['content'], { kind: 'layers' }>,
  ports: NetworkPorts,
): Promise<string> {
  const { entry, from } = task
  const main = from === undefined ? await fetched(entry.file, task, folder, ports) : join(from, entry.file)
  if ((await stat(main)).size > LARGEST_JSON) throw new Error(`${entry.file} is too large`)
  const modelJson = await readFile(main, 'utf8')
  const weights: Uint8Array[] = []
  let bytes = 0
  for (const file of weightFiles(modelJson)) {
    const path = from === undefined ? await fetched(file, task, folder, ports) : join(from, file)
    bytes += (await stat(path)).size
    if (bytes > LARGEST_RATIO * entry.bytes)
      throw new Error(`its weights are larger than ${LARGEST_RATIO * entry.bytes} bytes`)
    weights.push(await readFile(path))
  }
  const model = fromForeignTfjs(modelJson, Buffer.concat(weights), { size: entry.size })
  const checksum = digestOf(model)
  await requireChecksum(task, folder, checksum)
  return saveLayers(task, { model, checksum, normalisation: pixels }, ports)
}

async function installTimm(
  task: Task,
  folder: string,
  { network }: Extract<CatalogueEntry['content'], { kind: 'timm' }>,
  ports: NetworkPorts,
): Promise<string> {
  const bytes = await readFile(task.from ?? (await fetched(task.entry.file, task, folder, ports)))
  const checksum = createHash('sha256').update(bytes).digest('hex')
  await requireChecksum(task, folder, checksum)
  const model = timmNetwork(network, readSafetensors(bytes), 1)
  return saveLayers(task, { model, checksum, normalisation: 'imagenet' }, ports)
}

async function saveLayers(
  { entry, name, into, defaultFolder }: Task,
  {
    model,
    checksum,
    normalisation,
  }: {
    readonly model: { readonly network: Network; readonly weights: Weights }
    readonly checksum: string
    readonly normalisation: Normalisation
  },
  ports: NetworkPorts,
): Promise<string> {
  const alone = { ...model, preprocess: preprocessOf({ size: entry.size, channels: 3 }, normalisation) }
  const both = defaultFolder === null ? null : await withDefaultNetwork(alone, defaultFolder)
  const { network, weights, preprocess } = both ?? alone
  await using engine = await ports.openEngine()
  const place = await savePretrained(
    into,
    {
      name,
      ...entry,
      network,
      weights,
      preprocess,
      source: sourceOf(entry) + (both === null ? '' : ` Side by side with those of ${BACKBONE_TITLE}.`),
      settings: {
        file: entry.file,
        sha256: checksum,
        license: entry.license,
        milliseconds_per_image: await millisecondsPerImage(engine, { network, weights }, preprocess),
      },
    },
    ports.origin,
  )
  await writePin(into, name, checksum)
  return place
}

async function installOnnx(
  task: Task,
  folder: string,
  { normalisation, value, reading }: Extract<CatalogueEntry['content'], { kind: 'onnx' }>,
  ports: NetworkPorts,
): Promise<string> {
  const { entry, name, into, from } = task
  const file = from ?? (await fetched(entry.file, task, folder, ports))
  await requireChecksum(task, folder, await checksumOf(file))
  const inspection = await ports.inspect(file, { name: basename(file), normalisation, size: entry.size })
  const choice = inspection.choices.find((one) => one.value === value && one.reading === reading)
  if (!choice) throw new Error(`it has no features "${value}" (${reading})`)
  const place = await ports.save(file, into, {
    inspection,
    choice,
    ...entry,
    name,
    fileName: basename(file),
    source: sourceOf(entry),
    origin: ports.origin,
  })
  await writePin(into, name, inspection.sha256)
  return place
}

/** @returns the path of the complete file */
async function fetched(
  file: string,
  { entry, name }: Task,
  folder: string,
  ports: NetworkPorts,
): Promise<string> {
  const to = join(folder, basename(file))
  if (!existsSync(to))
    await ports.fetchFile(
      { name: `${name}/${basename(file)}`, url: `${entry.address}/${file}`, bytes: entry.bytes },
      to,
      ports.signal,
    )
  ports.signal.throwIfAborted()
  return to
}

async function checksumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array) // without an encoding
  return hash.digest('hex')
}

function weightFiles(modelJson: string): readonly string[] {
  const names = weightsManifest.parse(JSON.parse(modelJson)).weightsManifest.flatMap(({ paths }) => paths)
  if (names.length === 0 || !names.every((name) => PLAIN_NAME.test(name)))
    throw new Error('it has no list of weight files')
  return names
}

/** @throws Error where the content is another one; what was downloaded of it is deleted. */
async function requireChecksum({ entry, name, into }: Task, folder: string, checksum: string): Promise<void> {
  const first = entry.checksums.length > 0 ? entry.checksums : ((await readPins(into))[name] ?? [])
  if (first.length === 0 || first.includes(checksum)) return
  await rm(folder, { recursive: true, force: true })
  throw new Error(
    `its SHA-256 is ${checksum.slice(0, 12)}… instead of ${first[0]!.slice(0, 12)}…` +
      (entry.checksums.length > 0 ? '' : ', which the first download had'),
  )
}

const sourceOf = ({ title, trainedOn, address, license }: CatalogueEntry): string =>
  `${title}, trained on ${trainedOn}, from ${new URL(address).host}, license ${license}.`

const notInstalled = ({ title }: CatalogueEntry, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'bad_data_file',
    {
      what: `The pretrained network ${title} was not installed`,
      why,
      remedy:
        'Check the connection and BACKBONE_MIRROR, then try again, or use ' +
        '"npm run backbone -- fetch NAME --from FILE".',
    },
    { cause },
  )

const diskFull = ({ title, bytes }: CatalogueEntry, cause: unknown): DarkroomError =>
  new DarkroomError(
    'disk_full',
    {
      what: `The pretrained network ${title} was not installed`,
      why: `the disk has no space for its ${(bytes / 1e6).toFixed(0)} MB`,
      remedy: 'Free up space and try again.',
    },
    { cause },
  )
