/** Loads a version into an engine in the precision that choose-precision.ts chooses, once its golden outputs are right.
 *  It keeps no list of what is loaded. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { InferencePrecision, PrecisionSetting, ServedPrecision } from '#lib/contracts/precision.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { goldenFailure, int8GoldenFailure, type Bundle } from '#lib/ml/formats/bundle.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { fasterOf, precisionsToTry, PROBE_IMAGES, probeTimes } from './choose-precision.ts'

type Candidate = {
  readonly bundle: Bundle
  /** Its golden inputs, as it reads them. */
  readonly squares: readonly Uint8Array[]
}

/** @returns what is loaded as `key`, or what is wrong with its golden outputs */
export async function loadInPrecision(
  key: string,
  { setting, ...candidate }: Candidate & { readonly setting: PrecisionSetting },
  engine: Engine,
): Promise<ServedPrecision | { readonly failure: string }> {
  const { bundle, squares } = candidate
  const { precisions, note } = precisionsToTry({
    setting,
    isPossible: engine.openExtremes !== undefined,
    engine: engine.name,
    hasRanges: bundle.int8 != null,
    card: bundle.card,
  })
  const asFloat32 = async (why: string | null): Promise<ServedPrecision | { readonly failure: string }> => {
    const failure = await loadAs(key, 'float32', candidate, engine)
    if (failure !== null) return { failure }
    return { precision: 'float32', note: why, ...(setting === 'int8' && { isFallback: true }) }
  }
  if (!precisions.includes('int8')) return asFloat32(note)
  const failure = await loadAs(key, 'int8', candidate, engine)
  if (failure !== null) return asFloat32(`int8 is not used: on the engine ${engine.name}, ${failure}.`)
  if (precisions.length === 1) return { precision: 'int8', note: null }
  const probeKey = `${key} float32`
  try {
    const float32Failure = await loadAs(probeKey, 'float32', candidate, engine)
    if (float32Failure !== null) return { failure: float32Failure }
    const probed = { spec: bundle.preprocess, squares: squares.slice(0, PROBE_IMAGES) }
    const faster = fasterOf(
      await probeTimes(
        (precision) => runSquares(engine, precision === 'int8' ? key : probeKey, probed),
        () => performance.now(),
      ),
    )
    if (faster.precision === 'float32') await engine.load(key, modelOf(bundle, 'float32'))
    return faster
  } finally {
    await engine.unload(probeKey)
  }
}

/** @returns what is wrong with its golden outputs; null: nothing. */
async function loadAs(
  key: string,
  precision: InferencePrecision,
  { bundle, squares }: Candidate,
  engine: Engine,
): Promise<string | null> {
  await engine.load(key, modelOf(bundle, precision))
  return goldenFailureAs(key, precision, { bundle, squares }, engine)
}

/** @returns what is wrong with the golden outputs of what is loaded as `key`; null: nothing. */
export async function goldenFailureAs(
  key: string,
  precision: InferencePrecision,
  { bundle, squares }: Candidate,
  engine: Engine,
): Promise<string | null> {
  const { logits } = await runSquares(engine, key, { spec: bundle.preprocess, squares })
  const rows = squares.map((_, i) => rowOf(logits, i, squares.length))
  const { golden, int8 } = bundle
  if (precision === 'float32' || !int8) return goldenFailure(golden, rows)
  const names = golden.inputs.map(({ name }) => name)
  return int8GoldenFailure(int8, names, rows)
}

const modelOf = ({ network, weights, int8 }: Bundle, precision: InferencePrecision) => ({
  network,
  weights,
  ...(precision === 'int8' && int8 && { ranges: int8.ranges }),
})

export function runSquares(
  engine: Engine,
  key: string,
  { spec, squares }: { readonly spec: Preprocess; readonly squares: readonly Uint8Array[] },
): ReturnType<Engine['run']> {
  const length = squareBytes(spec)
  const pixels = takePixels(squares.length * length)
  squares.forEach((square, i) => normalise(square, spec, pixels, i * length))
  return engine.run(key, pixels, squares.length).finally(() => returnPixels(pixels))
}

/** A batch of 32 images of 32 pixels has 98,304: new memory for each has to be cleared, page by page. */
const SPARE_PIXELS = 131_072
let spare: Float32Array | null = null

/** Its numbers are those of an earlier batch: all of them are written. */
function takePixels(length: number): Float32Array {
  const free = spare
  if (free === null || free.length < length)
    return length > SPARE_PIXELS ? new Float32Array(length) : newPixels(length)
  spare = null
  return free.subarray(0, length)
}

const newPixels = (length: number): Float32Array => new Float32Array(SPARE_PIXELS).subarray(0, length)

function returnPixels({ buffer }: Float32Array): void {
  if (buffer.byteLength === SPARE_PIXELS * Float32Array.BYTES_PER_ELEMENT) spare = new Float32Array(buffer)
}

export const rowOf = (all: Float32Array, i: number, rows: number): Float32Array =>
  all.slice((i * all.length) / rows, ((i + 1) * all.length) / rows)
