/** `npm run import -- --classifier FILE`: a whole classifier that another Darkroom exported. */
import { resolve } from 'node:path'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { VERSION, type Start } from '#lib/processes/settings.ts'
import { importFile, importMessage } from '#lib/training/versions/carry-classifiers.ts'

/** A file on this disk may be as large as the disk allows. */
const LARGEST_BYTES = 64 * 1024 ** 3
/** The highest value of MAX_IMAGE_MB. */
const LARGEST_IMAGE_BYTES = 1024 ** 3

export async function importClassifierFile(
  file: string,
  as: string | undefined,
  start: Start,
): Promise<number> {
  const data = await composeData(start)
  try {
    const imported = await importFile(resolve(file), as, {
      data,
      codeVersion: VERSION,
      now: () => new Date(),
      scratchDir: start.places.scratchDir,
      maxUploadBytes: LARGEST_BYTES,
      maxImageBytes: LARGEST_IMAGE_BYTES,
    })
    console.log(importMessage(imported))
    return 0
  } finally {
    await data.close()
  }
}
