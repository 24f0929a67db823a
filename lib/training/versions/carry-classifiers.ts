/** The actions that carry a whole classifier from one Darkroom to another. */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UNPACKED_TIMES } from '#lib/archive/spool-file.ts'
import type { Part } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { classifierId } from '#lib/contracts/fields.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { classifierZip, type ArchiveParts } from './classifier-zip.ts'
import { importClassifier as imported, type ImportedClassifier } from './import-classifier.ts'

export type CarryCases = {
  readonly exportClassifier: RouteAnswer<'GET /api/classifiers/{id}/export', { readonly signal: AbortSignal }>
  readonly importClassifier: RouteAnswer<'POST /api/imports'>
}

export type CarryParts = ArchiveParts & {
  /** Its content after a crash is obsolete, and the next start deletes it. */
  readonly scratchDir: string
  readonly maxUploadBytes: number
  readonly maxImageBytes: number
}

export const createCarryCases = (parts: CarryParts): CarryCases => {
  /** One after the other: each holds the list of its images in memory. */
  let latest: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = latest.then(work)
    latest = turn.catch(() => undefined)
    return turn
  }
  return {
    exportClassifier: ({ id }, { signal }) => classifierZip(id, parts, signal),
    async importClassifier({ classifier, parts: form }) {
      const { scratchDir, maxUploadBytes } = parts
      return withScratch(scratchDir, async (scratch) => {
        const arrived = await receive(form, join(scratch, 'archive.zip'), maxUploadBytes)
        const id = classifier ?? arrived.classifier
        const result = await inTurn(() => importFrom(arrived.file, id, { ...parts, scratch }))
        return { success: true, message: importMessage(result), ...result }
      })
    },
  }
}

/** From a file on this disk. */
export const importFile = (
  file: string,
  as: string | undefined,
  parts: CarryParts,
): Promise<ImportedClassifier> =>
  withScratch(parts.scratchDir, (scratch) => importFrom(file, as, { ...parts, scratch }))

export const importMessage = ({ classifier, samples, versions, missing }: ImportedClassifier): string =>
  `"${classifier}" was imported with ${counted(samples, 'image')} and ${counted(versions, 'version')}.` +
  (missing > 0 ? ` The archive does not have ${counted(missing, 'more image')}.` : '')

const importFrom = (
  file: string,
  as: string | undefined,
  { data, scratch, maxUploadBytes, maxImageBytes }: CarryParts & { readonly scratch: string },
): Promise<ImportedClassifier> =>
  imported(file, as, {
    data,
    scratch: join(scratch, 'unpacked'),
    limits: { imageBytes: maxImageBytes, totalBytes: maxUploadBytes * UNPACKED_TIMES },
  })

async function withScratch<T>(folder: string, work: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, `import-${process.pid}-`))
  try {
    return await work(scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** @throws DarkroomError `missing_file`, `too_large`, `invalid_input` */
async function receive(
  form: AsyncIterable<Part>,
  file: string,
  most: number,
): Promise<{ readonly file: string; readonly classifier: string | undefined }> {
  let classifier: string | undefined
  let hasFile = false
  for await (const part of form) {
    if (part.kind === 'field') {
      if (part.name === 'classifier' && part.value !== '') classifier = part.value
    } else if (part.filename !== '' && !hasFile) {
      hasFile = true
      await pipeline(limited(part.bytes, most), createWriteStream(file))
    }
  }
  if (!hasFile)
    throw refusal('missing_file', 'the form has no file', 'Send the archive that was exported as "file".')
  if (classifier !== undefined && !classifierId.safeParse(classifier).success)
    throw refusal(
      'invalid_input',
      '"classifier" must consist of lower-case letters, digits and dashes',
      'Choose another id.',
    )
  return { file, classifier }
}

async function* limited(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most)
      throw refusal(
        'too_large',
        `the archive has more than ${Math.round(most / 1024 ** 2)} MB`,
        'Import it on the command line: npm run import -- --classifier FILE.',
      )
    yield chunk
  }
}

const refusal = (code: 'missing_file' | 'too_large' | 'invalid_input', why: string, remedy: string) =>
  new DarkroomError(code, { what: 'The classifier was not imported', why, remedy })
