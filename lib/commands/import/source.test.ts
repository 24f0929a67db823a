import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { softmax } from '#lib/domain/calibration.ts'
import { referenceAnswers } from '#lib/ml/reference/step.ts'
import { readModel, type ForeignModel, type ImportArguments } from './source.ts'

const FIXTURES = new URL('../../ml/formats/fixtures/', import.meta.url)
const fixture = (name: string): string => new URL(name, FIXTURES).pathname

/** Written by Keras, with the output of its `predict`: see lib/ml/formats/fixtures/keras-nested.py. */
const expectation = JSON.parse(readFileSync(fixture('keras-nested.json'), 'utf8')) as {
  pixels: string[]
  probabilities: number[][]
}

const ARGUMENTS: ImportArguments = {
  from: null,
  classes: null,
  pixels: null,
  fit: null,
  size: undefined,
  command: '',
  calibration: null,
}

function predicted({ model: { network, weights, rescaling } }: ForeignModel): number[] {
  const bytes = Buffer.concat(expectation.pixels.map((text) => Buffer.from(text, 'base64')))
  const { logits } = referenceAnswers(network, weights, {
    pixels: Float32Array.from(bytes, (byte) => byte * rescaling!.scale + rescaling!.offset),
    count: expectation.pixels.length,
  })
  return expectation.pixels.map((_, i) => softmax(Array.from(logits.subarray(i * 2, i * 2 + 2)))[1]!)
}

test('a .keras file with nested models, augmentation and separable convolutions predicts as in Keras', async () => {
  const answers = predicted(await readModel(fixture('keras-nested.keras'), ARGUMENTS))

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

    const { model } = await readModel(folder, ARGUMENTS)

    expect([...model.weights['out/kernel']!]).toEqual([-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5])
    expect([...model.weights['out/bias']!]).toEqual([0.25, -0.25])
    await rm(join(folder, 'my-net-2of2'))
    await expect(readModel(folder, ARGUMENTS)).rejects.toThrow('the folder has no my-net-2of2')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a ZIP archive that is no .keras file is refused with what it lacks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-source-'))
  try {
    await writeFile(join(folder, 'a.keras'), Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'))

    await expect(readModel(join(folder, 'a.keras'), ARGUMENTS)).rejects.toThrow('without config.json and')
  } finally {
    await rm(folder, { recursive: true })
  }
})
