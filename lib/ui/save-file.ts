/** Downloads a file that is created on the page, such as a CSV table or a PNG of a chart. Not for downloads
 *  from the API. */
import { csvLine } from '#lib/domain/text/csv.ts'

export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}

/** A table as CSV. */
export function csvOf(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Blob {
  return new Blob([header, ...rows].map(csvLine), { type: 'text/csv;charset=utf-8' })
}
