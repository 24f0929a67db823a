/** The ZIP archives of a form as sets. One that cannot be read is reported like any other file, as long as something
 *  else was sent that can be. It unpacks no image. */
import { MOST_ENTRIES, type ZipLimits } from '#lib/archive/read-zip.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { documentIn } from './document-archive.ts'
import type { ArrivedZip } from './multipart-spool.ts'
import type { Stray } from './readers/labelled-image.ts'
import { zipSource, type SetSource } from './readers/set-source.ts'

export type OpenArchives = {
  readonly archives: readonly { readonly name: string; readonly source: SetSource }[]
  readonly refused: readonly Stray[]
}

/** Lists one archive after another, since all names of an upload are in memory together.
 *  @param mostEntries of all archives together
 *  @throws bad_archive, with the name, where nothing else was sent */
export async function openArchives(
  zips: readonly ArrivedZip[],
  {
    limits,
    hasFiles,
    mostEntries = MOST_ENTRIES,
  }: { readonly limits: ZipLimits; readonly hasFiles: boolean; readonly mostEntries?: number },
): Promise<OpenArchives> {
  const opened: (OpenArchives['archives'][number] | DarkroomError)[] = []
  let entries = 0
  for (const { name, file } of zips) {
    const one = await openArchive(name, zipSource(file, limits))
    opened.push(one)
    if (one instanceof DarkroomError) continue
    entries += one.source.files.length + one.source.refused.length
    if (entries > mostEntries) throw tooManyEntries(mostEntries)
  }
  const archives = opened.flatMap((one) => (one instanceof DarkroomError ? [] : [one]))
  const errors = opened.flatMap((one, i) =>
    one instanceof DarkroomError ? [{ error: one, zip: zips[i]! }] : [],
  )
  const [first] = errors
  if (first !== undefined && archives.length === 0 && !hasFiles) throw first.error
  return {
    archives,
    refused: errors.map(({ error, zip }) => ({
      kind: 'refused_entry',
      path: zip.name,
      reason: `The archive is not used: ${error.why}. ${error.remedy}`,
    })),
  }
}

/** Errors of the disk are thrown. */
async function openArchive(
  name: string,
  source: Promise<SetSource>,
): Promise<OpenArchives['archives'][number] | DarkroomError> {
  try {
    const opened = await source
    const document = documentIn(opened.files.map(({ path }) => path))
    if (document !== null)
      return new DarkroomError('bad_archive', {
        what: name === '' ? 'The file cannot be used' : `${name} cannot be used`,
        why: `it is ${document.words}`,
        remedy: document.remedy,
      })
    return { name, source: opened }
  } catch (error) {
    if (!isDarkroomError(error) || error.code !== 'bad_archive') throw error
    const { why, remedy } = error
    const what = name === '' ? error.what : `${name} cannot be read`
    return new DarkroomError('bad_archive', { what, why, remedy }, { cause: error })
  }
}

const tooManyEntries = (limit: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The upload was rejected',
    why: `its archives have more than ${limit.toLocaleString('en')} entries in total`,
    remedy: 'Send the archives in several uploads.',
  })
