/** The files of an import as they arrive, and the folder in which they wait for the worker. It reads no network: it
 *  only tells the file of a whole classifier from the others. */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isZip, listZip, ZIP_BYTES } from '#lib/archive/read-zip.ts'
import { displayName, peekStream } from '#lib/archive/spool-file.ts'
import type { Part } from '#lib/contracts/contract.ts'
import {
  importProgress,
  importResult,
  type ImportProgress,
  type ImportResult,
} from '#lib/contracts/imports.ts'
import type { ImportPayload } from '#lib/domain/jobs.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { ARCHIVE_FILE } from '../versions/classifier-zip.ts'

/** In DATA_DIR. */
const IMPORTS_FOLDER = 'imports'
const NETWORK_FOLDER = 'network'
const CALIBRATION = 'calibration.zip'
const PROGRESS = 'progress.json'
const RESULT = 'result.json'
/** A network of TensorFlow.js in the largest usual number of weight files. */
const MOST_FILES = 200
const PLAIN_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._ ()-]{0,150}$/
const LONGEST_NAME = 200

export const importsFolder = (dataDir: string): string => join(dataDir, IMPORTS_FOLDER)
/** Where the worker keeps what it writes while it works. */
export const scratchOf = (folder: string): string => join(folder, 'scratch')
export const calibrationIn = (folder: string): string => join(folder, CALIBRATION)

/** The path of the one file, or of the folder of several. */
export const arrivedIn = (folder: string): string => join(folder, NETWORK_FOLDER)

export type ReceivedImport = {
  readonly fields: Readonly<Record<string, string>>
  readonly kind: ImportPayload['kind']
  readonly filename: string
  readonly hasCalibration: boolean
  /** Moves it to where the worker looks for the import of this name. */
  readonly keepAs: (name: string) => Promise<void>
  readonly discard: () => Promise<void>
}

/** @throws DarkroomError `missing_file`, `too_large`, `invalid_input`, `bad_archive` */
export async function receiveImport(
  parts: AsyncIterable<Part>,
  { dataDir, maxUploadBytes }: { readonly dataDir: string; readonly maxUploadBytes: number },
): Promise<ReceivedImport> {
  const imports = importsFolder(dataDir)
  await mkdir(imports, { recursive: true })
  const folder = await mkdtemp(join(imports, `.making-${process.pid}-`))
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const received = await written(parts, folder, maxUploadBytes)
    const { names } = received
    const [first] = names
    if (first === undefined)
      throw refusal(
        'missing_file',
        'the form has no file',
        'Send the network or the exported classifier as "file".',
      )
    // one file is read as itself, several as a folder
    if (names.length === 1) {
      await rename(join(folder, NETWORK_FOLDER, first), join(folder, 'file'))
      await rm(join(folder, NETWORK_FOLDER), { recursive: true })
      await rename(join(folder, 'file'), arrivedIn(folder))
    }
    const isClassifier = received.isArchive && (await isClassifierFile(arrivedIn(folder)))
    return {
      fields: received.fields,
      kind: isClassifier ? 'classifier' : 'network',
      filename: received.filename,
      hasCalibration: received.hasCalibration,
      keepAs: (name) => rename(folder, join(imports, name)),
      discard,
    }
  } catch (error) {
    await discard()
    throw error
  }
}

async function written(parts: AsyncIterable<Part>, folder: string, mostBytes: number) {
  const fields: Record<string, string> = {}
  const names: string[] = []
  let filename = ''
  let hasCalibration = false
  let isArchive = false
  const left = { bytes: mostBytes, of: mostBytes }
  await mkdir(join(folder, NETWORK_FOLDER))
  for await (const part of parts) {
    if (part.kind === 'field') {
      fields[part.name] = part.value
      continue
    }
    const { first, all } = await peekStream(part.bytes, ZIP_BYTES)
    if (first.byteLength === 0 && part.filename === '') continue // an empty file field of a form
    const name = displayName(part.filename).slice(-LONGEST_NAME)
    if (part.name === 'calibration') {
      if (hasCalibration) throw invalid('it has two files "calibration"', 'Send one ZIP archive of images.')
      if (!isZip(first))
        throw invalid('"calibration" is not a ZIP archive', 'Send a ZIP archive of images, or omit it.')
      hasCalibration = true
      await pipeline(limited(all, left), createWriteStream(calibrationIn(folder)))
      continue
    }
    const own = name.split(/[\\/]/).at(-1) ?? ''
    const plain = names.length === 0 && !PLAIN_NAME.test(own) ? 'file' : own
    if (!PLAIN_NAME.test(plain) || names.includes(plain))
      throw invalid(`the file name "${own}" is not valid, or was sent twice`, 'Send them in one ZIP archive.')
    if (names.length === MOST_FILES)
      throw invalid(`more than ${MOST_FILES} files were sent`, 'Send them in one ZIP archive.')
    names.push(plain)
    filename ||= own || 'file'
    isArchive = isZip(first)
    await pipeline(limited(all, left), createWriteStream(join(folder, NETWORK_FOLDER, plain)))
  }
  return {
    fields,
    names,
    filename: names.length > 1 && names.includes('model.json') ? 'model.json' : filename,
    hasCalibration,
    isArchive: isArchive && names.length === 1,
  }
}

const isClassifierFile = async (archive: string): Promise<boolean> =>
  (await listZip(archive)).files.some(({ path }) => path === ARCHIVE_FILE)

async function* limited(
  bytes: AsyncIterable<Uint8Array>,
  left: { bytes: number; readonly of: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    left.bytes -= chunk.length
    if (left.bytes < 0)
      throw refusal(
        'too_large',
        `the files are larger than ${Math.round(left.of / 1024 ** 2)} MB in total`,
        'Import it on the command line: npm run import.',
      )
    yield chunk
  }
}

export const noteProgress = (folder: string, progress: ImportProgress): Promise<void> =>
  replaced(join(folder, PROGRESS), progress)

/** Null: it has not started, or it has ended. */
export async function progressIn(folder: string): Promise<ImportProgress | null> {
  const text = await textOrNull(join(folder, PROGRESS))
  return text === null ? null : importProgress.parse(JSON.parse(text))
}

/** That of a whole classifier is noted just before its rows are committed, so it is true if the classifier exists. */
export const noteResult = (folder: string, result: ImportResult): Promise<void> =>
  replaced(join(folder, RESULT), result)

/** Null: no attempt has come so far. */
export async function resultIn(folder: string): Promise<ImportResult | null> {
  const text = await textOrNull(join(folder, RESULT))
  return text === null ? null : importResult.parse(JSON.parse(text))
}

/** All but the result, which a repeated job returns. */
export async function forgetFiles(folder: string): Promise<void> {
  for (const own of [arrivedIn(folder), calibrationIn(folder), scratchOf(folder), join(folder, PROGRESS)])
    await rm(own, { recursive: true, force: true })
}

/** In one step, so that a reader never sees half of it. */
async function replaced(file: string, value: ImportProgress | ImportResult): Promise<void> {
  const making = `${file}.part`
  await writeFile(making, JSON.stringify(value))
  await rename(making, file)
}

const textOrNull = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null)

const refusal = (code: 'missing_file' | 'too_large' | 'invalid_input', why: string, remedy: string) =>
  new DarkroomError(code, { what: 'Nothing was imported', why, remedy })
const invalid = (why: string, remedy: string): DarkroomError => refusal('invalid_input', why, remedy)
