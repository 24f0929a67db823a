/** The checksums of networks whose maker publishes none: that of the first download, which later ones must equal. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checksumPins } from '#lib/contracts/backbones.ts'

const FILE = 'checksums.json'

/** By the name of the network. */
export async function readPins(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => null)
  return text === null ? {} : checksumPins.parse(JSON.parse(text))
}

/** The first one stays. */
export async function writePin(folder: string, name: string, checksum: string): Promise<void> {
  const pins = await readPins(folder)
  if (pins[name]) return
  await writeFile(join(folder, FILE), `${JSON.stringify({ ...pins, [name]: [checksum] }, null, 1)}\n`)
}
