/** A version's files as one value: written completely or not at all, and read only when every byte matches the
 *  manifest. It runs no model; `goldenFailure` checks an engine's outputs against the golden
 *  ones. */
import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  card as cardSchema,
  golden as goldenSchema,
  manifest as manifestSchema,
  preprocess as preprocessSchema,
} from '#lib/contracts/bundle.ts'
import type { Card, GoldenOutputs, Manifest, Preprocess } from '#lib/contracts/bundle.ts'
import { int8File, type Int8File } from '#lib/contracts/int8.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readReference, referenceBytes, type Reference } from '../evaluate/familiarity.ts'
import {
  outOfFold as outOfFoldSchema,
  testAnswers as testAnswersSchema,
  type OutOfFold,
  type TestAnswers,
} from '#lib/contracts/model-files.ts'
import { featureLength, type Network, type Weights } from '../network/network.ts'
import { BACKBONE_FILE } from '../onnx/foreign-graph.ts'
import { networkFiles } from './network-files.ts'
import { fromNetworkJson } from './network-json.ts'
import { fromTfjs } from './tfjs.ts'

export type BundleContent = {
  readonly network: Network
  readonly weights: Weights
  readonly preprocess: Preprocess
  /** In the order of the outputs; `classes.json` is this list. */
  readonly classes: readonly string[]
  readonly card: Card
  readonly golden: GoldenOutputs
  /** Null when it was saved without references, or trained on no image. */
  readonly reference: Reference | null
  /** Answers of a cross-validation; absent: it was evaluated by splits. */
  readonly outOfFold?: OutOfFold | null
  /** Absent: it has no test images, or was evaluated before they were stored. */
  readonly testAnswers?: TestAnswers | null
  /** Absent: it answers with float32 only. */
  readonly int8?: Int8File | null
}
export type Bundle = BundleContent & { readonly manifest: Manifest }

/** Writes the files next to `folder`, syncs them, and moves them there in one step. `onFile` receives the number
 *  of files written. */
export async function writeBundle(
  folder: string,
  content: BundleContent,
  onFile: (written: number, files: number) => void = () => undefined,
): Promise<void> {
  const { format, graph, files: ofNetwork } = networkFiles(content)
  const files: Record<string, Uint8Array> = {
    ...ofNetwork,
    'preprocess.json': jsonBytes(content.preprocess),
    'classes.json': jsonBytes(content.classes),
    'card.json': jsonBytes(content.card),
    'golden.json': jsonBytes(content.golden),
    ...(content.outOfFold ? { 'folds.json': jsonBytes(content.outOfFold) } : {}),
    ...(content.testAnswers ? { 'test.json': jsonBytes(content.testAnswers) } : {}),
    ...(content.int8 ? { 'int8.json': jsonBytes(content.int8) } : {}),
    ...(content.reference ? { 'reference.bin': referenceBytes(content.reference) } : {}),
  }
  const manifest: Manifest = {
    format,
    classifier: content.card.classifier,
    version: content.card.version,
    files: {
      ...Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.length }]),
      ),
      ...(graph && { [BACKBONE_FILE]: { sha256: graph.sha256, bytes: graph.bytes } }),
    },
  }
  const making = join(dirname(folder), `.making-${basename(folder)}-${process.pid}`)
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true })
  try {
    const entries = Object.entries({ ...files, 'manifest.json': jsonBytes(manifest) })
    onFile(0, entries.length)
    if (graph) await placeGraph(graph.file, join(making, BACKBONE_FILE))
    for (const [i, [name, bytes]] of entries.entries()) {
      await using file = await open(join(making, name), 'w')
      await file.writeFile(bytes)
      await file.sync()
      onFile(i + 1, entries.length)
    }
    await rm(folder, { recursive: true, force: true })
    await rename(making, folder)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

/** Bundles never change, so versions with the same large file share it where the disk can. */
async function placeGraph(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to))
}

/** The out-of-fold answers of a saved version; null where it has none. */
export async function readOutOfFold(folder: string): Promise<OutOfFold | null> {
  const text = await readFile(join(folder, 'folds.json'), 'utf8').catch(() => null)
  return text === null ? null : outOfFoldSchema.parse(JSON.parse(text))
}

/** The answers of a saved version to its test images; null where they are not stored. */
export async function readTestAnswers(folder: string): Promise<TestAnswers | null> {
  const text = await readFile(join(folder, 'test.json'), 'utf8').catch(() => null)
  return text === null ? null : testAnswersSchema.parse(JSON.parse(text))
}

/** Reads and verifies; a DarkroomError `bad_bundle` names the fault. */
export async function readBundle(folder: string): Promise<Bundle> {
  const manifest = await parsed(folder, 'manifest.json', (value) => manifestSchema.parse(value))
  const bytes = new Map<string, Uint8Array>()
  for (const [name, { sha256: expected, bytes: size }] of Object.entries(manifest.files)) {
    if (name !== basename(name))
      throw badBundle(folder, `its manifest lists "${name}", which is outside the folder`)
    const content = await contentOf(folder, name, size)
    if (sha256(content) !== expected) throw badBundle(folder, `the checksum of ${name} does not match`)
    bytes.set(name, content)
  }
  const text = (name: string): string => {
    const content = bytes.get(name)
    if (!content) throw badBundle(folder, `its manifest does not list ${name}`)
    return Buffer.from(content).toString('utf8')
  }
  try {
    const weightsBin = bytes.get('weights.bin') ?? new Uint8Array()
    const { network, weights } =
      manifest.format === 'darkroom-bundle/2'
        ? fromNetworkJson(text('network.json'), weightsBin, folder)
        : fromTfjs(text('model.json'), weightsBin)
    const classes: unknown = JSON.parse(text('classes.json'))
    if (
      !Array.isArray(classes) ||
      classes.length !== network.classes ||
      !classes.every((name) => typeof name === 'string')
    ) {
      throw badBundle(folder, `classes.json does not name the ${network.classes} classes of the network`)
    }
    return {
      manifest,
      network,
      weights,
      classes,
      preprocess: preprocessSchema.parse(JSON.parse(text('preprocess.json'))),
      card: cardSchema.parse(JSON.parse(text('card.json'))),
      golden: goldenSchema.parse(JSON.parse(text('golden.json'))),
      reference: referenceOf(bytes.get('reference.bin'), featureLength(network)),
      ...(bytes.has('int8.json') && { int8: int8File.parse(JSON.parse(text('int8.json'))) }),
      ...(bytes.has('folds.json') && { outOfFold: outOfFoldSchema.parse(JSON.parse(text('folds.json'))) }),
      ...(bytes.has('test.json') && { testAnswers: testAnswersSchema.parse(JSON.parse(text('test.json'))) }),
    }
  } catch (cause) {
    if (cause instanceof DarkroomError) throw cause
    throw badBundle(folder, 'one of its files has invalid content', cause)
  }
}

/** A version's preprocessing, without the rest of its bundle. */
export const readPreprocess = (folder: string): Promise<Preprocess> =>
  parsed(folder, 'preprocess.json', (value) => preprocessSchema.parse(value))

/** A version's card, without the rest of its bundle. */
export const readCard = (folder: string): Promise<Card> =>
  parsed(folder, 'card.json', (value) => cardSchema.parse(value))

/** Whether its layers but the last are an ONNX file of another program. */
export const isOnnxBundle = async (folder: string): Promise<boolean> =>
  (await parsed(folder, 'manifest.json', (value) => manifestSchema.parse(value))).format ===
  'darkroom-bundle/2'

function referenceOf(bytes: Uint8Array | undefined, length: number): Reference | null {
  if (bytes === undefined) return null
  const reference = readReference(bytes)
  if (reference.length !== length)
    throw new Error(`reference.bin has ${reference.length} features per image, and the network has ${length}`)
  return reference
}

/** Describes the first golden image whose output differs from the saved one; null when all agree.
 *  @param rows logits of each golden input, in their order. */
export function goldenFailure(golden: GoldenOutputs, rows: readonly ArrayLike<number>[]): string | null {
  for (const [i, { name, probabilities }] of golden.inputs.entries()) {
    const row = rows[i]
    if (!row || row.length !== probabilities.length)
      return (
        `the output for the golden input ${name} has ${row?.length ?? 0} values instead of ` +
        `${probabilities.length}`
      )
    const probabilitiesHere = softmax(Array.from(row))
    const off = Math.max(...probabilitiesHere.map((p, k) => Math.abs(p - probabilities[k]!)))
    if (!(off <= golden.tolerance))
      return (
        `the output for the golden input ${name} differs: a probability is off by ` +
        `${off.toPrecision(2)}, and the tolerance is ${golden.tolerance}`
      )
  }
  return null
}

/** Describes the first golden image whose top class differs from the saved one, where that leads by `CLEAR_MARGIN`;
 *  null when all agree. With 8-bit numbers, processors round sums in different ways. */
export function int8GoldenFailure(
  { golden }: Int8File,
  names: readonly string[],
  rows: readonly ArrayLike<number>[],
): string | null {
  for (const [i, probabilities] of golden.entries()) {
    const row = Array.from(rows[i] ?? [])
    if (row.length !== probabilities.length || !row.every(Number.isFinite))
      return `the output for the golden input ${names[i]} has other values than ${probabilities.length} numbers`
    const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a)
    if (first - second >= CLEAR_MARGIN && largestPlace(row) !== largestPlace(probabilities))
      return `the top class of the golden input ${names[i]} differs`
  }
  return null
}

/** Of probabilities, between the first and the second class. */
const CLEAR_MARGIN = 0.1
const largestPlace = (row: readonly number[]): number => row.indexOf(Math.max(...row))

/** Opens only a file of that size: a pipe or a device may never end, and another size is damage. */
async function contentOf(folder: string, name: string, size?: number): Promise<Buffer> {
  const file = join(folder, name)
  const missing = (cause: unknown): never => {
    throw badBundle(folder, `${name} is missing`, cause)
  }
  const facts = await stat(file).catch(missing)
  if (!facts.isFile()) throw badBundle(folder, `${name} is not a file`)
  if (size !== undefined && facts.size !== size)
    throw badBundle(folder, `${name} has ${facts.size} bytes instead of ${size}`)
  return readFile(file).catch(missing)
}

async function parsed<T>(folder: string, name: string, parse: (value: unknown) => T): Promise<T> {
  const content = await contentOf(folder, name)
  try {
    return parse(JSON.parse(content.toString('utf8')))
  } catch (cause) {
    throw badBundle(folder, `${name} has invalid content`, cause)
  }
}

function badBundle(folder: string, why: string, cause?: unknown): DarkroomError {
  const remedy = 'Restore the files of this version, or train again.'
  return new DarkroomError(
    'bad_bundle',
    { what: `The version in ${basename(dirname(folder))}/${basename(folder)} cannot be used`, why, remedy },
    { cause },
  )
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const jsonBytes = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`)
