/** TensorFlow's C library through the native part of tfjs-node: any operation by name, on tensors that are
 *  numbers here. tfjs itself is not loaded. Threads and log level are TensorFlow's own environment
 *  variables, set by the parent of the process. */
import { createRequire } from 'node:module'

/** The exports of the binding that are used here (tfjs-node 4.22). */
type Native = {
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array | Uint8Array): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): readonly Tensor[]
  getNumOfTensors(): number
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_Version: string
}
type Attribute = { readonly name: string; readonly type: number; readonly value: unknown }

export type Tensor = { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }

/** TF_DataType of TensorFlow's c/tf_datatype.h; the binding knows only some by name. */
export const TYPE = { float32: 1, int32: 3, bool: 10, bfloat16: 14 } as const

/** `{ type }`, `{ float }` and `{ flag }` mark what a bare number or text cannot express; a bare number or list is
 *  whole. */
export type Setting =
  | string
  | number
  | readonly number[]
  | { readonly type: number }
  | { readonly float: number }
  | { readonly flag: boolean }

export type TensorFlow = ReturnType<typeof loadTensorFlow>

export function loadTensorFlow() {
  const native = createRequire(import.meta.url)(
    '@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node',
  ) as Native
  let created: number[] = []

  const attribute = (name: string, value: Setting): Attribute => {
    if (typeof value === 'string') return { name, type: native.TF_ATTR_STRING, value }
    if (typeof value === 'number' || Array.isArray(value)) return { name, type: native.TF_ATTR_INT, value }
    if ('type' in value) return { name, type: native.TF_ATTR_TYPE, value: value.type }
    if ('float' in value) return { name, type: native.TF_ATTR_FLOAT, value: value.float }
    if ('flag' in value) return { name, type: native.TF_ATTR_BOOL, value: value.flag }
    throw new Error(`no attribute type for ${name}`)
  }
  const several = (
    name: string,
    inputs: readonly Tensor[],
    settings: Readonly<Record<string, Setting>>,
    outputs: number,
  ): readonly Tensor[] => {
    const answers = native.executeOp(
      name,
      Object.entries(settings).map(([key, value]) => attribute(key, value)),
      inputs.map((tensor) => tensor.id),
      outputs,
    )
    for (const { id } of answers) created.push(id)
    return answers
  }
  const tensor = (shape: readonly number[], dtype: number, values: Float32Array | Int32Array): Tensor => {
    const id = native.createTensor(shape, dtype, values)
    created.push(id)
    return { id, shape, dtype }
  }

  return {
    version: native.TF_Version,
    several,
    op: (name: string, inputs: readonly Tensor[], settings: Readonly<Record<string, Setting>> = {}): Tensor =>
      several(name, inputs, settings, 1)[0]!,
    floats: (values: Float32Array, shape: readonly number[]): Tensor => tensor(shape, TYPE.float32, values),
    ints: (...values: readonly number[]): Tensor =>
      tensor([values.length], TYPE.int32, Int32Array.from(values)),
    int: (value: number): Tensor => tensor([], TYPE.int32, Int32Array.of(value)),
    read(from: Tensor): Float32Array {
      const values = native.tensorDataSync(from.id)
      if (!(values instanceof Float32Array)) throw new Error('TensorFlow did not return a float32 tensor')
      return values
    },
    free(tensors: readonly Tensor[]): void {
      const ids = new Set(tensors.map(({ id }) => id))
      created = created.filter((id) => !ids.has(id))
      for (const id of ids) native.deleteTensor(id)
    },
    /** Frees every tensor that `work` created, except those it returns in `keep`. */
    scope<T>(work: () => { readonly answer: T; readonly keep: readonly Tensor[] }): T {
      const outer = created
      created = []
      const keep = new Set<number>()
      try {
        const { answer, keep: variables } = work()
        for (const { id } of variables) keep.add(id)
        return answer
      } finally {
        for (const id of created) if (!keep.has(id)) native.deleteTensor(id)
        created = outer
      }
    },
    openTensors: (): number => native.getNumOfTensors(),
  }
}
