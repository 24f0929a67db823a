/** Removes what training has stored of permanently deleted images: decoded squares and features. Versions and
 *  their weights stay; rows and image files are deleted elsewhere. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readStored, writeRows } from './feature-cache.ts'
import { readPackIndex } from '../run/data/pack.ts'

/** A probe takes seconds; an hour-old folder belongs to a process that crashed. */
const OLD_MS = 3_600_000

export async function forgetImages(dataDir: string, hashes: readonly string[]): Promise<void> {
  const deleted = new Set(hashes)
  if (deleted.size === 0) return
  await forgetPacks(join(dataDir, 'cache', 'packs'), deleted)
  await forgetRows(join(dataDir, 'cache', 'embeddings'), deleted)
  for (const run of await namesIn(join(dataDir, 'runs'))) {
    for (const name of (await namesIn(join(dataDir, 'runs', run))).filter((one) => one.startsWith('probe-')))
      await forgetProbe(join(dataDir, 'runs', run, name), deleted)
  }
}

/** Deletes whole packs: they can always be built again from the remaining images. */
async function forgetPacks(folder: string, deleted: ReadonlySet<string>): Promise<void> {
  for (const name of await namesIn(folder)) {
    const place = join(folder, name)
    if (name.startsWith('.') ? isOfDead(name) : await holds(place, deleted))
      await rm(place, { recursive: true, force: true })
  }
}

const holds = async (pack: string, deleted: ReadonlySet<string>): Promise<boolean> =>
  readPackIndex(pack).then(
    ({ entries }) => entries.some(({ hash }) => deleted.has(hash)),
    () => true, // an unreadable pack is useless
  )

/** Deletes only the rows of these images: computing the others again takes minutes. A key is a hash and how the
 *  image was changed. */
async function forgetRows(folder: string, deleted: ReadonlySet<string>): Promise<void> {
  for (const name of await namesIn(folder)) {
    const place = join(folder, name)
    if (name.startsWith('.')) {
      if (isOfDead(name)) await rm(place, { recursive: true, force: true })
      continue
    }
    const stored = await readStored(place)
    if (stored === null) {
      await rm(place, { recursive: true, force: true })
      continue
    }
    const { keys, length, rows } = stored
    const remaining = keys.flatMap((key, i) => (deleted.has(key.split(' ', 1)[0] ?? '') ? [] : [i]))
    if (remaining.length === keys.length) continue
    const rowsLeft = new Float32Array(remaining.length * length)
    remaining.forEach((from, i) =>
      rowsLeft.set(rows.subarray(from * length, (from + 1) * length), i * length),
    )
    if (remaining.length === 0) await rm(place, { recursive: true, force: true })
    else await writeRows(folder, name, { length, keys: remaining.map((i) => keys[i]!), rows: rowsLeft })
  }
}

async function forgetProbe(folder: string, deleted: ReadonlySet<string>): Promise<void> {
  const age = await stat(folder).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  const packs = join(folder, 'packs')
  const isConcerned = (
    await Promise.all((await namesIn(packs)).map((name) => holds(join(packs, name), deleted)))
  ).some(Boolean)
  if (isConcerned || age > OLD_MS) await rm(folder, { recursive: true, force: true })
}

/** `.making-4711`: written halfway by a process that has ended. */
function isOfDead(name: string): boolean {
  const pid = Number(/^\.making-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
  if (!Number.isInteger(pid)) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
