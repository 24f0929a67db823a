/** The single files of a form as a set: the tables among them, and the others. Reads only tables; the files stay where
 *  the form put them. */
import { tablePathsIn } from '#lib/domain/reading/table-files.ts'
import type { TableText } from '#lib/domain/reading/table-labels.ts'
import { isImageKind, sniff } from '#lib/images/sniff.ts'
import type { Arrivals, ArrivedFile } from './multipart-spool.ts'
import { tableText, type SetSource } from './readers/set-source.ts'

/** Tables are recognised by name, or by the field `labels`; a file with the bytes of an image is none. */
export async function tableFiles(
  arrivals: Arrivals,
): Promise<{ readonly tables: readonly TableText[]; readonly files: readonly ArrivedFile[] }> {
  const byName = new Set(tablePathsIn(arrivals.files))
  const tables: TableText[] = []
  const files: ArrivedFile[] = []
  for (const file of arrivals.files) {
    const isTable = (file.isTable || byName.has(file.path)) && file.bytes > 0 && !file.isTooLarge
    const bytes = isTable ? await arrivals.read(file) : null
    if (bytes === null || isImageKind(sniff(bytes).kind)) files.push(file)
    else {
      // in a folder it belongs to what is in the folder
      const isSeparate = file.isTable || !file.path.includes('/')
      tables.push({ ...tableText(file.path, bytes), isSeparate })
    }
  }
  return { tables, files }
}

export function looseSource(arrivals: Arrivals, files: readonly ArrivedFile[]): SetSource {
  return {
    files: files.map(({ path, bytes }) => ({ path, bytes })),
    tables: [],
    refused: [],
    notes: [],
    async *read(wants) {
      for (const file of files) {
        if (!wants(file.path)) continue
        if (file.isTooLarge)
          yield { kind: 'too_large', path: file.path, reason: 'It is larger than the limit for an image.' }
        else yield { kind: 'file', path: file.path, bytes: await arrivals.read(file) }
      }
    },
  }
}
