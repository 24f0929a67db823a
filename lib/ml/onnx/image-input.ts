/** The start of a graph for serving: decoded images of any size (uint8, NHWC, RGB) become the numbers that the network
 *  takes, with the arithmetic of lib/ml/preprocess, to the bit where float32 can hold it. It does not decode, and does
 *  not lay out digits. All operators here are the same in every operator set from 11 on, because a graph of another
 *  program brings its own set. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { FLAT_LEVELS, FLAT_OUTLIERS } from '../preprocess/preprocess.ts'
import { ONE, REDUCE_FROM, REDUCE_TO, SUPPORT } from '../preprocess/resize.ts'
import type { Graph } from './graph.ts'

const FLOAT = 1 // TensorProto.DataType
const INT64 = 7
const DOUBLE = 11
/** Axes of [batch, channels, rows, columns]. */
type Axis = 'rows' | 'columns'

export type NetworkInput = {
  /** [batch, size, size, channels], normalised */
  readonly pixels: string
  /** [batch, 1], true where the image shows nothing */
  readonly isBlank: string
}

/** @param images the name of the input */
export function imageInput(g: Graph, images: string, spec: Preprocess): NetworkInput {
  const { size, channels, fit } = spec
  const planes = g.transpose(inChannels(g, images, channels), 0, 3, 1, 2)
  const sides = sidesOf(g, images)
  const square = fitted(g, { planes, sides, spec })
  const shown = fit === 'contain' ? fitted(g, { planes, sides, spec: { ...spec, fit: 'stretch' } }) : square
  return {
    pixels: normalised(g, g.transpose(square, 0, 2, 3, 1), spec),
    isBlank: isBlank(g, shown, { size, channels }),
  }
}

type Sides = Readonly<Record<Axis, string>>
type Planes = { readonly planes: string; readonly sides: Sides; readonly spec: Preprocess }

const cast = (g: Graph, x: string, to: number): string => g.op('Cast', [x], { attributes: { to } })
const double = (g: Graph, value: number): string => g.initialiser('float64', [1], Float64Array.of(value))
const divide = (g: Graph, a: string, b: string): string => g.op('Div', [a, b])
const floor = (g: Graph, x: string): string => g.op('Floor', [x])
/** Halves upwards, as JavaScript rounds. */
const round = (g: Graph, x: string, half: string): string => floor(g, g.add(x, half))

/** Height and width as doubles of shape [1]. */
function sidesOf(g: Graph, images: string): Sides {
  const shape = g.op('Shape', [images])
  const side = (axis: number): string => cast(g, g.op('Gather', [shape, g.ints(axis)]), DOUBLE)
  return { rows: side(1), columns: side(2) }
}

/** Whole numbers as float32, which holds them exactly. */
function inChannels(g: Graph, images: string, channels: number): string {
  const values = cast(g, images, FLOAT)
  if (channels === 3) return values
  const luma = g.op('MatMul', [values, g.floats(Float32Array.of(77, 150, 29), [3, 1])])
  return floor(g, g.multiply(g.add(luma, g.float(128)), g.float(1 / 256)))
}

/** [batch, channels, size, size], bytes as float32. */
function fitted(g: Graph, { planes, sides, spec }: Planes): string {
  const places = { rows: placeOf(g, 'rows', sides, spec), columns: placeOf(g, 'columns', sides, spec) }
  const reduced = averagedBlocks(g, planes, { rows: places.rows, columns: places.columns }, spec.channels)
  const across = taps(g, places.columns, spec.size)
  const down = taps(g, places.rows, spec.size)
  const rows = asByte(g, g.op('MatMul', [reduced, g.transpose(across, 1, 0)]))
  const square = asByte(g, g.op('MatMul', [down, rows]))
  return spec.fit === 'contain' ? g.add(square, background(g, places, spec)) : square
}

/** Where the window lies on one side of the image, and where its result lies in the square; doubles of shape [1]. */
type Place = {
  /** of the image after blocks are averaged */ readonly length: string
  /** of the image */ readonly fullLength: string
  /** pixels per block */ readonly block: string
  /** of the window, in blocks */ readonly offset: string
  readonly span: string
  /** pixels of the result, and those before it in the square; whole square: null */
  readonly inner: { readonly length: string; readonly before: string } | null
}

function placeOf(g: Graph, axis: Axis, sides: Sides, { fit, size }: Preprocess): Place {
  const length = sides[axis]
  const [one, half, whole] = [double(g, 1), double(g, 0.5), double(g, size)]
  const window = windowOf()
  const scale = divide(g, window.span, window.inner?.length ?? whole)
  const block = g.op('Where', [
    g.op('Less', [scale, double(g, REDUCE_FROM)]),
    one,
    floor(g, divide(g, scale, double(g, REDUCE_TO))),
  ])
  return {
    block,
    fullLength: length,
    length: g.op('Ceil', [divide(g, length, block)]),
    offset: divide(g, window.offset, block),
    span: divide(g, window.span, block),
    inner: window.inner,
  }

  function windowOf(): Pick<Place, 'offset' | 'span' | 'inner'> {
    switch (fit) {
      case 'digit':
        throw new Error('a digit is laid out by a program, not by a graph')
      case 'stretch':
        return { offset: double(g, 0), span: length, inner: null }
      case 'cover': {
        const side = g.op('Min', [sides.rows, sides.columns])
        return { offset: floor(g, g.multiply(g.subtract(length, side), half)), span: side, inner: null }
      }
      case 'contain': {
        const ratio = divide(g, whole, g.op('Max', [sides.rows, sides.columns]))
        const inner = g.op('Max', [one, round(g, g.multiply(length, ratio), half)])
        const before = floor(g, g.multiply(g.subtract(whole, inner), half))
        return { offset: double(g, 0), span: length, inner: { length: inner, before } }
      }
    }
  }
}

/** 0, 1, … up to the length, as doubles. */
const counting = (g: Graph, length: string): string => {
  const scalar = (value: number): string => g.initialiser('float64', [], Float64Array.of(value))
  return g.op('Range', [scalar(0), g.reshape(length), scalar(1)])
}

/** A column of ones as long as this. */
const ones = (g: Graph, length: string): string =>
  g.op('Expand', [double(g, 1), g.concat([cast(g, length, INT64), g.ints(1)], 0)])

/** Blocks at the right and lower edge average the pixels that they have. */
function averagedBlocks(
  g: Graph,
  planes: string,
  places: Readonly<Record<Axis, Place>>,
  channels: number,
): string {
  const { rows, columns } = places
  const missing = ({ length, block, fullLength }: Place): string =>
    cast(g, g.subtract(g.multiply(length, block), fullLength), INT64)
  const pads = g.concat([g.ints(0, 0, 0, 0, 0, 0), missing(rows), missing(columns)], 0)
  const padded = g.op('Pad', [planes, pads, g.float(0)])
  const whole = (value: string): string => cast(g, value, INT64)
  const sizes = (...parts: readonly string[]): string => g.concat([g.ints(-1, channels), ...parts], 0)
  const blocks = g.op('Reshape', [
    padded,
    sizes(whole(rows.length), whole(rows.block), whole(columns.length), whole(columns.block)),
  ])
  const onesOf = ({ block }: Place): string => cast(g, ones(g, block), FLOAT)
  const lines = g.op('Reshape', [
    g.op('MatMul', [blocks, onesOf(columns)]),
    sizes(whole(rows.length), whole(rows.block), whole(columns.length)),
  ])
  const sums = g.op('Reshape', [
    g.op('MatMul', [g.transpose(lines, 0, 1, 2, 4, 3), onesOf(rows)]),
    sizes(whole(rows.length), whole(columns.length)),
  ])
  const pixels = ({ length, block, fullLength }: Place): string => {
    const before = g.multiply(counting(g, length), block)
    return cast(g, g.op('Min', [block, g.subtract(fullLength, before)]), FLOAT)
  }
  const counts = g.multiply(g.reshape(pixels(rows), -1, 1), g.reshape(pixels(columns), 1, -1))
  return round(g, divide(g, sums, counts), g.float(0.5))
}

/** [size, length]: the weights of the pixels for each position, whole numbers that sum to ONE. */
function taps(g: Graph, { length, offset, span, inner }: Place, size: number): string {
  const half = double(g, 0.5)
  const scale = divide(g, span, inner?.length ?? double(g, size))
  const stretch = g.op('Max', [double(g, 1), scale])
  const positions = g.initialiser(
    'float64',
    [size, 1],
    Float64Array.from({ length: size }, (_, i) => i),
  )
  const inside = inner ? g.subtract(positions, inner.before) : positions
  const centres = g.add(offset, g.multiply(g.add(inside, half), scale))
  const indices = g.reshape(counting(g, length), 1, -1)
  const exact = lanczos(g, divide(g, g.subtract(g.add(indices, half), centres), stretch))
  const column = ones(g, length)
  const shares = divide(g, exact, g.op('MatMul', [exact, column]))
  const weights = round(g, g.multiply(shares, double(g, ONE)), half)
  const rest = g.subtract(double(g, ONE), g.op('MatMul', [weights, column]))
  const largest = g.op('ArgMax', [exact], { attributes: { axis: 1, keepdims: 1 } })
  const isLargest = g.op('Equal', [cast(g, indices, INT64), largest])
  const complete = g.add(weights, g.multiply(cast(g, isLargest, DOUBLE), rest)) // a flat area stays exactly flat
  if (!inner) return cast(g, complete, FLOAT)
  return cast(g, g.op('Where', [isInside(g, inside, inner.length), complete, double(g, 0)]), FLOAT)
}

const isInside = (g: Graph, position: string, length: string): string =>
  g.op('And', [g.op('Greater', [position, double(g, -0.5)]), g.op('Less', [position, length])])

function lanczos(g: Graph, x: string): string {
  const support = double(g, SUPPORT)
  const a = g.multiply(x, double(g, Math.PI))
  const sine = (value: string): string => g.op('Sin', [value])
  const lobes = g.multiply(g.multiply(support, sine(a)), sine(divide(g, a, support)))
  const value = divide(g, lobes, g.multiply(a, a))
  const withCentre = g.op('Where', [g.op('Equal', [x, double(g, 0)]), double(g, 1), value])
  return g.op('Where', [g.op('Less', [g.op('Abs', [x]), support]), withCentre, double(g, 0)])
}

/** Sums of bytes times weights, back to bytes. */
function asByte(g: Graph, sums: string): string {
  const rounded = round(g, g.multiply(sums, g.float(1 / ONE)), g.float(0.5))
  return g.op('Min', [g.op('Max', [rounded, g.float(0)]), g.float(255)])
}

/** The colour of the padding around the result, zero inside: [1, channels, size, size]. */
function background(
  g: Graph,
  places: Readonly<Record<Axis, Place>>,
  { size, channels, background }: Preprocess,
): string {
  const [red, green, blue] = background
  const fill = channels === 3 ? background : [(red * 77 + green * 150 + blue * 29 + 128) >> 8]
  const covered = ({ inner }: Place): string => {
    const positions = Float64Array.from({ length: size }, (_, i) => i)
    const inside = g.subtract(g.initialiser('float64', [size], positions), inner!.before)
    return cast(g, isInside(g, inside, inner!.length), FLOAT)
  }
  const inside = g.multiply(g.reshape(covered(places.rows), -1, 1), g.reshape(covered(places.columns), 1, -1))
  return g.multiply(g.floats(Float32Array.from(fill), [1, channels, 1, 1]), g.subtract(g.float(1), inside))
}

/** The range of each channel without its darkest and lightest hundredth. */
function isBlank(
  g: Graph,
  square: string,
  { size, channels }: Pick<Preprocess, 'size' | 'channels'>,
): string {
  const values = g.reshape(square, -1, channels, size * size)
  const rank = Math.floor(size * size * FLAT_OUTLIERS)
  const extreme = (largest: 0 | 1): string => {
    const [sorted] = g.several('TopK', [values, g.ints(rank + 1)], {
      outputs: 2,
      attributes: { axis: 2, largest, sorted: 1 },
    })
    return g.op('Gather', [sorted!, g.initialiser('int64', [], BigInt64Array.of(BigInt(rank)))], {
      attributes: { axis: 2 },
    })
  }
  const varies = g.op('Greater', [g.subtract(extreme(1), extreme(0)), g.float(FLAT_LEVELS)])
  const channelsThatVary = g.op('MatMul', [
    cast(g, varies, FLOAT),
    g.floats(new Float32Array(channels).fill(1), [channels, 1]),
  ])
  return g.op('Less', [channelsThatVary, g.float(0.5)])
}

function normalised(g: Graph, bytes: string, { mean, std, channels }: Preprocess): string {
  const perChannel = (values: readonly number[]): string =>
    g.initialiser(
      'float64',
      [channels],
      Float64Array.from({ length: channels }, (_, c) => values[c] ?? values[0]!),
    )
  const shares = divide(g, cast(g, bytes, DOUBLE), double(g, 255))
  return cast(g, divide(g, g.subtract(shares, perChannel(mean)), perChannel(std)), FLOAT)
}
