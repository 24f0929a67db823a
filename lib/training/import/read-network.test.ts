import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { referenceAnswers } from '#lib/ml/reference/step.ts'
import { teachableExport } from './foreign-network.fakes.ts'
import { readNetwork, type ForeignNetwork } from './read-network.ts'

const FIXTURES = new URL('../../ml/formats/fixtures/', import.meta.url)
const fixture = (name: string): string => new URL(name, FIXTURES).pathname

/** Written by Keras, with the output of its `predict`: see lib/ml/formats/fixtures/keras-nested.py. */
const expectation = JSON.parse(readFileSync(fixture('keras-nested.json'), 'utf8')) as {
  pixels: string[]
  probabilities: number[][]
}

function predicted({ model: { network, weights, rescaling } }: Pick<ForeignNetwork, 'model'>): number[] {
  const bytes = Buffer.concat(expectation.pixels.map((text) => Buffer.from(text, 'base64')))
  const { logits } = referenceAnswers(network, weights, {
    pixels: Float32Array.from(bytes, (byte) => byte * rescaling!.scale + rescaling!.offset),
    count: expectation.pixels.length,
  })
  return expectation.pixels.map((_, i) => softmax(Array.from(logits.subarray(i * 2, i * 2 + 2)))[1]!)
}

test('a .keras file with nested models, augmentation and separable convolutions predicts as in Keras', async () => {
  const answers = predicted(await readNetwork({ path: fixture('keras-nested.keras') }))

  answers.forEach((p, i) => expect(p).toBeCloseTo(expectation.probabilities[i]![0]!, 6))
})

test('a folder of TensorFlow.js may have several weight files of any name, and numbers of 16 bits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-source-'))
  try {
    const layers = [
      { class_name: 'InputLayer', config: { batch_input_shape: [null, 2, 2, 1], name: 'in' } },
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'out', units: 2, use_bias: true, activation: 'softmax' } },
    ]
    const weights = [
      {
        name: 'out/kernel',
        shape: [4, 2],
        dtype: 'float32',
        quantization: { dtype: 'uint16', scale: 0.5, min: -1 },
      },
      { name: 'out/bias', shape: [2], dtype: 'float32' },
    ]
    await writeFile(
      join(folder, 'model.json'),
      JSON.stringify({
        modelTopology: { model_config: { class_name: 'Sequential', config: { layers } } },
        weightsManifest: [{ paths: ['my-net-1of2', 'my-net-2of2'], weights }],
      }),
    )
    await writeFile(
      join(folder, 'my-net-1of2'),
      new Uint8Array(Uint16Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer),
    )
    await writeFile(join(folder, 'my-net-2of2'), new Uint8Array(Float32Array.of(0.25, -0.25).buffer))

    const { model } = await readNetwork({ path: folder })

    expect([...model.weights['out/kernel']!]).toEqual([-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5])
    expect([...model.weights['out/bias']!]).toEqual([0.25, -0.25])
    await rm(join(folder, 'my-net-2of2'))
    await expect(readNetwork({ path: folder })).rejects.toThrow('the folder has no my-net-2of2')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a ZIP archive that is no .keras file is refused with what it lacks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-source-'))
  try {
    await writeFile(join(folder, 'a.keras'), Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'))

    await expect(readNetwork({ path: join(folder, 'a.keras') })).rejects.toThrow(
      'it has neither model.json with weights, nor config.json with model.weights.h5, nor a .h5 or .keras file',
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** Written to disk under this name, and read. */
async function read(name: string, content: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-source-'))
  try {
    await writeFile(join(folder, name), content)
    return await readNetwork({ path: join(folder, name) })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('an export of Teachable Machine brings its labels, its pixel range, and the square in the middle', async () => {
  const network = await read('converted.zip', zipFile(teachableExport(['Cat', 'Dog'])))

  expect(network).toMatchObject({ labels: ['Cat', 'Dog'], fit: 'cover', file: { name: 'converted.zip' } })
  // its own program divides by 127: byte 254 is 1
  expect(254 * network.model.rescaling!.scale + network.model.rescaling!.offset).toBeCloseTo(1, 12)
})

test('the archive may have a folder around the files', async () => {
  const wrapped = teachableExport(['Cat', 'Dog']).map((one) => ({ ...one, name: `my model/${one.name}` }))

  expect((await read('my model.zip', zipFile(wrapped))).labels).toEqual(['Cat', 'Dog'])
})

test('a Keras export of Teachable Machine names its classes in labels.txt', async () => {
  const content = readFileSync(fixture('keras-sequential.h5'))
  const labels = Buffer.from('0 Ash\r\n1 Big birch\r\n2 Cedar\r\n')
  const network = await read(
    'converted_keras.zip',
    zipFile([
      { name: 'keras_model.h5', content },
      { name: 'labels.txt', content: labels },
    ]),
  )

  expect(network).toMatchObject({ labels: ['Ash', 'Big birch', 'Cedar'], fit: 'cover' })
})

const EMPTY = new Uint8Array(40)
test.each([
  ['model_unquant.tflite', Buffer.from('\x1c\0\0\0TFL3\0\0\0\0'), /it is a TFLite model/],
  ['renamed.h5', Buffer.from('\x1c\0\0\0TFL3\0\0\0\0'), /it is a TFLite model/],
  ['resnet.onnx', Buffer.from('\x08\x07'), /it is an ONNX file/],
  ['model.json', Buffer.from('{}'), /a model\.json without its weights/],
  ['resnet.pth', Buffer.from([0x80, 2, 0]), /it is a PyTorch model/],
  ['archive.pt', zipFile([{ name: 'archive/data.pkl', content: EMPTY }]), /it is a PyTorch model/],
  ['saved.zip', zipFile([{ name: 'saved/saved_model.pb', content: EMPTY }]), /it is a SavedModel/],
  ['tflite.zip', zipFile([{ name: 'model.tflite', content: EMPTY }]), /it is a TFLite model/],
  ['leaves.zip', zipFile([{ name: 'rust/1.jpg', content: EMPTY }]), /it contains images but no network/],
  [
    'graph.zip',
    zipFile([{ name: 'model.json', content: Buffer.from('{"format":"graph-model"}') }]),
    /it is a graph model of TensorFlow\.js/,
  ],
  [
    'two.zip',
    zipFile(['a/model.json', 'b/model.json'].map((name) => ({ name, content: Buffer.from('{}') }))),
    /it has 2 files model\.json/,
  ],
  ['note.h5', Buffer.from('hello, this is text'), /the file is not an HDF5 file/],
])('%s is refused by what it is', async (name, content, words) => {
  await expect(read(name, content)).rejects.toThrow(words)
})
