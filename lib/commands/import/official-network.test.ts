import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { serveFiles, type Behaviour, type Files } from '#lib/ingest/readers/official.fakes.ts'
import { digestOf } from '#lib/training/features/known-networks.ts'
import { fetchOfficialNetwork, OFFICIAL } from './official-network.ts'

const FOLDER = 'small_no_top'
const KERNEL = Float32Array.from({ length: 3 * 3 * 3 * 4 }, (_, i) => Math.sin(i))
const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** As Keras' converter writes a network without its head: feature maps at its end, weights in two files. */
function smallNetwork({ kernel = KERNEL, paths = ['group1-shard1of2', 'group1-shard2of2'] } = {}): Files {
  const topology = {
    class_name: 'Model',
    config: {
      name: 'small',
      layers: [
        {
          name: 'input_1',
          class_name: 'InputLayer',
          config: { name: 'input_1', batch_input_shape: [null, 32, 32, 3], dtype: 'float32' },
          inbound_nodes: [],
        },
        {
          name: 'Conv1',
          class_name: 'Conv2D',
          config: {
            name: 'Conv1',
            filters: 4,
            kernel_size: [3, 3],
            strides: [2, 2],
            padding: 'same',
            use_bias: false,
            activation: 'linear',
            data_format: 'channels_last',
          },
          inbound_nodes: [[['input_1', 0, 0, {}]]],
        },
        {
          name: 'out_relu',
          class_name: 'ReLU',
          config: { name: 'out_relu', max_value: 6 },
          inbound_nodes: [[['Conv1', 0, 0, {}]]],
        },
      ],
      input_layers: [['input_1', 0, 0]],
      output_layers: [['out_relu', 0, 0]],
    },
  }
  const bytes = new Uint8Array(kernel.buffer)
  return {
    [`${FOLDER}/model.json`]: utf8({
      format: 'layers-model',
      modelTopology: { keras_version: '2.1.6', backend: 'tensorflow', model_config: topology },
      weightsManifest: [
        { paths, weights: [{ name: 'Conv1/kernel', shape: [3, 3, 3, 4], dtype: 'float32' }] },
      ],
    }),
    [`${FOLDER}/group1-shard1of2`]: bytes.slice(0, 100),
    [`${FOLDER}/group1-shard2of2`]: bytes.slice(100),
  }
}

async function fetchFrom(
  files: Files,
  official: { folder: string; digest: string },
  how: { behaviour?: () => Behaviour; size?: number } = {},
) {
  const downloads = mkdtempSync(join(tmpdir(), 'darkroom-official-'))
  onTestFinished(() => rmSync(downloads, { recursive: true }))
  await using server = await serveFiles(files, how.behaviour)
  const came = await fetchOfficialNetwork(
    { mirror: undefined, downloads, size: how.size },
    { ...official, address: server.url },
  ).catch((error: unknown) => {
    if (isDarkroomError(error)) return error.message
    throw error
  })
  expect(readdirSync(downloads)).toEqual([])
  return came
}

/** The kernel, then the head with two classes that is added: 4 × 2 numbers and 2, all zero. */
const DIGEST = createHash('sha256')
  .update(new Uint8Array(KERNEL.buffer))
  .update(new Uint8Array(4 * (4 * 2 + 2)))
  .digest('hex')

test('a network without a head is read from two files, and its maps are averaged into features', async () => {
  const model = await fetchFrom(smallNetwork(), { folder: FOLDER, digest: DIGEST })

  if (typeof model === 'string') throw new Error(model)
  expect(model.network.layers.map(({ kind }) => kind)).toEqual(['conv', 'relu', 'globalAvgPool', 'dense'])
  expect(model.weights['Conv1/kernel']).toEqual(KERNEL)
})

test('a single different weight is refused', async () => {
  const kernel = KERNEL.slice()
  kernel[7]! += 1e-6

  expect(await fetchFrom(smallNetwork({ kernel }), { folder: FOLDER, digest: DIGEST })).toMatch(
    /is not the official MobileNetV2 0\.35: its weights differ/,
  )
})

test.each([
  [
    'a model.json that refers to another folder',
    smallNetwork({ paths: ['../../../etc/passwd'] }),
    undefined,
    /model\.json is not the official/,
  ],
  [
    'a web page instead of a model',
    { [`${FOLDER}/model.json`]: new TextEncoder().encode('<html>') },
    undefined,
    /model\.json is not the official/,
  ],
  ['a truncated response', smallNetwork(), 'cut', /model\.json cannot be downloaded/],
  ['nothing', {}, undefined, /the server returned 404/],
] satisfies [string, Files, Behaviour | undefined, RegExp][])(
  '%s is one sentence',
  async (_, files, behaviour, words) => {
    expect(
      await fetchFrom(files, { folder: FOLDER, digest: DIGEST }, behaviour && { behaviour: () => behaviour }),
    ).toMatch(words)
  },
)

const REAL = join(
  process.env['DARKROOM_REAL_DATA'] ?? join(import.meta.dirname, '../../../../shared/data'),
  'models/mobilenet_v2_0.35_224_notop',
)

test.runIf(existsSync(REAL))(
  'MobileNetV2 0.35 is recognised by its weights, however they are split and for any image size',
  async () => {
    const {
      modelTopology,
      weightsManifest: [group],
    } = JSON.parse(readFileSync(join(REAL, 'model.json'), 'utf8')) as {
      modelTopology: { config: { layers: [object] } }
      weightsManifest: [object]
    }
    const weights = new Uint8Array(readFileSync(join(REAL, 'weights.bin')))
    const paths = ['group1-shard1of2', 'group1-shard2of2']
    const files = {
      [`${OFFICIAL.folder}/model.json`]: utf8({
        modelTopology: { model_config: modelTopology.config.layers[0] },
        weightsManifest: [{ ...group, paths }],
      }),
      [`${OFFICIAL.folder}/${paths[0]}`]: weights.slice(0, 1_000_000),
      [`${OFFICIAL.folder}/${paths[1]}`]: weights.slice(1_000_000),
    }

    const model = await fetchFrom(files, OFFICIAL, { size: 96 })

    if (typeof model === 'string') throw new Error(model)
    expect(digestOf(model)).toBe(OFFICIAL.digest)
    expect(model.network.input.size).toBe(96)
  },
)
