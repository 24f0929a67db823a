/** Messages of onnx.proto3 field by field, for files that no exporter writes. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

type FieldValue = number | string | Uint8Array
export type Field = readonly [number: number, value: FieldValue]

/** @param fields in this order; one may occur several times */
export function rawMessage(...fields: readonly Field[]): Uint8Array {
  const w = new BinaryWriter()
  for (const [number, value] of fields)
    if (typeof value === 'number') w.tag(number, WireType.Varint).int64(value)
    else if (typeof value === 'string') w.tag(number, WireType.LengthDelimited).string(value)
    else w.tag(number, WireType.LengthDelimited).bytes(value)
  return w.finish()
}

/** TensorProto of three float32 numbers, which are in this file. */
export const externalTensor = (location: string, marks: readonly Field[] = [[14, 1]]): Uint8Array =>
  rawMessage(
    [1, 3],
    [2, 1],
    [8, 'elsewhere'],
    ...Object.entries({ location, offset: '0', length: '12' }).map(([key, value]): Field => [
      13,
      rawMessage([1, key], [2, value]),
    ]),
    ...marks,
  )

/** SparseTensorProto of three numbers that have all places. */
export const sparseTensor = (values: Uint8Array): Uint8Array =>
  rawMessage(
    [1, values],
    [2, rawMessage([1, 3], [2, 7], [9, new Uint8Array(BigInt64Array.of(0n, 1n, 2n).buffer)])],
    [3, 3],
  )

/** NodeProto without attributes. */
export const rawNode = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...more: readonly Field[]
) =>
  rawMessage(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, op],
    ...more,
  )

/** ValueInfoProto of a tensor, of float32 numbers unless another TensorProto.DataType is given. */
export const rawPort = (name: string, sides: readonly (number | string)[] | null, type = 1): Uint8Array =>
  rawMessage([1, name], [2, rawMessage([1, rawMessage([1, type], ...(sides ? [shapeOf(sides)] : []))])])

const shapeOf = (sides: readonly (number | string)[]): Field => [
  2,
  rawMessage(...sides.map((side): Field => [1, rawMessage([typeof side === 'number' ? 1 : 2, side])])),
]

/** ModelProto: image → mean colour `x` → these nodes → `y`. */
export const rawModel = ({
  nodes,
  graph = [],
  model = [],
  images = 'n',
  outputs = ['y'],
}: {
  readonly nodes: readonly Uint8Array[]
  /** Further fields of the graph, and of the model. */
  readonly graph?: readonly Field[]
  readonly model?: readonly Field[]
  readonly images?: number | string
  readonly outputs?: readonly string[]
}): Uint8Array =>
  rawMessage(
    [1, 8],
    [
      7,
      rawMessage(
        [1, rawNode('GlobalAveragePool', ['image'], ['pooled'])],
        [1, rawNode('Flatten', ['pooled'], ['x'])],
        ...nodes.map((node): Field => [1, node]),
        [2, 'raw'],
        ...graph,
        [11, rawPort('image', [images, 3, 32, 32])],
        ...outputs.map((name): Field => [12, rawPort(name, null)]),
      ),
    ],
    [8, rawMessage([1, ''], [2, 17])],
    ...model,
  )
