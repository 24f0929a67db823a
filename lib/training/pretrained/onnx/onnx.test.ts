import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { layoutOf } from '#lib/ml/network/network.ts'
import { inferenceGraph } from '#lib/ml/onnx/inference-graph.ts'
import { onnxBytes, type EmbeddedGraph, type GraphData } from '#lib/ml/onnx/writer.ts'
import { normalise } from '#lib/ml/preprocess/preprocess.ts'
import { inspectOnnx, type InspectionOptions } from './inspect-onnx.ts'
import { smallGraph, writeGraph } from './graphs.fakes.ts'
import { saveOnnx } from './save-onnx.ts'
import { INSPECTING, NAMED, savedVit } from './vit.fakes.ts'

const exported: Readonly<Record<'first-token' | 'mean-of-tokens', readonly (readonly number[])[]>> =
  JSON.parse(await readFile(fileURLToPath(new URL('./fixtures/vit.json', import.meta.url)), 'utf8'))

/** An operator set of its own around nothing. */
const NOTHING: EmbeddedGraph = {
  irVersion: 8,
  opsets: new Map(),
  nodes: [],
  after: 0,
  initialisers: [],
  sparse: [],
  functions: [],
}
const OPTIONS: InspectionOptions = { name: 'vit.onnx', normalisation: 'imagenet' }

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-onnx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The bytes that the exporter used, by the formula in vit.json. */
function drawnSquare(i: number, size: number): Uint8Array {
  const square = new Uint8Array(size * size * 3)
  for (let y = 0, to = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++)
        square[to++] = (37 * i + 5 * y + 11 * x * (1 + i) + 83 * c + ((y * x) % 19)) % 256
  return square
}

test.each(['first-token', 'mean-of-tokens'] as const)(
  'features of a vision transformer from PyTorch, read as %s, equal those of PyTorch',
  async (reading) => {
    const bundle = await readBundle(await savedVit(await scratch(), reading))
    const perImage = 64 * 64 * 3
    const pixels = new Float32Array(3 * perImage)
    for (const i of [0, 1, 2]) normalise(drawnSquare(i, 64), bundle.preprocess, pixels, i * perImage)

    for (const name of ['onnx', 'wasm'] as const) {
      await using engine = await openEngine(name, 'inference', { threads: 1 })
      await engine.load('vit', bundle)
      const { features } = await engine.run('vit', pixels, 3)
      await engine.unload('vit')

      exported[reading]
        .flat()
        .forEach((value, k) => expect(Math.abs(features![k]! - value)).toBeLessThan(1e-3))
    }
  },
)

const MODELS =
  process.env['DARKROOM_REAL_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
const MOBILENET = join(MODELS, 'models', 'mobilenet_v2_0.35_224_notop')

test.runIf(existsSync(MOBILENET))(
  'features of MobileNetV2 as an ONNX file equal those of its layers',
  async () => {
    const folder = await scratch()
    const model = fromForeignTfjs(
      await readFile(join(MOBILENET, 'model.json'), 'utf8'),
      await readFile(join(MOBILENET, 'weights.bin')),
      { size: 96 },
    )
    const file = join(folder, 'mobilenet.onnx')
    await writeFile(
      file,
      onnxBytes(inferenceGraph(layoutOf(model.network), model.weights, { isWasm: false })),
    )

    const inspection = await inspectOnnx(file, { name: 'mobilenet.onnx', normalisation: '-1..1' }, INSPECTING)
    const saved = await saveOnnx(file, folder, { inspection, choice: inspection.choices[0]!, ...NAMED })

    expect(inspection.choices[0]).toMatchObject({ reading: 'vector', length: 1280 })
    expect(inspection.image).toMatchObject({ layout: 'nhwc', batch: 0, size: 96, channels: 3 })
    const pixels = new Float32Array(2 * 96 * 96 * 3).map((_, i) => Math.sin(i / 70))
    await using engine = await openEngine('onnx', 'inference', { threads: 1 })
    await engine.load('layers', model)
    await engine.load('file', await readBundle(join(saved, 'v1')))
    const [layers, graph] = [await engine.run('layers', pixels, 2), await engine.run('file', pixels, 2)]
    graph.features!.forEach((value, k) => expect(Math.abs(value - layers.features![k]!)).toBeLessThan(1e-3))
  },
)

test.each([
  ['channels first, any number of images', {}, { layout: 'nchw', batch: 0 }],
  ['channels last', { sides: ['n', 32, 32, 3], perm: [0, 3, 1, 2] }, { layout: 'nhwc', batch: 0 }],
  ['one image at a time', { sides: [1, 3, 32, 32] }, { layout: 'nchw', batch: 1 }],
  ['four images at a time', { sides: [4, 3, 32, 32] }, { layout: 'nchw', batch: 4 }],
] as const)(
  '%s: the input of the last layer is offered first, and each image gets its own features',
  async (...row) => {
    const [, graph, image] = row
    const folder = await scratch()
    await writeGraph(join(folder, 'small.onnx'), smallGraph(graph))

    const inspection = await inspectOnnx(join(folder, 'small.onnx'), OPTIONS, INSPECTING)
    const [choice] = inspection.choices
    await saveOnnx(join(folder, 'small.onnx'), folder, { inspection, choice: choice!, ...NAMED })

    expect(inspection.image).toMatchObject({ ...image, size: 32, channels: 3 })
    expect(inspection.choices.map(({ reading, length }) => [reading, length])).toEqual([
      ['vector', 6],
      ['vector', 2],
    ])
    await using engine = await openEngine('onnx', 'inference', { threads: 1 })
    await engine.load('small', await readBundle(join(folder, 'vit', 'v1')))
    const pixels = new Float32Array(5 * 32 * 32 * 3).map(
      (_, i) => Math.floor(i / 3072) * 0.25 + (i % 3) * 0.1,
    )
    const { features } = await engine.run('small', pixels, 5)
    for (const i of [0, 1, 2, 3, 4]) {
      const colour = [0, 1, 2].map((c) => i * 0.25 + c * 0.1)
      const expected = Array.from({ length: 6 }, (_, k) =>
        Math.max(
          0,
          colour.reduce((sum, value, c) => sum + value * Math.cos(c * 6 + k), k / 10),
        ),
      )
      expected.forEach((value, k) => expect(features![i * 6 + k]).toBeCloseTo(value, 4))
    }
  },
)

const small = smallGraph({})
const [firstInput] = small.inputs
const [last] = small.initialisers.slice(-1)

test.each<[string, GraphData, string]>([
  [
    'a custom operator',
    {
      ...small,
      nodes: [
        ...small.nodes,
        { op: 'Deform', domain: 'my.company', inputs: ['image'], outputs: ['x'], attributes: {} },
      ],
      embedded: {
        ...NOTHING,
        opsets: new Map([
          ['', 17],
          ['my.company', 1],
        ]),
      },
    },
    'it uses custom operators (my.company.Deform)',
  ],
  [
    'weights in another file',
    {
      ...small,
      initialisers: [
        ...small.initialisers.slice(0, -1),
        { ...last!, bytes: { file: 'weights.data', offset: 0, length: 48 } },
      ],
    },
    'its weights are in another file (external data)',
  ],
  [
    'several inputs',
    { ...small, inputs: [firstInput!, { name: 'mask', type: 'float32', shape: [1, 4] }] },
    'it has 2 inputs (image, mask), and a backbone takes one image',
  ],
  [
    'bytes as input',
    smallGraph({ type: 'uint8' }),
    'its input "image" has the type uint8, and float32 or float16 is needed',
  ],
  [
    'text as input',
    smallGraph({ sides: ['n', 77] }),
    'its input "image" has 2 dimensions, and an image has 4: [n, 77]',
  ],
  [
    'five channels',
    smallGraph({ sides: [1, 5, 32, 32] }),
    'its input "image" has 5 channels, and an image has 1 or 3',
  ],
  [
    'a wide image',
    smallGraph({ sides: [1, 3, 32, 64] }),
    'its input "image" is 64 × 32, and only square images are supported',
  ],
  [
    'a large image',
    smallGraph({ sides: [1, 3, 1024, 1024] }),
    'its input has 1024 × 1024 pixels, and 8 to 512 are supported',
  ],
  [
    'an old operator set',
    { ...small, embedded: { ...NOTHING, opsets: new Map([['', 6]]) } },
    'it was written for operator set 6, and 7 or later is needed',
  ],
  [
    'an operator that does not exist',
    { ...small, nodes: small.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Bend' } : node)) },
    'ONNX Runtime cannot run it (',
  ],
  [
    'features that are the same for every image',
    {
      ...small,
      nodes: small.nodes.map((node) =>
        node.op === 'Gemm' ? { ...node, inputs: ['c9', ...node.inputs.slice(1)] } : node,
      ),
      initialisers: [
        ...small.initialisers,
        { name: 'c9', type: 'float32', shape: [8, 3], bytes: new Uint8Array(96) },
      ],
    },
    'differs from image to image',
  ],
])('%s is refused with the reason', async (_, graph, reason) => {
  const file = join(await scratch(), 'refused.onnx')
  await writeGraph(file, graph)

  const refusal = await inspectOnnx(file, { ...OPTIONS, name: 'refused.onnx' }, INSPECTING).catch(
    (error: unknown) => error,
  )

  expect(refusal).toMatchObject({ code: 'bad_data_file' })
  expect(String(refusal)).toContain('refused.onnx cannot be used as a pretrained network')
  expect(String(refusal)).toContain(reason)
})

test('a file that is no ONNX file is refused', async () => {
  const file = join(await scratch(), 'not.onnx')
  await writeFile(file, 'these are not the bytes of a graph')

  await expect(inspectOnnx(file, OPTIONS, INSPECTING)).rejects.toThrow(
    'it is not an ONNX file, or it is damaged',
  )
})
