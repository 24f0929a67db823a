/** The worker's side of imports: networks are read by a process of their own, whole classifiers in this one. */
import path from 'node:path'
import { importRequest } from '#lib/contracts/imports.ts'
import type { Data } from '#lib/data/data.ts'
import type { ImportPayload } from '#lib/domain/jobs.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import type { Log } from '#lib/operations/log.ts'
import { freeForTraining } from '#lib/operations/memory-limits.ts'
import { forgetFiles, importsFolder } from '#lib/training/import/receive-import.ts'
import { createRunImport } from '#lib/training/import/run-import.ts'
import { sealElsewhere } from '../forks/fork-import.ts'
import { originOf } from '../compose/pretrained-ports.ts'
import { VERSION, type Start } from '../settings.ts'

/** Looked at by each job: more never end between two of them. */
const MOST_ENDED = 20

type ImportHandlerParts = {
  readonly data: Data
  /** Throws only where it was aborted. */
  readonly groupImages: (classifierId: string, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

export function importHandler(
  { settings, places }: Start,
  { data, groupImages, log }: ImportHandlerParts,
): Handler<'import'> {
  const run = createRunImport({
    data,
    dataDir: places.dataDir,
    maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
    maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
    codeVersion: VERSION,
    machine: originOf('').machine,
    seal: (sealing, how) =>
      sealElsewhere(sealing, {
        ...how,
        memoryBytes: freeForTraining(settings),
        onLine: (line) => log('warn', line, { child: 'import' }),
      }),
  })
  const folderOf = ({ folder }: Pick<ImportPayload, 'folder'>): string =>
    path.join(importsFolder(places.dataDir), folder)
  const forget = (payload: Pick<ImportPayload, 'folder'>) => data.folders.discard(folderOf(payload))
  /** The result of a job is needed until the queue has it. */
  async function forgetEnded(): Promise<void> {
    for (const { state, payload } of await data.jobs.recent('import', MOST_ENDED))
      if (state !== 'queued' && state !== 'running') await forget(importRequest.parse(payload))
  }
  return {
    async run(payload, { attempt, signal, why }) {
      try {
        await forgetEnded()
        const result = await run(payload, { attempt, signal })
        // Computes fingerprints. The rows are committed, so a cancellation comes too late; an upload computes the rest.
        if (payload.kind === 'classifier') await groupImages(result.classifier, signal).catch(() => undefined)
        await forgetFiles(folderOf(payload))
        return result
      } catch (error) {
        if (why() === 'cancelled') await forget(payload)
        throw error
      }
    },
    gaveUp: forget,
  }
}
