/** Reads an ONNX file (ModelProto of onnx.proto3) far enough to run a part of it in another graph: the names that its
 *  nodes read and write, and where its tensors are. Nodes and tensors stay the bytes that they are. Files come from
 *  elsewhere, so the fields are read by their numbers, everything unknown is skipped, and what another reader could
 *  understand differently is refused. It judges nothing. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

export type OnnxTensor = {
  readonly name: string
  readonly shape: readonly number[]
  /** TensorProto.DataType */
  readonly type: number
  /** The whole message. */
  readonly message: Uint8Array
  /** Where its numbers are in the file; null: they are not stored as raw bytes. */
  readonly raw: { readonly offset: number; readonly length: number } | null
  /** Whether they are in another file. */
  readonly isExternal: boolean
}

export type OnnxNode = {
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly message: Uint8Array
  /** Graphs in its attributes, as `If` and `Loop` have them. */
  readonly subgraphs: readonly OnnxGraph[]
  /** Tensors in its attributes, as `Constant` has them; of a sparse one, its numbers and their places. */
  readonly tensors: readonly OnnxTensor[]
}

export type OnnxPort = {
  readonly name: string
  /** TensorProto.DataType; 0 where it is not a tensor. */
  readonly type: number
  /** Text: a dynamic dimension; null: the file does not say. */
  readonly shape: readonly (number | string)[] | null
}

export type OnnxGraph = {
  readonly nodes: readonly OnnxNode[]
  readonly initialisers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
  readonly sparse: readonly OnnxSparseTensor[]
}

export type OnnxSparseTensor = {
  /** Its numbers, and their places. */
  readonly tensors: readonly OnnxTensor[]
  readonly message: Uint8Array
}

export type OnnxFunction = {
  readonly name: string
  readonly domain: string
  readonly nodes: readonly OnnxNode[]
  readonly message: Uint8Array
}

export type OnnxFile = {
  readonly irVersion: number
  /** Version by domain; `ai.onnx` is the domain ''. */
  readonly opsets: ReadonlyMap<string, number>
  readonly graph: OnnxGraph
  readonly functions: readonly OnnxFunction[]
}

const RAW_DATA = 9
/** TensorProto.external_data and data_location. */
const EXTERNAL_DATA = 13
const DATA_LOCATION = 14
const DEEPEST = 16 // graphs within graphs

/** One field of a message. Each method throws where the field is stored as another type: ONNX Runtime would skip
 *  it, and what it contains could hide what ONNX Runtime reads. */
type Field = {
  readonly bytes: () => Uint8Array
  readonly string: () => string
  readonly whole: () => number
  /** Repeated numbers, one by one or packed. */
  readonly wholes: () => readonly number[]
}
type Fields = Readonly<Record<number, (field: Field) => void>>

/** @throws Error where the bytes are not an ONNX file. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  let irVersion = 0
  let graph: OnnxGraph | null = null
  const opsets = new Map<string, number>()
  const functions: OnnxFunction[] = []
  try {
    each(bytes, {
      1: (field) => (irVersion = field.whole()),
      7: (field) => (graph = graphOf(field.bytes(), bytes, 0)),
      8: (field) => {
        let [domain, version] = ['', 0]
        each(field.bytes(), { 1: (r) => (domain = r.string()), 2: (r) => (version = r.whole()) })
        opsets.set(standardDomain(domain), version)
      },
      25: (field) => functions.push(functionOf(field.bytes(), bytes)),
    })
  } catch (cause) {
    throw new Error('it is not an ONNX file, or it is damaged', { cause })
  }
  if (graph === null || irVersion === 0) throw new Error('it is not an ONNX file, or it is damaged')
  return { irVersion, opsets, graph, functions }
}

const standardDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

function graphOf(message: Uint8Array, file: Uint8Array, depth: number): OnnxGraph {
  if (depth > DEEPEST) throw new Error('its graphs are nested too deeply')
  const nodes: OnnxNode[] = []
  const initialisers: OnnxTensor[] = []
  const inputs: OnnxPort[] = []
  const outputs: OnnxPort[] = []
  const sparse: OnnxSparseTensor[] = []
  each(message, {
    1: (field) => nodes.push(nodeOf(field.bytes(), file, depth)),
    5: (field) => initialisers.push(tensorOf(field.bytes(), file)),
    11: (field) => inputs.push(portOf(field.bytes())),
    12: (field) => outputs.push(portOf(field.bytes())),
    15: (field) => sparse.push(sparseOf(field.bytes(), file)),
  })
  return { nodes, initialisers, inputs, outputs, sparse }
}

function nodeOf(message: Uint8Array, file: Uint8Array, depth: number): OnnxNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const subgraphs: OnnxGraph[] = []
  const tensors: OnnxTensor[] = []
  let [op, domain] = ['', '']
  const addTensor = (field: Field) => tensors.push(tensorOf(field.bytes(), file))
  const addSparse = (field: Field) => tensors.push(...sparseOf(field.bytes(), file).tensors)
  const addGraph = (field: Field) => subgraphs.push(graphOf(field.bytes(), file, depth + 1))
  const ofAttribute: Fields = {
    5: addTensor,
    6: addGraph,
    10: addTensor,
    11: addGraph,
    22: addSparse,
    23: addSparse,
  }
  each(message, {
    1: (field) => inputs.push(field.string()),
    2: (field) => outputs.push(field.string()),
    4: (field) => (op = field.string()),
    5: (field) => each(field.bytes(), ofAttribute),
    7: (field) => (domain = standardDomain(field.string())),
  })
  return { op, domain, inputs, outputs, message, subgraphs, tensors }
}

function tensorOf(message: Uint8Array, file: Uint8Array): OnnxTensor {
  const shape: number[] = []
  let name = ''
  let type = 0
  let isExternal = false
  let raw: OnnxTensor['raw'] = null
  each(message, {
    1: (field) => shape.push(...field.wholes()),
    2: (field) => (type = field.whole()),
    8: (field) => (name = field.string()),
    [RAW_DATA]: (field) => {
      const values = field.bytes()
      raw = { offset: values.byteOffset - file.byteOffset, length: values.length }
    },
    // each alone counts: which of them ONNX Runtime goes by is its own matter
    [EXTERNAL_DATA]: () => (isExternal = true),
    [DATA_LOCATION]: (field) => (isExternal = field.whole() !== 0 || isExternal),
  })
  return { name, shape, type, message, raw, isExternal }
}

function sparseOf(message: Uint8Array, file: Uint8Array): OnnxSparseTensor {
  const tensors: OnnxTensor[] = []
  const add = (field: Field) => tensors.push(tensorOf(field.bytes(), file))
  each(message, { 1: add, 2: add })
  return { tensors, message }
}

function portOf(message: Uint8Array): OnnxPort {
  let name = ''
  let type = 0
  let shape: (number | string)[] | null = null
  const dimension = (bytes: Uint8Array): number | string => {
    let value: number | string = ''
    each(bytes, { 1: (field) => (value = field.whole()), 2: (field) => (value = field.string()) })
    return value
  }
  const ofTensor: Fields = {
    1: (field) => (type = field.whole()),
    2: (field) => {
      const sides: (number | string)[] = []
      each(field.bytes(), { 1: (inner) => sides.push(dimension(inner.bytes())) })
      shape = sides
    },
  }
  each(message, {
    1: (field) => (name = field.string()),
    2: (field) => each(field.bytes(), { 1: (inner) => each(inner.bytes(), ofTensor) }),
  })
  return { name, type, shape }
}

function functionOf(message: Uint8Array, file: Uint8Array): OnnxFunction {
  let [name, domain] = ['', '']
  const nodes: OnnxNode[] = []
  each(message, {
    1: (field) => (name = field.string()),
    7: (field) => nodes.push(nodeOf(field.bytes(), file, 0)),
    10: (field) => (domain = standardDomain(field.string())),
  })
  return { name, domain, nodes, message }
}

function each(message: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(message)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const read = fields[number]
    const from = reader.pos
    if (read) read(fieldOf(reader, wire))
    if (reader.pos === from) reader.skip(wire, number)
  }
}

function fieldOf(reader: BinaryReader, wire: WireType): Field {
  const require = (expected: WireType): void => {
    if (wire !== expected) throw new Error('a field has another type than the format has')
  }
  const whole = (): number => {
    require(WireType.Varint)
    return Number(reader.int64())
  }
  return {
    whole,
    bytes: () => {
      require(WireType.LengthDelimited)
      return reader.bytes()
    },
    string: () => {
      require(WireType.LengthDelimited)
      return reader.string()
    },
    wholes: () => {
      if (wire !== WireType.LengthDelimited) return [whole()]
      const values: number[] = []
      const packed = new BinaryReader(reader.bytes())
      while (packed.pos < packed.len) values.push(Number(packed.int64()))
      return values
    },
  }
}
