/** A file of a run, written next to its place, synced, and renamed: the one before it stays whole until then.
 *  When the write fails, what was written is removed, because on a full disk it would take the room that the
 *  row and the log need. It knows no format. */
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
