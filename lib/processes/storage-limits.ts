/**
 * How much is stored and for how long, from the owner's settings, with the meaning of `auto` on this disk.
 */
import { statfs } from 'node:fs/promises'
import type { RetentionLimits } from '#lib/operations/retention.ts'
import type { Start } from './settings.ts'

const MIB = 1024 ** 2
/**
 * PUBLIC_STORAGE_MB=auto: space for about 20,000 reduced phone photographs, and never a large part of a
 * small disk.
 */
const AUTO_BYTES = 2048 * MIB
const AUTO_SHARE = 0.05

/** Most bytes of images that are stored only for predictions of anonymous clients. */
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
