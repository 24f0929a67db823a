/** The files with which another program serves a version: a model with everything but decoding inside, and what that
 *  program needs next to it. docs/serving-elsewhere.md explains how each is started. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeZip, type OutgoingEntry } from '#lib/archive/write-zip.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { SERVING_TARGETS, type ServingTarget } from '#lib/contracts/download-formats.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { createByteGate } from '#lib/domain/byte-gate.ts'
import { inferenceService } from './kserve-file.ts'
import { servingModel, type ServingModel } from './serving-model.ts'
import { tritonFiles } from './triton-files.ts'

const PROGRAMS = join(import.meta.dirname, 'serving-package')
const PYTHON_PACKAGE = join(import.meta.dirname, 'python-package')
/** Triton calls it a model repository. */
const REPOSITORY = 'models'

/** Of versions that are read at the same time. */
const MOST_BYTES_READ = 64 * 1024 ** 2
const reading = createByteGate(MOST_BYTES_READ)

type VersionFolder = Pick<Version, 'folder' | 'name' | 'classifierId' | 'classes' | 'sizeBytes'>

const FILES_FOR: Readonly<Record<ServingTarget, (model: ServingModel) => Promise<readonly OutgoingEntry[]>>> =
  {
    'onnx-serving': async (model) => [
      ...modelFiles(model),
      await file(PROGRAMS, 'classifier.py'),
      await file(PYTHON_PACKAGE, 'images.py'),
      await file(PYTHON_PACKAGE, 'requirements.txt'),
    ],
    ray: async (model) => [
      ...modelFiles(model),
      await file(PROGRAMS, 'app.py'),
      await file(PROGRAMS, 'classifier.py'),
      await file(PYTHON_PACKAGE, 'images.py'),
      await file(PROGRAMS, 'requirements-ray.txt', 'requirements.txt'),
    ],
    triton: async (model) => tritonFiles(model, REPOSITORY),
    kserve: async (model) => [
      ...tritonFiles(model, REPOSITORY),
      { path: 'inference-service.yaml', content: Buffer.from(inferenceService(model, REPOSITORY)) },
    ],
  }

export const isServingTarget = (format: string): format is ServingTarget =>
  SERVING_TARGETS.some((target) => target === format)

export async function servingFiles(
  version: VersionFolder,
  target: ServingTarget,
): Promise<readonly OutgoingEntry[]> {
  return FILES_FOR[target](await reading.hold(version.sizeBytes, () => servingModel(version)))
}

export async function servingZip(version: VersionFolder, target: ServingTarget): Promise<FileAnswer> {
  return {
    bytes: writeZip(await servingFiles(version, target)),
    mediaType: 'application/zip',
    filename: `${version.classifierId}-${version.name}-${target}.zip`,
    isImmutable: false, // its programs are those of this Darkroom
  }
}

const modelFiles = ({ classifier, version, classes, onnx }: ServingModel): readonly OutgoingEntry[] => [
  { path: 'model.onnx', content: onnx },
  { path: 'classes.json', content: jsonOf(classes) },
  { path: 'version.json', content: jsonOf({ classifier, version }) },
]

const jsonOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 1))

const file = async (folder: string, name: string, path = name): Promise<OutgoingEntry> => ({
  path,
  content: await readFile(join(folder, name)),
})
