/** A network that was trained elsewhere, read from its file, folder or ZIP archive: Keras, TensorFlow.js, and exports
 *  of Teachable Machine with their labels. It decides nothing about classes or classifiers, and refuses other formats
 *  by name. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, posix } from 'node:path'
import { isZip, listZip, readZip } from '#lib/archive/read-zip.ts'
import { weightsManifest } from '#lib/contracts/developer-files.ts'
import { teachableMachine } from '#lib/contracts/imports.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { cannotImport } from '#lib/ml/formats/keras-config.ts'
import { fromKerasH5, isHdf5 } from '#lib/ml/formats/keras-h5.ts'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import { fromKerasZip, KERAS_CONFIG, KERAS_WEIGHTS } from '#lib/ml/formats/keras-zip.ts'
import type { ModelImport } from './import-model.ts'
import { foreignFormat } from './foreign-formats.ts'
import { labelsIn } from './labels-file.ts'

const LARGEST_MB = 500
const LARGEST_BYTES = LARGEST_MB * 2 ** 20
const HEAD_BYTES = 16
const MODEL_JSON = 'model.json'
const METADATA_JSON = 'metadata.json'
/** What Teachable Machine and others call the list of classes next to a model. */
const LABEL_FILE = /^(?:labels|classes|class_names)\.txt$/i
/** `capture` in @teachablemachine/image: value ÷ 127 − 1 of the square in the middle. */
const TEACHABLE_RANGE = { scale: 1 / 127, offset: -1 }
/** As in the example program that Teachable Machine shows for Keras: value ÷ 127.5 − 1. */
const TEACHABLE_KERAS_RANGE = { scale: 1 / 127.5, offset: -1 }

export type ForeignNetwork = {
  readonly model: KerasModel
  readonly file: ModelImport['file']
  /** In the order of the outputs, where a file next to the network names them. */
  readonly labels: readonly string[] | null
  /** How images become square, where the program that made it is known to do it in one way. */
  readonly fit: Fit | null
}

export type NetworkSource = {
  /** A file, or a folder with model.json or one network in it. */
  readonly path: string
  /** As a person knows it; absent: the name of the path. */
  readonly name?: string
  /** Of the images, where it differs from the network's own. */
  readonly size?: number | undefined
}

/** @throws DarkroomError `invalid_input` */
export async function readNetwork({
  path,
  name = basename(path),
  size,
}: NetworkSource): Promise<ForeignNetwork> {
  const about = await stat(path).catch(() => null)
  if (about === null)
    throw new DarkroomError('invalid_input', {
      what: 'Nothing was imported',
      why: `${path} does not exist`,
      remedy: 'Specify a file with --from.',
    })
  if (about.isDirectory()) return inFolder(await filesOfFolder(path), { name, size })
  if (!isZip(await headOf(path))) return { ...(await alone(path, name)), labels: null, fit: null }
  return inZip(path, { name, size })
}

/** The files around a network: their paths with slashes, and how one is read. */
type Files = {
  readonly paths: readonly string[]
  readonly read: (path: string) => Promise<Buffer>
  readonly sha256: () => Promise<string>
}
type Options = { readonly name: string; readonly size: number | undefined }

async function filesOfFolder(folder: string): Promise<Files> {
  const entries = await readdir(folder, { withFileTypes: true })
  const paths = entries.filter((one) => one.isFile()).map((one) => one.name)
  const read = (path: string): Promise<Buffer> => readWithin(join(folder, path))
  return {
    paths,
    read,
    async sha256() {
      const hash = createHash('sha256')
      for (const path of paths.toSorted()) hash.update(await read(path))
      return hash.digest('hex')
    },
  }
}

async function inZip(archive: string, options: Options): Promise<ForeignNetwork> {
  const { files } = await listZip(archive)
  const limits = { entryBytes: LARGEST_BYTES, totalBytes: LARGEST_BYTES }
  return inFolder(
    {
      paths: files.map(({ path }) => path),
      async read(wanted) {
        for await (const entry of readZip(archive, { ...limits, wants: (path) => path === wanted })) {
          if (entry.kind === 'file') return Buffer.from(entry.bytes)
          if (entry.kind === 'refused')
            throw cannotImport(`${entry.path} in it cannot be read: ${entry.refused}`)
        }
        throw cannotImport(`the archive has no ${basename(wanted)}`)
      },
      sha256: () => hashOfFile(archive),
    },
    options,
  )
}

/** One network among files: the layers format of TensorFlow.js, or one file of Keras. */
async function inFolder(files: Files, { name, size }: Options): Promise<ForeignNetwork> {
  const file = async () => ({ name, sha256: await files.sha256() })
  if (files.paths.includes(KERAS_CONFIG) && files.paths.includes(KERAS_WEIGHTS)) {
    const [config, weights] = [await files.read(KERAS_CONFIG), await files.read(KERAS_WEIGHTS)]
    return {
      model: fromKerasZip(config.toString('utf8'), weights),
      file: await file(),
      labels: null,
      fit: null,
    }
  }
  const models = files.paths.filter((path) => posix.basename(path) === MODEL_JSON)
  if (models.length > 1) throw cannotImport(`it has ${models.length} files ${MODEL_JSON}; send one network`)
  if (models[0] !== undefined) return tfjsModel(models[0], files, { file: await file(), size })
  const kerasFiles = files.paths.filter((path) => /\.(?:h5|hdf5|keras)$/i.test(path))
  if (kerasFiles.length > 1)
    throw cannotImport(`it has ${kerasFiles.length} files of Keras; send one network`)
  if (kerasFiles[0] !== undefined) {
    const { model } = await kerasModel(await files.read(kerasFiles[0]))
    const { labels, isTeachable } = await labelsNextTo(kerasFiles[0], files)
    return {
      model: isTeachable ? { ...model, rescaling: model.rescaling ?? TEACHABLE_KERAS_RANGE } : model,
      file: await file(),
      labels,
      fit: isTeachable ? 'cover' : null,
    }
  }
  throw cannotImport(
    foreignFormat(files.paths) ??
      `it has neither ${MODEL_JSON} with weights, nor ${KERAS_CONFIG} with ${KERAS_WEIGHTS}, nor a .h5 or .keras file`,
  )
}

async function tfjsModel(
  path: string,
  files: Files,
  { file, size }: { readonly file: ModelImport['file']; readonly size: number | undefined },
): Promise<ForeignNetwork> {
  const folder = posix.dirname(path)
  const pathOf = (name: string): string => (folder === '.' ? name : `${folder}/${name}`)
  const modelJson = (await files.read(path)).toString('utf8')
  const shards: Buffer[] = []
  for (const name of weightPaths(modelJson)) {
    const shard = pathOf(posix.basename(name))
    if (!files.paths.includes(shard)) throw cannotImport(`the folder has no ${posix.basename(name)}`)
    shards.push(await files.read(shard))
  }
  const model = fromForeignTfjs(modelJson, Buffer.concat(shards), size === undefined ? {} : { size })
  const metadata = files.paths.includes(pathOf(METADATA_JSON))
    ? metadataIn((await files.read(pathOf(METADATA_JSON))).toString('utf8'))
    : null
  if (metadata)
    return {
      model: { ...model, rescaling: model.rescaling ?? TEACHABLE_RANGE },
      file,
      labels: metadata.labels,
      fit: 'cover',
    }
  return { model, file, labels: (await labelsNextTo(path, files)).labels, fit: null }
}

/** Null where it is the metadata of another program. */
function metadataIn(text: string): { readonly labels: readonly string[] } | null {
  try {
    const read = teachableMachine.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

async function labelsNextTo(
  path: string,
  files: Files,
): Promise<{ readonly labels: readonly string[] | null; readonly isTeachable: boolean }> {
  const list = files.paths.find(
    (one) => posix.dirname(one) === posix.dirname(path) && LABEL_FILE.test(posix.basename(one)),
  )
  if (list === undefined) return { labels: null, isTeachable: false }
  const { labels, isNumbered } = labelsIn((await files.read(list)).toString('utf8'))
  return { labels, isTeachable: isNumbered && posix.basename(path) === 'keras_model.h5' }
}

/** The files with the weights, in their order. */
function weightPaths(modelJson: string): readonly string[] {
  const value = jsonOf(modelJson)
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === 'graph-model')
    throw cannotImport(
      'it is a graph model of TensorFlow.js, whose layers are lost; export it in the layers format ' +
        '(tensorflowjs_converter --output_format=tfjs_layers_model), or import the Keras file',
    )
  const read = weightsManifest.safeParse(value)
  if (!read.success) throw cannotImport(`its ${MODEL_JSON} names no files with weights`)
  return read.data.weightsManifest.flatMap(({ paths }) => paths)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw cannotImport(`its ${MODEL_JSON} is not valid JSON`)
  }
}

async function alone(path: string, name: string): Promise<Pick<ForeignNetwork, 'model' | 'file'>> {
  const bytes = await readWithin(path)
  const { model } = await kerasModel(bytes, name)
  return { model, file: { name, sha256: createHash('sha256').update(bytes).digest('hex') } }
}

/** A `.h5` file, or the `.keras` format of Keras 3. */
async function kerasModel(bytes: Buffer, name = ''): Promise<{ readonly model: KerasModel }> {
  if (!isZip(bytes)) {
    const other = isHdf5(bytes) ? null : foreignFormat([name], bytes)
    if (other !== null) throw cannotImport(other)
    return { model: fromKerasH5(bytes) }
  }
  const parts = new Map<string, Uint8Array>()
  const wants = (path: string): boolean => path === KERAS_CONFIG || path === KERAS_WEIGHTS
  const limits = { entryBytes: LARGEST_BYTES, totalBytes: LARGEST_BYTES, wants }
  for await (const entry of readZip(bytes, limits))
    if (entry.kind === 'file') parts.set(entry.path, entry.bytes)
  const [config, weights] = [parts.get(KERAS_CONFIG), parts.get(KERAS_WEIGHTS)]
  if (!config || !weights)
    throw cannotImport(
      `it is a ZIP archive without ${KERAS_CONFIG} and ${KERAS_WEIGHTS}, which a .keras file has`,
    )
  return { model: fromKerasZip(new TextDecoder().decode(config), weights) }
}

async function readWithin(path: string): Promise<Buffer> {
  const about = await stat(path).catch(() => null)
  if (about === null) throw cannotImport(`the folder of ${basename(dirname(path))} has no ${basename(path)}`)
  if (about.size > LARGEST_BYTES) throw cannotImport(`${basename(path)} is larger than ${LARGEST_MB} MB`)
  return readFile(path)
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
