/** Composes the actions that take a whole classifier out of this Darkroom, and bring one into it. */
import type { Data } from '#lib/data/data.ts'
import { createCarryCases, type CarryCases } from '#lib/training/versions/carry-classifiers.ts'
import { VERSION, type Start } from './settings.ts'

export const carryCases = ({ settings, places }: Start, data: Data): CarryCases =>
  createCarryCases({
    data,
    codeVersion: VERSION,
    now: () => new Date(),
    scratchDir: places.scratchDir,
    maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
    maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
  })
