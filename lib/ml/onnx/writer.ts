/** ONNX files: converts a graph as data to the bytes of a ModelProto. It knows the format's field numbers
 *  (onnx.proto3, IR version 9) but not the meaning of the operators. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** 20 is the newest set of which onnxruntime 1.30 runs every operator used here; the other sets are its own and
 *  have one version. */
const OPSETS: Readonly<Record<string, number>> = { '': 20, 'com.microsoft': 1, 'com.microsoft.nchwc': 1 }
const IR_VERSION = 9

/** A whole number, whole numbers, text, or `{ float }` / `{ floats }` (JavaScript cannot tell 1 from 1.0). */
export type Attribute =
  number | readonly number[] | string | { readonly float: number } | { readonly floats: readonly number[] }
export type Node = {
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}
export type ElementType = 'float32' | 'float64' | 'float16' | 'uint8' | 'int8' | 'int32' | 'int64'
/** `bytes`: the numbers themselves, or their location in an external file. */
export type Initialiser = {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly bytes: Uint8Array | ExternalData
}
export type ExternalData = { readonly file: string; readonly offset: number; readonly length: number }
/** A dimension given as text is dynamic: `batch`; null: any shape. */
export type Port = {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly (number | string)[] | null
}
export type GraphData = {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly initialisers: readonly Initialiser[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** A part of another program's graph, as bytes. */
  readonly embedded?: EmbeddedGraph
}

/** Messages of an ONNX file that are written as they are, with its operator sets instead of ours. */
export type EmbeddedGraph = {
  readonly irVersion: number
  readonly opsets: ReadonlyMap<string, number>
  readonly nodes: readonly Uint8Array[]
  /** How many of our own nodes come before these: the file lists nodes in the order in which they run. */
  readonly after: number
  readonly initialisers: readonly (Uint8Array | Initialiser)[]
  readonly sparse: readonly Uint8Array[]
  readonly functions: readonly Uint8Array[]
}

const TYPE_NUMBER: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  float64: 11,
}
const EXTERNAL = 1
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 }

export function onnxBytes(graph: GraphData): Uint8Array {
  const w = new BinaryWriter()
  int(w, 1, graph.embedded?.irVersion ?? IR_VERSION)
  text(w, 2, 'darkroom')
  message(w, 7, () => writeGraph(w, graph))
  for (const [domain, version] of graph.embedded?.opsets ?? opsetsOf(graph))
    message(w, 8, () => {
      text(w, 1, domain)
      int(w, 2, version)
    })
  for (const bytes of graph.embedded?.functions ?? []) raw(w, 25, bytes)
  return w.finish()
}

const opsetsOf = (graph: GraphData): ReadonlyMap<string, number> =>
  new Map(['', ...graph.nodes.map((node) => node.domain)].map((domain) => [domain, OPSETS[domain]!]))

function writeGraph(w: BinaryWriter, graph: GraphData): void {
  const { nodes, embedded } = graph
  const prefix = embedded ? 'darkroom.' : '' // another program may name its nodes in the same way
  const writeEmbedded = (): void => embedded?.nodes.forEach((bytes) => raw(w, 1, bytes))
  for (const [index, node] of nodes.entries()) {
    if (index === embedded?.after) writeEmbedded()
    message(w, 1, () => writeNode(w, node, `${prefix}${node.op}_${index}`))
  }
  if (nodes.length === embedded?.after) writeEmbedded()
  text(w, 2, graph.name)
  for (const tensor of [...graph.initialisers, ...(embedded?.initialisers ?? [])])
    if (tensor instanceof Uint8Array) raw(w, 5, tensor)
    else message(w, 5, () => writeTensor(w, tensor))
  for (const bytes of embedded?.sparse ?? []) raw(w, 15, bytes)
  for (const port of graph.inputs) message(w, 11, () => writePort(w, port))
  for (const port of graph.outputs) message(w, 12, () => writePort(w, port))
}

function writeNode(w: BinaryWriter, node: Node, name: string): void {
  for (const name of node.inputs) text(w, 1, name)
  for (const name of node.outputs) text(w, 2, name)
  text(w, 3, name)
  text(w, 4, node.op)
  for (const [name, value] of Object.entries(node.attributes))
    message(w, 5, () => writeAttribute(w, name, value))
  if (node.domain) text(w, 7, node.domain)
}

function writeAttribute(w: BinaryWriter, name: string, value: Attribute): void {
  text(w, 1, name)
  if (typeof value === 'number') {
    int(w, 3, value)
    int(w, 20, ATTRIBUTE_TYPE.int)
  } else if (typeof value === 'string') {
    text(w, 4, value)
    int(w, 20, ATTRIBUTE_TYPE.string)
  } else if ('float' in value) {
    w.tag(2, WireType.Bit32).float(value.float)
    int(w, 20, ATTRIBUTE_TYPE.float)
  } else if ('floats' in value) {
    for (const v of value.floats) w.tag(7, WireType.Bit32).float(v)
    int(w, 20, ATTRIBUTE_TYPE.floats)
  } else {
    for (const v of value) int(w, 8, v)
    int(w, 20, ATTRIBUTE_TYPE.ints)
  }
}

function writeTensor(w: BinaryWriter, tensor: Initialiser): void {
  for (const n of tensor.shape) int(w, 1, n)
  int(w, 2, TYPE_NUMBER[tensor.type])
  text(w, 8, tensor.name)
  if (tensor.bytes instanceof Uint8Array) {
    w.tag(9, WireType.LengthDelimited).bytes(tensor.bytes)
    return
  }
  const { file, offset, length } = tensor.bytes
  for (const [key, value] of Object.entries({
    location: file,
    offset: String(offset),
    length: String(length),
  }))
    message(w, 13, () => {
      text(w, 1, key)
      text(w, 2, value)
    })
  int(w, 14, EXTERNAL)
}

function writePort(w: BinaryWriter, port: Port): void {
  text(w, 1, port.name)
  message(w, 2, () =>
    message(w, 1, () => {
      int(w, 1, TYPE_NUMBER[port.type])
      const { shape } = port
      if (shape === null) return
      message(w, 2, () => {
        for (const n of shape) message(w, 1, () => (typeof n === 'number' ? int(w, 1, n) : text(w, 2, n)))
      })
    }),
  )
}

/** A message that is bytes already. */
const raw = (w: BinaryWriter, field: number, bytes: Uint8Array): unknown =>
  w.tag(field, WireType.LengthDelimited).bytes(bytes)
const int = (w: BinaryWriter, field: number, value: number): unknown =>
  w.tag(field, WireType.Varint).int64(value)
const text = (w: BinaryWriter, field: number, value: string): unknown =>
  w.tag(field, WireType.LengthDelimited).string(value)
function message(w: BinaryWriter, field: number, fill: () => void): void {
  w.tag(field, WireType.LengthDelimited).fork()
  fill()
  w.join()
}
