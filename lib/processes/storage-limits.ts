/** What an owner's settings say about how much is stored and how long, with what `auto` means on this disk. */
import { statfs } from 'node:fs/promises'
import type { RetentionLimits } from '#lib/operations/retention.ts'
import type { Start } from './settings.ts'

const MIB = 1024 ** 2
/** PUBLIC_STORAGE_MB=auto: room for some 20,000 photographs of phones made smaller, and never much of a small disk. */
const AUTO_BYTES = 2048 * MIB
const AUTO_SHARE = 0.05

/** Most bytes of images that are stored for strangers' predictions alone. */
export async function publicBytes({ settings: { PUBLIC_STORAGE_MB }, places }: Start): Promise<number> {
  if (PUBLIC_STORAGE_MB !== 'auto') return PUBLIC_STORAGE_MB * MIB
  const { blocks, bsize } = await statfs(places.dataDir)
  return blocks === 0 ? AUTO_BYTES : Math.min(AUTO_BYTES, AUTO_SHARE * blocks * bsize)
}

export const retentionLimits = async (start: Start): Promise<RetentionLimits> => ({
  publicDays: start.settings.PUBLIC_RETENTION_DAYS || null,
  publicBytes: await publicBytes(start),
  days: start.settings.RETENTION_DAYS || null,
  gigabytes: start.settings.RETENTION_GB || null,
})
