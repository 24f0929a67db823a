/** A version in a model repository of NVIDIA Triton: its folder with `config.pbtxt`, the names of the classes, and the
 *  model under its number. https://github.com/triton-inference-server/common/blob/main/protobuf/model_config.proto */
import type { OutgoingEntry } from '#lib/archive/write-zip.ts'
import type { GraphData } from '#lib/ml/onnx/writer.ts'
import { MOST_IMAGES, type ServingModel } from './serving-model.ts'

/** A request waits this long for others of the same image size. */
const MOST_DELAY_US = 2_000
const LABELS_FILE = 'labels.txt'

type ModelPort = GraphData['outputs'][number]

const TRITON_TYPES: Partial<Record<ModelPort['type'], string>> = {
  uint8: 'TYPE_UINT8',
  int64: 'TYPE_INT64',
  float32: 'TYPE_FP32',
}

/** @param folder of the repository in the package */
export function tritonFiles(model: ServingModel, folder: string): readonly OutgoingEntry[] {
  const root = `${folder}/${model.classifier}`
  return [
    { path: `${root}/config.pbtxt`, content: Buffer.from(configOf(model)) },
    {
      path: `${root}/${LABELS_FILE}`,
      content: Buffer.from(model.classes.map((name) => `${name}\n`).join('')),
    },
    { path: `${root}/${model.number}/model.onnx`, content: model.onnx },
  ]
}

function configOf({ classifier, graph }: ServingModel): string {
  const [input] = graph.inputs
  return `name: "${classifier}"
backend: "onnxruntime"
max_batch_size: ${MOST_IMAGES}
input [
${portText(input!)}
]
output [
${graph.outputs.map((port) => portText(port)).join(',\n')}
]
dynamic_batching { max_queue_delay_microseconds: ${MOST_DELAY_US} }
version_policy { latest { num_versions: 1 } }
`
}

/** Without the number of images, which Triton adds; -1: any size. */
function portText({ name, type, shape }: ModelPort): string {
  const sides = shape!.slice(1).map((side) => (typeof side === 'number' ? side : -1))
  const labels = name === 'probabilities' ? ` label_filename: "${LABELS_FILE}"` : ''
  return `  { name: "${name}" data_type: ${TRITON_TYPES[type]!} dims: [ ${sides.join(', ')} ]${labels} }`
}
