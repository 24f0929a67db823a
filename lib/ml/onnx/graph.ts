/** A graph under construction: each call adds a node and returns the name of its value. It tracks no shapes;
 *  its callers know them. */
import type { Attribute, ExternalData, ElementType, GraphData, Initialiser, Node, Port } from './writer.ts'

/** ONNX Runtime's own operators (FusedMatMul), and its blocked layout. */
export const MICROSOFT = 'com.microsoft'
export const BLOCKED = 'com.microsoft.nchwc'

type Options = {
  readonly domain?: string
  readonly outputs?: number
  readonly attributes?: Readonly<Record<string, Attribute>>
}

export type Graph = ReturnType<typeof createGraph>

/** @param prefix of every name that it gives, where names of another graph stand next to them */
export function createGraph(name: string, prefix = '') {
  const nodes: Node[] = []
  const initialisers = new Map<string, Initialiser>()
  const inputs: Port[] = []
  const outputs: Port[] = []
  const renamed = new Map<string, string>()
  let count = 0

  function several(
    op: string,
    operands: readonly string[],
    { domain = '', outputs: outputCount = 1, attributes = {} }: Options = {},
  ): readonly string[] {
    const names = Array.from({ length: outputCount }, () => `${prefix}v${count++}`)
    nodes.push({ op, domain, inputs: operands, outputs: names, attributes })
    return names
  }
  const op = (kind: string, operands: readonly string[], options?: Options): string =>
    several(kind, operands, options)[0]!

  function initialiser(
    type: ElementType,
    shape: readonly number[],
    values: Float32Array | Float64Array | BigInt64Array | Int32Array | Int8Array | Uint8Array,
  ): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    // small ones are shared: axes and shapes repeat hundreds of times; not int8, which ONNX Runtime rewrites one by
    // one on processors without VNNI
    const key =
      bytes.length <= 256 && type !== 'int8' ? `${type}:${shape.join()}:${bytes.join()}` : `large:${count}`
    const shared = initialisers.get(key)
    if (shared) return shared.name
    const initialiser = { name: `${prefix}c${count++}`, type, shape, bytes }
    initialisers.set(key, initialiser)
    return initialiser.name
  }
  const floats = (values: Float32Array, shape: readonly number[]): string =>
    initialiser('float32', shape, values)
  const float = (value: number): string => floats(Float32Array.of(value), [])
  const ints = (...values: readonly number[]): string =>
    initialiser('int64', [values.length], BigInt64Array.from(values, BigInt))

  return {
    several,
    op,
    initialiser,
    floats,
    float,
    ints,
    /** Numbers in an external file next to the graph's. */
    external(type: ElementType, shape: readonly number[], bytes: ExternalData): string {
      const name = `${prefix}c${count++}`
      initialisers.set(name, { name, type, shape, bytes })
      return name
    },
    input(port: Port): string {
      inputs.push(port)
      return port.name
    },
    /** Renames the value to the port's name instead of copying it. */
    output(value: string, port: Port): void {
      renamed.set(value, port.name)
      outputs.push(port)
    },
    /** Renames the value to one that another graph reads. */
    rename(value: string, name: string): void {
      renamed.set(value, name)
    },
    /** How many nodes there are so far. */
    size: (): number => nodes.length,
    reshape: (x: string, ...shape: readonly number[]): string => op('Reshape', [x, ints(...shape)]),
    transpose: (x: string, ...perm: readonly number[]): string =>
      op('Transpose', [x], { attributes: { perm } }),
    /** `pads`: starts of all axes, then ends; negative ones crop. Without the input `axes`, which onnxruntime
     *  1.30 drops when it moves a Transpose past a Pad. */
    pad: (x: string, pads: readonly number[]): string => op('Pad', [x, ints(...pads), float(0)]),
    split: (x: string, lengths: readonly number[]): readonly string[] =>
      lengths.length === 1
        ? [x]
        : several('Split', [x, ints(...lengths)], { outputs: lengths.length, attributes: { axis: 0 } }),
    concat: (xs: readonly string[], axis: number): string =>
      xs.length === 1 ? xs[0]! : op('Concat', xs, { attributes: { axis } }),
    add: (a: string, b: string): string => op('Add', [a, b]),
    subtract: (a: string, b: string): string => op('Sub', [a, b]),
    multiply: (a: string, b: string): string => op('Mul', [a, b]),
    mean: (x: string, ...axes: readonly number[]): string =>
      op('ReduceMean', [x, ints(...axes)], { attributes: { keepdims: 0 } }),
    sum: (x: string, ...axes: readonly number[]): string =>
      op('ReduceSum', [x, ints(...axes)], { attributes: { keepdims: 0 } }),
    finish(): GraphData {
      const now = (value: string): string => renamed.get(value) ?? value
      return {
        name,
        inputs,
        outputs,
        initialisers: [...initialisers.values()],
        nodes: nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map(now),
          outputs: node.outputs.map(now),
        })),
      }
    },
  }
}
