/** ONNX files that are made to read other files of this machine, or to occupy it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { inspectOnnx } from './inspect-onnx.ts'
import {
  externalTensor,
  rawMessage,
  rawModel,
  rawNode,
  sparseTensor,
  type Field,
} from '#lib/ml/onnx/raw-messages.fakes.ts'
import { INSPECTING } from './vit.fakes.ts'

/** Relative to the folder of the program, where ONNX Runtime looks. */
const SECRET = 'package.json'
const IN_ANOTHER_FILE = 'its weights are in another file (external data)'

async function inspected(model: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-hostile-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'hostile.onnx')
  await writeFile(file, model)
  return inspectOnnx(file, { name: 'hostile.onnx', normalisation: 'imagenet' }, INSPECTING)
}

const sum = [rawNode('Add', ['x', 'elsewhere'], ['y'])]
const constant = (...attribute: readonly Field[]): Uint8Array =>
  rawNode('Constant', [], ['elsewhere'], [5, rawMessage([1, 'value'], ...attribute)])

test.each([
  ['a sparse constant of the graph', { nodes: sum, graph: [[15, sparseTensor(externalTensor(SECRET))]] }],
  [
    'the places of a sparse constant',
    {
      nodes: sum,
      graph: [[15, rawMessage([1, rawMessage([1, 3], [2, 1])], [2, externalTensor(SECRET)], [3, 3])]],
    },
  ],
  [
    'a sparse constant of a node',
    { nodes: [constant([22, sparseTensor(externalTensor(SECRET))], [20, 11]), ...sum] },
  ],
  [
    'one of the sparse constants of a node',
    { nodes: [constant([23, sparseTensor(externalTensor(SECRET))], [20, 12]), ...sum] },
  ],
  [
    'a constant inside a function',
    {
      nodes: [rawNode('Own', ['x'], ['y'], [7, 'own'])],
      model: [
        [8, rawMessage([1, 'own'], [2, 1])],
        [
          25,
          rawMessage(
            [1, 'Own'],
            [4, 'x'],
            [5, 'y'],
            [7, constant([5, externalTensor(SECRET)], [20, 4])],
            ...sum.map((node): Field => [7, node]),
            [10, 'own'],
          ),
        ],
      ],
    },
  ],
  [
    'a constant whose mark has more than 32 bits, of which ONNX Runtime reads 32',
    { nodes: sum, graph: [[5, externalTensor(SECRET, [[14, 2 ** 32 + 1]])]] },
  ],
  ['a constant that names a file without the mark', { nodes: sum, graph: [[5, externalTensor(SECRET, [])]] }],
] satisfies readonly (readonly [string, Parameters<typeof rawModel>[0]])[])(
  'no file of this machine is read by %s',
  async (_story, model) => {
    await expect(inspected(rawModel(model))).rejects.toMatchObject({
      code: 'bad_data_file',
      why: IN_ANOTHER_FILE,
    })
  },
)

test('a field of another type than the format has is refused, as ONNX Runtime would skip its content', async () => {
  const tensor = externalTensor(SECRET)
  // as a number, this field would end before its bytes, and these would be field 15, which contains the whole tensor
  const hiding = rawMessage([2, Uint8Array.of(0x7a, tensor.length)])

  await expect(
    inspected(rawModel({ nodes: sum, graph: [[5, Buffer.concat([hiding, tensor])]] })),
  ).rejects.toMatchObject({ why: 'it is not an ONNX file, or it is damaged' })
})

test('nodes that read each other in a circle are refused', async () => {
  const circle = [rawNode('Identity', ['z'], ['y']), rawNode('Identity', ['y'], ['z'])]

  await expect(inspected(rawModel({ nodes: circle }))).rejects.toMatchObject({ code: 'bad_data_file' })
})

test('a network that takes a million images at once is refused', async () => {
  const model = rawModel({ nodes: [rawNode('Relu', ['x'], ['y'])], images: 1_000_000 })

  await expect(inspected(model)).rejects.toMatchObject({
    code: 'bad_data_file',
    why: 'it takes 1000000 images at once, and at most 64 are supported',
  })
})

test('of hundreds of outputs, the first 64 are examined', async () => {
  const outputs = Array.from({ length: 200 }, (_, i) => `y${i}`)
  const nodes = outputs.map((name) => rawNode('Add', ['x', 'x'], [name]))

  const { choices } = await inspected(rawModel({ nodes, outputs }))

  expect(choices.map(({ value }) => value)).toEqual(outputs.slice(0, 64))
})
