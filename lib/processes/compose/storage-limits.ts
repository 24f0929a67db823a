/**
 * How much is stored and for how long, from the owner's settings, with the meaning of `auto` on this disk.
 */
import { statfs } from 'node:fs/promises'
import type { RetentionLimits } from '#lib/operations/retention.ts'
import type { Start } from '../settings.ts'

const MIB = 1024 ** 2
/**
 * PUBLIC_STORAGE_MB=auto: space for about 20,000 reduced phone photographs, and never a large part of a
 * small disk.
 */
const AUTO_BYTES = 2048 * MIB
const AUTO_SHARE = 0.05

/** Of PUBLIC_STORAGE_MB; jobs have two eighths: images that wait, and results. */
const SHARES = { images: 3 / 4, ofJobs: 1 / 8 } as const

export type PublicBytes = {
  /** Of images that are stored only for predictions of anonymous clients. */
  readonly images: number
  /** Of images of their prediction jobs, and again of results. */
  readonly ofJobs: number
}

export async function publicBytes(start: Start): Promise<PublicBytes> {
  const bytes = await allPublicBytes(start)
  return { images: bytes * SHARES.images, ofJobs: bytes * SHARES.ofJobs }
}

async function allPublicBytes({ settings: { PUBLIC_STORAGE_MB }, places }: Start): Promise<number> {
  if (PUBLIC_STORAGE_MB !== 'auto') return PUBLIC_STORAGE_MB * MIB
  const { blocks, bsize } = await statfs(places.dataDir)
  return blocks === 0 ? AUTO_BYTES : Math.min(AUTO_BYTES, AUTO_SHARE * blocks * bsize)
}

export const retentionLimits = async (start: Start): Promise<RetentionLimits> => ({
  publicDays: start.settings.PUBLIC_RETENTION_DAYS || null,
  publicBytes: (await publicBytes(start)).images,
  days: start.settings.RETENTION_DAYS || null,
  gigabytes: start.settings.RETENTION_GB || null,
})
