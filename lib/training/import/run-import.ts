/** Executes an import that waits in its folder: the network of another program, or a whole classifier. */
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UNPACKED_TIMES } from '#lib/archive/spool-file.ts'
import type { ImportProgress, ImportResult } from '#lib/contracts/imports.ts'
import type { Data } from '#lib/data/data.ts'
import type { ImportPayload } from '#lib/domain/jobs.ts'
import { importMessage } from '../versions/carry-classifiers.ts'
import { importClassifier, type ImportedClassifier, type ImportParts } from '../versions/import-classifier.ts'
import { importNetwork, promoteFirst, type NetworkImportPorts } from './import-network.ts'
import {
  arrivedIn,
  calibrationIn,
  importsFolder,
  noteProgress,
  noteResult,
  resultIn,
  scratchOf,
} from './receive-import.ts'
import type { NetworkSealing, SealedNetwork } from './seal-network.ts'

const COMMAND = 'POST /api/imports/jobs'
/** Writing the rows is the rest. */
const IMAGES_PERCENT = 90
const MOST_NOTES = 100

export type ImportRunParts = {
  readonly data: NetworkImportPorts['data'] & ImportParts['data'] & Pick<Data, 'folders'>
  readonly dataDir: string
  readonly maxImageBytes: number
  readonly maxUploadBytes: number
  readonly codeVersion: string
  readonly machine: string
  /** Seals in a process of its own. */
  readonly seal: (
    sealing: NetworkSealing,
    how: { readonly signal: AbortSignal; readonly onProgress: (progress: ImportProgress) => void },
  ) => Promise<SealedNetwork>
}

export const createRunImport =
  (parts: ImportRunParts) =>
  async (
    payload: ImportPayload,
    { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
  ): Promise<ImportResult> => {
    const folder = join(importsFolder(parts.dataDir), payload.folder)
    await parts.data.folders.provide(folder) // it may have arrived at another host
    await rm(scratchOf(folder), { recursive: true, force: true }) // of an attempt that was killed
    let noting: Promise<void> = Promise.resolve()
    const onProgress = (progress: ImportProgress): void => {
      noting = noting.then(() => noteProgress(folder, progress)).catch(() => undefined) // it is only for display
    }
    const work = { ...parts, folder, onProgress, signal }
    try {
      const noted = await committedBefore(folder, parts)
      if (noted !== null) return noted
      if (payload.kind === 'classifier') return await wholeClassifier(payload, work)
      const done = attempt > 1 ? await doneBefore(payload, folder, parts) : null
      const result = done ?? (await network(payload, work))
      await noteResult(folder, result).catch(() => undefined) // without it, a repeated job looks at the versions
      return result
    } finally {
      await noting // the caller deletes the files
    }
  }

/** The result of an attempt whose worker was killed after everything had been written. */
async function committedBefore(folder: string, { data }: ImportRunParts): Promise<ImportResult | null> {
  const result = await resultIn(folder)
  return result !== null && (await data.classifiers.find(result.classifier)) ? result : null
}

/** The same for a network, whose worker was killed before it noted the result. */
async function doneBefore(
  { classifier: id, filename, by }: ImportPayload,
  folder: string,
  { data }: ImportRunParts,
): Promise<ImportResult | null> {
  const newest = (await data.versions.list(id!))[0]
  if (newest === undefined) return null
  const { card } = await data.versions.get(newest.id)
  const { mtime: arrivedAt } = await stat(arrivedIn(folder))
  const isOfThis =
    card.command === COMMAND &&
    card.recipe.settings['file'] === filename &&
    new Date(card.created_at) >= arrivedAt
  if (!isOfThis) return null
  const isLive = await promoteFirst({ id: id!, versionId: newest.id, by, file: filename }, data)
  return { message: `${id} ${newest.name} was imported.`, classifier: id!, version: newest.name, isLive }
}

type Work = ImportRunParts & {
  readonly folder: string
  readonly onProgress: (progress: ImportProgress) => void
  readonly signal: AbortSignal
}

const network = (
  { classifier, title, filename, classes, pixels, fit, hasCalibration, by }: ImportPayload,
  { data, seal, folder, codeVersion, machine, onProgress, signal }: Work,
): Promise<ImportResult> =>
  importNetwork(
    {
      classifier: classifier!, // import-cases.ts requires it
      title,
      by,
      source: { path: arrivedIn(folder), name: filename },
      calibration: hasCalibration ? calibrationIn(folder) : null,
      classes,
      pixels,
      fit,
      command: COMMAND,
      codeVersion,
      machine,
    },
    { data, scratch: scratchOf(folder), signal, seal: (sealing) => seal(sealing, { signal, onProgress }) },
  )

async function wholeClassifier(
  { classifier }: ImportPayload,
  { data, folder, maxImageBytes, maxUploadBytes, onProgress, signal }: Work,
): Promise<ImportResult> {
  onProgress({ message: 'Checking the archive', percent: 0 })
  const imported = await importClassifier(arrivedIn(folder), classifier ?? undefined, {
    data,
    scratch: scratchOf(folder),
    limits: { imageBytes: maxImageBytes, totalBytes: maxUploadBytes * UNPACKED_TIMES },
    signal,
    onImages: everyHundredth((done, total) =>
      onProgress({
        message: `${done.toLocaleString('en')} of ${total.toLocaleString('en')} images`,
        percent: total === 0 ? IMAGES_PERCENT : (done / total) * IMAGES_PERCENT,
      }),
    ),
    onPlaced: (placed) => noteResult(folder, resultOf(placed)),
  })
  return resultOf(imported)
}

const resultOf = (imported: ImportedClassifier): ImportResult => ({
  message: importMessage(imported),
  classifier: imported.classifier,
  version: null,
  isLive: null,
})

/** Calls `report` at most a hundred times. */
function everyHundredth(report: (done: number, total: number) => void) {
  let next = 0
  return (done: number, total: number): void => {
    if (done < next) return
    next = done + total / MOST_NOTES
    report(done, total)
  }
}
