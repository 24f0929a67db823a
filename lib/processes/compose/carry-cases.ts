/** Composes the actions that take a whole classifier out of this Darkroom, and bring one or the network of another
 *  program into it. */
import type { Data } from '#lib/data/data.ts'
import { createImportCases, type ImportCases } from '#lib/training/import/import-cases.ts'
import { createCarryCases, type CarryCases } from '#lib/training/versions/carry-classifiers.ts'
import { VERSION, type Start } from '../settings.ts'

export function carryCases({ settings, places }: Start, data: Data): CarryCases & ImportCases {
  const maxUploadBytes = settings.MAX_UPLOAD_MB * 1024 ** 2
  return {
    ...createCarryCases({
      data,
      codeVersion: VERSION,
      now: () => new Date(),
      scratchDir: places.scratchDir,
      maxUploadBytes,
      maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
    }),
    ...createImportCases({ data, dataDir: places.dataDir, maxUploadBytes, now: () => Date.now() }),
  }
}
