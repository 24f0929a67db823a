/** What an ONNX file of another program is, judged by its text alone: whether it can be a backbone, or the reason why
 *  not; the image that it takes; and the values that may serve as features. Their shapes are known only once it has
 *  run (lib/training/pretrained/onnx). */
import { OLDEST_OPSET } from './foreign-graph.ts'
import type { OnnxFile, OnnxGraph, OnnxNode, OnnxPort, OnnxTensor } from './reader.ts'

/** Operator sets that ONNX Runtime has in every build. */
const KNOWN_DOMAINS: readonly string[] = ['', 'ai.onnx.ml', 'com.microsoft']
const FLOAT32 = 1
const FLOAT16 = 10
const TYPE_NAMES: Readonly<Record<number, string>> = {
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  11: 'double',
}
export const SIZES = { least: 8, most: 512 } // pixels; those of lib/contracts/bundle.ts
const DEFAULT_SIZE = 224
/** Each run has so many, with zeros instead of those that are missing. */
const MOST_AT_ONCE = 64
/** A network that shows what each of its layers computes has two or three dozen. */
const MOST_VALUES = 64
/** Operators between the last layer with weights and the output that they leave in place. */
const AFTER_LAST_LAYER: readonly string[] = [
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'Add',
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
]
const LAST_LAYERS: readonly string[] = ['Gemm', 'MatMul']

/** What a person may state where the file does not. */
export type ImageChoice = {
  readonly size?: number | undefined
  readonly layout?: 'nchw' | 'nhwc' | undefined
}

export type ForeignImage = {
  readonly input: string
  readonly layout: 'nchw' | 'nhwc'
  readonly isHalf: boolean
  /** Images per run; 0: any number. */
  readonly batch: number
  readonly size: number
  /** Whether the file takes other sizes too. */
  readonly isAnySize: boolean
  readonly channels: 1 | 3
}

/** @throws Error with the reason, as the second half of "FILE cannot be used as a backbone: …". */
export function requireRunnable({ graph, opsets, functions }: OnnxFile): void {
  const nodes = [...allNodes(graph), ...functions.flatMap((one) => one.nodes.flatMap(withInner))]
  if ([...tensorsOf(graph), ...nodes.flatMap(tensorsOfNode)].some(({ isExternal }) => isExternal))
    throw new Error('its weights are in another file (external data)')
  const own = new Set(functions.map(({ name, domain }) => `${domain}.${name}`))
  const custom = nodes.filter(
    ({ domain, op }) => !KNOWN_DOMAINS.includes(domain) && !own.has(`${domain}.${op}`),
  )
  if (custom.length > 0) {
    const names = [...new Set(custom.map(({ domain, op }) => `${domain}.${op}`))]
    throw new Error(
      `it uses custom operators (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`,
    )
  }
  const opset = opsets.get('') ?? 0
  if (opset < OLDEST_OPSET)
    throw new Error(`it was written for operator set ${opset}, and ${OLDEST_OPSET} or later is needed`)
}

/** @throws Error with the reason, as the second half of "FILE cannot be used as a backbone: …". */
export function imageInputOf({ graph }: OnnxFile, choice: ImageChoice): ForeignImage {
  const { name, type, shape } = onlyInput(graph)
  if (type !== FLOAT32 && type !== FLOAT16)
    throw new Error(
      `its input "${name}" has the type ${TYPE_NAMES[type] ?? type}, and float32 or float16 is needed`,
    )
  const sides = shape ?? ['n', '', '', '']
  if (sides.length !== 4)
    throw new Error(
      `its input "${name}" has ${sides.length} dimensions, and an image has 4: [${sides.join(', ')}]`,
    )
  const layout = choice.layout ?? layoutOf(sides)
  const [channels, height, width] =
    layout === 'nchw' ? [sides[1]!, sides[2]!, sides[3]!] : [sides[3]!, sides[1]!, sides[2]!]
  const colours = typeof channels === 'string' ? 3 : channels
  if (colours !== 1 && colours !== 3)
    throw new Error(
      `its input "${name}" has ${channels} channels, and an image has 1 or 3: [${sides.join(', ')}]`,
    )
  const size = sizeOf(name, [height, width], choice)
  const batch = sides[0]!
  if (typeof batch === 'number' && batch > MOST_AT_ONCE)
    throw new Error(`it takes ${batch} images at once, and at most ${MOST_AT_ONCE} are supported`)
  return {
    input: name,
    layout,
    isHalf: type === FLOAT16,
    batch: typeof batch === 'number' && batch > 0 ? batch : 0,
    size,
    isAnySize: typeof height === 'string' && typeof width === 'string',
    channels: colours,
  }
}

function onlyInput(graph: OnnxGraph): OnnxPort {
  const constants = new Set(graph.initialisers.map(({ name }) => name))
  const inputs = graph.inputs.filter(({ name }) => !constants.has(name))
  const [first] = inputs
  if (first === undefined) throw new Error('it has no input')
  if (inputs.length > 1)
    throw new Error(
      `it has ${inputs.length} inputs (${inputs.map(({ name }) => name).join(', ')}), and a backbone takes one image`,
    )
  return first
}

function layoutOf(sides: readonly (number | string)[]): 'nchw' | 'nhwc' {
  const isColours = (side: number | string | undefined): boolean => side === 1 || side === 3
  return !isColours(sides[1]) && isColours(sides[3]) ? 'nhwc' : 'nchw'
}

function sizeOf(
  name: string,
  [height, width]: readonly [number | string, number | string],
  { size: chosen }: ImageChoice,
): number {
  const fixed = [height, width].filter((side) => typeof side === 'number')
  if (fixed.length === 2 && height !== width)
    throw new Error(`its input "${name}" is ${width} × ${height}, and only square images are supported`)
  const own = fixed[0]
  if (own !== undefined && chosen !== undefined && own !== chosen)
    throw new Error(`its input has ${own} × ${own} pixels, and ${chosen} were requested`)
  const size = own ?? chosen ?? DEFAULT_SIZE
  if (size < SIZES.least || size > SIZES.most)
    throw new Error(
      `its input has ${size} × ${size} pixels, and ${SIZES.least} to ${SIZES.most} are supported`,
    )
  return size
}

/** Values that may be features: every output, and before each the input of the layer that computes it, because the
 *  classes of another program are worth less than what they are computed from. The latter come first. At most
 *  `MOST_VALUES`. */
export function featureValues({ graph }: OnnxFile): readonly string[] {
  const constants = new Set([
    ...graph.initialisers.map(({ name }) => name),
    ...graph.nodes.filter(({ op }) => op === 'Constant').flatMap(({ outputs }) => outputs),
  ])
  const writer = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const before = (value: string): string | null => {
    const passed = new Set<OnnxNode>()
    for (let name = value; ;) {
      const node = writer.get(name)
      const computed = node?.inputs.filter((input) => input !== '' && !constants.has(input)) ?? []
      const [from] = computed
      if (!node || from === undefined || passed.has(node)) return null
      passed.add(node)
      if (LAST_LAYERS.includes(node.op)) return hasWeights(node, constants) ? from : null
      const isSum = node.op === 'Add' && computed.length > 1 // of two branches, not of a layer and its bias
      if (isSum || !AFTER_LAST_LAYER.includes(node.op)) return null
      name = from
    }
  }
  const outputs = graph.outputs.map(({ name }) => name)
  const inner = outputs.flatMap((name) => before(name) ?? [])
  return [...new Set([...inner, ...outputs])].filter((name) => writer.has(name)).slice(0, MOST_VALUES)
}

/** A product with a matrix that the file has; transposed or converted before, it is the output of another node. */
const hasWeights = ({ inputs }: OnnxNode, constants: ReadonlySet<string>): boolean =>
  inputs.some((name) => constants.has(name))

/** Numbers in the file that are weights. */
export const parametersOf = ({ graph }: OnnxFile): number =>
  graph.initialisers
    .filter(({ type }) => type === FLOAT32 || type === FLOAT16)
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)

const allNodes = ({ nodes }: OnnxGraph): readonly OnnxNode[] => nodes.flatMap(withInner)

const withInner = (node: OnnxNode): readonly OnnxNode[] => [node, ...node.subgraphs.flatMap(allNodes)]

/** Of the graph itself. */
const tensorsOf = ({ initialisers, sparse }: OnnxGraph): readonly OnnxTensor[] => [
  ...initialisers,
  ...sparse.flatMap(({ tensors }) => tensors),
]

/** Of a node and of the graphs in it, without those of the nodes in these. */
const tensorsOfNode = ({ tensors, subgraphs }: OnnxNode): readonly OnnxTensor[] => [
  ...tensors,
  ...subgraphs.flatMap(tensorsOf),
]
