/**
 * A small disk in memory that fills quickly, for a product's folder. Only root may mount one, so it may be
 * unavailable; it is unmounted at the end.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const CHUNKS = [Buffer.alloc(1024 ** 2, 1), Buffer.alloc(4096, 1)]

export type SmallDisk = Disposable & {
  readonly folder: string
  /** Writes until the disk is full. */
  readonly fill: () => void
  readonly freeSpace: () => void
}

export function mountSmallDisk(sizeMb: number): SmallDisk | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  const ballast = path.join(folder, 'ballast')
  const unmount = (): void => {
    process.off('exit', unmount)
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', unmount) // also when the command is interrupted
  return {
    folder,
    fill() {
      for (const chunk of CHUNKS) while (hasWritten(ballast, chunk));
    },
    freeSpace: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: unmount,
  }
}

/** Why none can be mounted here; null where one can. */
export function withoutSmallDisk(): string | null {
  const disk = mountSmallDisk(1)
  if (disk === null) return 'it mounts a small disk (tmpfs), which requires root on Linux'
  disk[Symbol.dispose]()
  return null
}

function hasWritten(file: string, chunk: Buffer): boolean {
  try {
    appendFileSync(file, chunk)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
