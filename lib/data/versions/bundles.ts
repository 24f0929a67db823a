/**
 * Reads a version's folder and verifies that it is complete. The engine verifies that it reproduces the
 * reference outputs.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BUNDLE_FILES, card, manifest, preprocess } from '#lib/contracts/bundle.ts'
import type { Card, Manifest, Preprocess } from '#lib/contracts/bundle.ts'
import { zodErrorMap } from '#lib/contracts/validation-messages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export type ProvenBundle = {
  readonly folder: string
  readonly manifest: Manifest
  readonly card: Card
  readonly preprocess: Preprocess
  readonly classes: readonly string[]
}

/** No file of a bundle that is read as JSON is larger. */
const LARGEST_JSON = 64 * 1024 ** 2

/** Every file of the manifest with its sha256 and size, and every file that a bundle must have. `bad_bundle`
 *  names what is wrong. */
export async function verifyBundle(folder: string): Promise<ProvenBundle> {
  const bundle = await measureBundle(folder)
  for (const name of BUNDLE_FILES[bundle.manifest.format])
    if (name !== 'manifest.json' && !bundle.manifest.files[name])
      throw badBundle(folder, `its manifest does not name ${name}`)
  for (const [name, { sha256 }] of Object.entries(bundle.manifest.files)) {
    if ((await hashIn(folder, name)) !== sha256)
      throw badBundle(folder, `the checksum of ${name} does not match`)
  }
  return bundle
}

/** Every file of the manifest with its size: what is missing, truncated or no file is known before anything
 *  large is read. */
export async function measureBundle(folder: string): Promise<ProvenBundle> {
  const bundle = await readBundle(folder)
  for (const [name, { bytes }] of Object.entries(bundle.manifest.files)) {
    const size = await sizeOf(folder, name)
    if (size !== bytes) throw badBundle(folder, `${name} has ${size} bytes instead of ${bytes}`)
  }
  return bundle
}

/** The contents of a bundle, not verified. */
export async function readBundle(folder: string): Promise<ProvenBundle> {
  const bundle = {
    folder,
    manifest: await jsonIn(folder, 'manifest.json', manifest),
    card: await jsonIn(folder, 'card.json', card),
    preprocess: await jsonIn(folder, 'preprocess.json', preprocess),
    classes: await classesIn(folder),
  }
  const { classifier, version } = bundle.manifest
  if (bundle.card.classifier !== classifier || bundle.card.version !== version)
    throw badBundle(
      folder,
      `its card is for ${bundle.card.classifier} ${bundle.card.version}, its manifest for ` +
        `${classifier} ${version}`,
    )
  return bundle
}

export const badBundle = (folder: string, why: string, cause?: unknown): DarkroomError => {
  const [classifier, version] = folder.split(path.sep).slice(-2)
  return new DarkroomError(
    'bad_bundle',
    {
      what: `The version ${version} of "${classifier}" cannot be used`,
      why,
      remedy: 'Restore its folder from a backup, or train a new version.',
    },
    { cause },
  )
}

type Schema<T> = {
  readonly safeParse: (
    value: unknown,
    inWords: typeof zodErrorMap,
  ) =>
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } }
}

async function jsonIn<T>(folder: string, name: string, schema: Schema<T>): Promise<T> {
  const result = schema.safeParse(await parsedIn(folder, name), zodErrorMap)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw badBundle(
    folder,
    `${name} is invalid at ${issue?.path.join('.') || 'its top level'}: it ` +
      `${issue?.message ?? 'is damaged'}`,
  )
}

async function classesIn(folder: string): Promise<readonly string[]> {
  const classes = await parsedIn(folder, 'classes.json')
  if (Array.isArray(classes) && classes.length > 0 && classes.every((name) => typeof name === 'string'))
    return classes
  throw badBundle(folder, 'classes.json is not a list of class names')
}

async function parsedIn(folder: string, name: string): Promise<unknown> {
  const size = await sizeOf(folder, name)
  if (size > LARGEST_JSON) throw badBundle(folder, `${name} has ${size} bytes, more than any such file`)
  const content = await fileIn(folder, name)
  try {
    return JSON.parse(content.toString('utf8'))
  } catch (error) {
    throw badBundle(folder, `${name} is not valid JSON`, error)
  }
}

/** A pipe or a device is not opened: reading it may never end. */
async function sizeOf(folder: string, name: string): Promise<number> {
  const facts = await stat(placeOf(folder, name)).catch((error: unknown) => {
    throw badBundle(folder, `${name} cannot be read`, error)
  })
  if (!facts.isFile()) throw badBundle(folder, `${name} is not a file`)
  return facts.size
}

const fileIn = (folder: string, name: string): Promise<Buffer> =>
  readFile(placeOf(folder, name)).catch((error: unknown) => {
    throw badBundle(folder, `${name} cannot be read`, error)
  })

/** Weights may be large: they are read piece by piece. */
async function hashIn(folder: string, name: string): Promise<string> {
  const hash = createHash('sha256')
  const file = placeOf(folder, name)
  try {
    await pipeline(createReadStream(file), hash)
  } catch (error) {
    throw badBundle(folder, `${name} cannot be read`, error)
  }
  return hash.digest('hex')
}

function placeOf(folder: string, name: string): string {
  if (path.basename(name) !== name)
    throw badBundle(folder, `its manifest lists "${name}", which is not a file of the bundle`)
  return path.join(folder, name)
}
