/** Removes what training has stored of images that are deleted for good: decoded squares and features. Versions
 *  and their weights stay; rows and files are not touched here. */
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readKeys, writeRows } from './feature-cache.ts'
import { readPackIndex } from '../run/data/pack.ts'

/** A probe takes seconds; its folder of an hour ago is of a process that died. */
const OLD_MS = 3_600_000

export async function forgetImages(dataDir: string, hashes: readonly string[]): Promise<void> {
  const gone = new Set(hashes)
  if (gone.size === 0) return
  await forgetPacks(join(dataDir, 'cache', 'packs'), gone)
  await forgetRows(join(dataDir, 'cache', 'embeddings'), gone)
  for (const run of await namesIn(join(dataDir, 'runs'))) {
    for (const name of (await namesIn(join(dataDir, 'runs', run))).filter((one) => one.startsWith('probe-')))
      await forgetProbe(join(dataDir, 'runs', run, name), gone)
  }
}

/** A pack can always be made again from the images that are left. */
async function forgetPacks(folder: string, gone: ReadonlySet<string>): Promise<void> {
  for (const name of await namesIn(folder)) {
    const place = join(folder, name)
    if (name.startsWith('.') ? isOfDead(name) : await holds(place, gone))
      await rm(place, { recursive: true, force: true })
  }
}

const holds = async (pack: string, gone: ReadonlySet<string>): Promise<boolean> =>
  readPackIndex(pack).then(
    ({ entries }) => entries.some(({ hash }) => gone.has(hash)),
    () => true, // an unreadable one is of no use
  )

/** Features of the others stay: computing them again takes minutes. A key is a hash and what was done to its
 *  image. */
async function forgetRows(folder: string, gone: ReadonlySet<string>): Promise<void> {
  for (const name of await namesIn(folder)) {
    const place = join(folder, name)
    if (name.startsWith('.')) {
      if (isOfDead(name)) await rm(place, { recursive: true, force: true })
      continue
    }
    const keys = await readKeys(place).catch(() => null)
    const rows = await readFile(join(place, 'rows.bin')).catch(() => null)
    if (keys === null || rows === null || keys.length === 0) {
      await rm(place, { recursive: true, force: true })
      continue
    }
    const left = keys.flatMap((key, i) => (gone.has(key.split(' ', 1)[0] ?? '') ? [] : [i]))
    if (left.length === keys.length) continue
    const length = rows.length / 4 / keys.length
    const all = new Float32Array(new Uint8Array(rows).buffer)
    const remaining = new Float32Array(left.length * length)
    left.forEach((from, i) => remaining.set(all.subarray(from * length, (from + 1) * length), i * length))
    if (left.length === 0) await rm(place, { recursive: true, force: true })
    else await writeRows(folder, name, { length, keys: left.map((i) => keys[i]!), rows: remaining })
  }
}

async function forgetProbe(folder: string, gone: ReadonlySet<string>): Promise<void> {
  const age = await stat(folder).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  const packs = join(folder, 'packs')
  const isConcerned = (
    await Promise.all((await namesIn(packs)).map((name) => holds(join(packs, name), gone)))
  ).some(Boolean)
  if (isConcerned || age > OLD_MS) await rm(folder, { recursive: true, force: true })
}

/** `.making-4711`: half made by a process that is no more. */
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
