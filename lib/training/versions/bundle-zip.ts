/** A version as a ZIP download: the whole bundle, only the files that TensorFlow.js or an ONNX runtime loads, or
 *  these with a Python program. It is verified first, and nothing else is packed. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { writeZip } from '#lib/archive/write-zip.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { createByteGate } from '#lib/domain/byte-gate.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { pythonFiles } from './python-files.ts'

/** model.onnx refers to offsets in weights.bin, and in format 2 in backbone.onnx, so they go together. */
const FILES_OF = {
  tfjs: ['model.json', 'weights.bin', 'classes.json', 'preprocess.json'],
  onnx: ['model.onnx', 'weights.bin', 'classes.json', 'preprocess.json'],
} as const
const FILES_OF_ONNX_BACKBONE = ['backbone.onnx', ...FILES_OF.onnx] as const

/** Of files that are verified at the same time. */
const MOST_BYTES_READ = 64 * 1024 ** 2
const reading = createByteGate(MOST_BYTES_READ)

export async function bundleZip(
  version: Version,
  format: 'bundle' | 'python' | keyof typeof FILES_OF,
): Promise<FileAnswer> {
  const { manifest } = await reading.hold(version.sizeBytes, () => readBundle(version.folder))
  const isOnnxBackbone = manifest.format === 'darkroom-bundle/2'
  if (isOnnxBackbone && format === 'tfjs') throw notAsTfjs(version)
  const filesOf = isOnnxBackbone ? FILES_OF_ONNX_BACKBONE : FILES_OF[format === 'tfjs' ? 'tfjs' : 'onnx']
  const names = format === 'bundle' ? [...Object.keys(manifest.files), 'manifest.json'] : filesOf
  const missing = names.find((name) => name !== 'manifest.json' && !manifest.files[name])
  if (missing)
    throw new DarkroomError('not_found', {
      what: `${version.name} of "${version.classifierId}" is not available as ${format}`,
      why: `it was saved without ${missing}`,
      remedy: 'Download the whole bundle, or train a new version.',
    })
  const program = format === 'python' ? await pythonFiles(version) : []
  async function* entries() {
    yield* program
    for (const name of names) yield { path: name, content: createReadStream(join(version.folder, name)) }
  }
  return {
    bytes: writeZip(entries()),
    mediaType: 'application/zip',
    filename: `${version.classifierId}-${version.name}${format === 'bundle' ? '' : `-${format}`}.zip`,
    isImmutable: true,
  }
}

const notAsTfjs = ({ name, classifierId }: Pick<Version, 'name' | 'classifierId'>): DarkroomError =>
  new DarkroomError('not_found', {
    what: `${name} of "${classifierId}" is not available as tfjs`,
    why: 'its pretrained network is an ONNX file, which TensorFlow.js cannot load',
    remedy: 'Download it as ONNX, or train a version on another pretrained network.',
  })
