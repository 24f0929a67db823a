/**
 * Stored images whose file is missing or damaged, as one sentence for health. It does not search for them:
 * an image is checked when it is read.
 */
import type { Data } from '#lib/data/data.ts'

/** Null where none is known. */
export function fileConcernOf({
  count,
  newest,
}: Awaited<ReturnType<Data['images']['faults']>>): string | null {
  if (count === 0) return null
  const missing = newest.filter(({ code }) => code === 'file_missing').length
  const which = newest
    .slice(0, 3)
    .map(({ hash }) => `${hash.slice(0, 12)}…`)
    .join(', ')
  const ofTheNewest = count > newest.length ? ` of the newest ${newest.length}` : ''
  const among = `${missing} missing, ${newest.length - missing} damaged${ofTheNewest}: ${which}`
  return (
    `${count} stored ${count === 1 ? 'image' : 'images'} cannot be used (${among}). Restore the files ` +
    'from a backup, or delete the images.'
  )
}
