/** Replaces a file of a run: written next to it, synced, and renamed, so that the old one stays intact until
 *  then. When writing fails, the partial file is removed, because on a full disk the rows and the log need its
 *  space. It knows no format. */
import { open, rename, rm } from 'node:fs/promises'

export async function replaceFile(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const making = `${file}.making`
  try {
    {
      await using out = await open(making, 'w')
      for (const piece of pieces) await out.writeFile(piece)
      await out.sync()
    }
    await rename(making, file)
  } catch (error) {
    await rm(making, { force: true })
    throw error
  }
}
