/** A version as a ZIP to take away: the whole bundle, or only what TensorFlow.js loads. It is verified first, and nothing else is packed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeZip } from '#lib/archive/write-zip.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { Version } from '#lib/data/values.ts'
import { readBundle } from '#lib/ml/bundle.ts'

const TFJS_FILES = ['model.json', 'weights.bin', 'classes.json', 'preprocess.json'] as const

export async function bundleZip(version: Version, format: 'bundle' | 'tfjs'): Promise<FileAnswer> {
  const { manifest } = await readBundle(version.folder)
  const names = format === 'tfjs' ? TFJS_FILES : [...Object.keys(manifest.files), 'manifest.json']
  async function* entries() {
    for (const name of names) yield { path: name, content: await readFile(join(version.folder, name)) }
  }
  return { bytes: writeZip(entries()), mediaType: 'application/zip', filename: `${version.classifierId}-${version.name}${format === 'tfjs' ? '-tfjs' : ''}.zip`, isImmutable: true }
}
