import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readZip } from '#lib/archive/read-zip.ts'
import type { ServingTarget } from '#lib/contracts/download-formats.ts'
import { folderForTest } from '#lib/data/opened.fakes.ts'
import { readOnnx } from '#lib/ml/onnx/reader.ts'
import { servingFiles, servingZip } from './serving-files.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))

const CLASSES = ['circle', 'square', 'triangle', 'star', 'cross', 'ring']

const version = (classifierId: string) => ({
  classifierId,
  name: 'v1',
  folder: path.join(MODELS, classifierId, 'v1'),
  classes: CLASSES,
  sizeBytes: 1,
})

async function packed(target: ServingTarget, classifier = 'shapes') {
  const files = await servingFiles(version(classifier), target)
  return new Map(files.map(({ path: name, content }) => [name, Buffer.from(content as Uint8Array)]))
}

test('a model repository for Triton has the version under its number, and the ports of the model', async () => {
  const files = await packed('triton')

  expect([...files.keys()]).toEqual([
    'models/shapes/config.pbtxt',
    'models/shapes/labels.txt',
    'models/shapes/1/model.onnx',
  ])
  // parsed by Triton's model_config.proto when it was written
  expect(files.get('models/shapes/config.pbtxt')!.toString()).toBe(`name: "shapes"
backend: "onnxruntime"
max_batch_size: 32
input [
  { name: "images" data_type: TYPE_UINT8 dims: [ -1, -1, 3 ] }
]
output [
  { name: "probabilities" data_type: TYPE_FP32 dims: [ 6 ] label_filename: "labels.txt" },
  { name: "predicted_index" data_type: TYPE_INT64 dims: [ 1 ] },
  { name: "confidence" data_type: TYPE_FP32 dims: [ 1 ] },
  { name: "decision" data_type: TYPE_INT64 dims: [ 1 ] },
  { name: "distance" data_type: TYPE_FP32 dims: [ 1 ] }
]
dynamic_batching { max_queue_delay_microseconds: 2000 }
version_policy { latest { num_versions: 1 } }
`)
  const { graph } = readOnnx(files.get('models/shapes/1/model.onnx')!)
  expect(graph.inputs).toEqual([{ name: 'images', type: 2, shape: ['batch', 'height', 'width', 3] }])
  expect(graph.outputs.map(({ name }) => name)).toEqual([
    'probabilities',
    'predicted_index',
    'confidence',
    'decision',
    'distance',
  ])
  expect(files.get('models/shapes/labels.txt')!.toString().split('\n')[2]).toBe('triangle')
})

test('an InferenceService of KServe comes with the model repository that it names', async () => {
  const files = await packed('kserve', 'cats-dogs')

  expect(files.has('models/cats-dogs/1/model.onnx')).toBe(true)
  const service = files.get('inference-service.yaml')!.toString()
  expect(service).toContain('kind: InferenceService')
  expect(service).toContain('name: darkroom-cats-dogs\n')
  expect(service).toContain('storageUri: pvc://darkroom-models/models\n')
})

test.each<[ServingTarget, string]>([
  ['ray', 'app.py'],
  ['onnx-serving', 'classifier.py'],
])('the archive for %s has every module that its program imports', async (target, program) => {
  const { bytes, filename } = await servingZip(version('shapes'), target)
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) chunks.push(chunk)
  const names = new Map<string, string>()
  for await (const entry of readZip(Buffer.concat(chunks), { entryBytes: 1e8, totalBytes: 1e8 }))
    if (entry.kind === 'file') names.set(entry.path, Buffer.from(entry.bytes).toString('latin1'))

  expect(filename).toBe(`shapes-v1-${target}.zip`)
  expect(names.has(program)).toBe(true)
  for (const module of ['classifier', 'images'])
    if (names.get(program)!.includes(`from ${module} import`)) expect(names.has(`${module}.py`)).toBe(true)
  for (const name of ['model.onnx', 'classes.json', 'requirements.txt']) expect(names.has(name)).toBe(true)
})

test('a version that reads digits is refused for every server, with the reason', async () => {
  await expect(packed('triton', 'mnist')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('reads digits'),
  })
})

test('a class that was renamed since has its name of today', async () => {
  const classes = CLASSES.map((name) => (name === 'triangle' ? 'Dreieck' : name))

  const files = await servingFiles({ ...version('shapes'), classes }, 'triton')

  const labels = files.find(({ path: name }) => name.endsWith('labels.txt'))!
  expect(
    Buffer.from(labels.content as Uint8Array)
      .toString()
      .split('\n')[2],
  ).toBe('Dreieck')
})

test('a damaged version is refused', async () => {
  const folder = path.join(folderForTest(), 'v1')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'manifest.json'), '{}')

  await expect(servingFiles({ ...version('shapes'), folder }, 'ray')).rejects.toMatchObject({
    code: 'bad_bundle',
  })
})
