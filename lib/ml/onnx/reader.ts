/** Reads an ONNX file (ModelProto of onnx.proto3) far enough to run a part of it in another graph: the names that its
 *  nodes read and write, and where its tensors are. Nodes and tensors stay the bytes that they are. Files come from
 *  elsewhere, so the fields are read by their numbers and everything unknown is skipped. It judges nothing. */
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
  /** Tensors in its attributes, as `Constant` has them. */
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
  /** SparseTensorProto messages. */
  readonly sparse: readonly Uint8Array[]
}

export type OnnxFunction = { readonly name: string; readonly domain: string; readonly message: Uint8Array }

export type OnnxFile = {
  readonly irVersion: number
  /** Version by domain; `ai.onnx` is the domain ''. */
  readonly opsets: ReadonlyMap<string, number>
  readonly graph: OnnxGraph
  readonly functions: readonly OnnxFunction[]
}

const RAW_DATA = 9
const EXTERNAL = 1 // TensorProto.DataLocation
const DEEPEST = 16 // graphs within graphs

type Fields = Readonly<Record<number, (reader: BinaryReader, wire: WireType) => void>>

/** @throws Error where the bytes are not an ONNX file. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  let irVersion = 0
  let graph: OnnxGraph | null = null
  const opsets = new Map<string, number>()
  const functions: OnnxFunction[] = []
  try {
    each(bytes, {
      1: (reader) => (irVersion = whole(reader)),
      7: (reader) => (graph = graphOf(reader.bytes(), bytes, 0)),
      8: (reader) => {
        let [domain, version] = ['', 0]
        each(reader.bytes(), { 1: (r) => (domain = r.string()), 2: (r) => (version = whole(r)) })
        opsets.set(standardDomain(domain), version)
      },
      25: (reader) => functions.push(functionOf(reader.bytes())),
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
  const sparse: Uint8Array[] = []
  each(message, {
    1: (reader) => nodes.push(nodeOf(reader.bytes(), file, depth)),
    5: (reader) => initialisers.push(tensorOf(reader.bytes(), file)),
    11: (reader) => inputs.push(portOf(reader.bytes())),
    12: (reader) => outputs.push(portOf(reader.bytes())),
    15: (reader) => sparse.push(reader.bytes()),
  })
  return { nodes, initialisers, inputs, outputs, sparse }
}

function nodeOf(message: Uint8Array, file: Uint8Array, depth: number): OnnxNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const subgraphs: OnnxGraph[] = []
  const tensors: OnnxTensor[] = []
  let [op, domain] = ['', '']
  const addTensor = (reader: BinaryReader) => tensors.push(tensorOf(reader.bytes(), file))
  const addGraph = (reader: BinaryReader) => subgraphs.push(graphOf(reader.bytes(), file, depth + 1))
  each(message, {
    1: (reader) => inputs.push(reader.string()),
    2: (reader) => outputs.push(reader.string()),
    4: (reader) => (op = reader.string()),
    5: (reader) => each(reader.bytes(), { 5: addTensor, 6: addGraph, 10: addTensor, 11: addGraph }),
    7: (reader) => (domain = standardDomain(reader.string())),
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
    1: (reader, wire) => shape.push(...wholes(reader, wire)),
    2: (reader) => (type = whole(reader)),
    8: (reader) => (name = reader.string()),
    [RAW_DATA]: (reader) => {
      const values = reader.bytes()
      raw = { offset: values.byteOffset - file.byteOffset, length: values.length }
    },
    14: (reader) => (isExternal = whole(reader) === EXTERNAL),
  })
  return { name, shape, type, message, raw, isExternal }
}

function portOf(message: Uint8Array): OnnxPort {
  let name = ''
  let type = 0
  let shape: (number | string)[] | null = null
  const dimension = (bytes: Uint8Array): number | string => {
    let value: number | string = ''
    each(bytes, { 1: (reader) => (value = whole(reader)), 2: (reader) => (value = reader.string()) })
    return value
  }
  const ofTensor: Fields = {
    1: (reader) => (type = whole(reader)),
    2: (reader) => {
      const sides: (number | string)[] = []
      each(reader.bytes(), { 1: (inner) => sides.push(dimension(inner.bytes())) })
      shape = sides
    },
  }
  each(message, {
    1: (reader) => (name = reader.string()),
    2: (reader) => each(reader.bytes(), { 1: (inner) => each(inner.bytes(), ofTensor) }),
  })
  return { name, type, shape }
}

function functionOf(message: Uint8Array): OnnxFunction {
  let [name, domain] = ['', '']
  each(message, {
    1: (reader) => (name = reader.string()),
    10: (reader) => (domain = standardDomain(reader.string())),
  })
  return { name, domain, message }
}

function each(message: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(message)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const read = fields[field]
    if (read) read(reader, wire)
    else reader.skip(wire, field)
  }
}

const whole = (reader: BinaryReader): number => Number(reader.int64())

/** Repeated numbers, one by one or packed. */
function wholes(reader: BinaryReader, wire: WireType): readonly number[] {
  if (wire !== WireType.LengthDelimited) return [whole(reader)]
  const values: number[] = []
  const packed = new BinaryReader(reader.bytes())
  while (packed.pos < packed.len) values.push(whole(packed))
  return values
}
