/** `npm run bench -- int8`: each shipped classifier with float32 and with 8-bit numbers on the same images, and the
 *  time of both. It changes no bundle. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fasterOf, PROBE_IMAGES, probeTimes } from '#lib/inference/choose-precision.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { shippedTraining, SHIPPED } from '#lib/training/shipped/shipped.ts'
import { measurePrecisions, type PrecisionFigures } from '#lib/training/versions/add-int8.ts'
import { remeasureRequest } from '../evaluate/reseal.ts'
import { percent } from '../terminal/card-text.ts'

const HELP = `npm run bench -- int8 [classifier…] [options]

Prints for each shipped classifier the accuracy on its test images with float32 and with 8-bit numbers, the accuracy
lost with its 95 % interval for paired answers, the calibration error, the share of incorrect predictions among
confident ones, and the time per image on one thread.

  --data FOLDER    a folder with one folder or ZIP archive per data set (default: downloaded, as by npm run train)
  --help           this page

Exits with 1 if a version whose model card accepts int8 does not meet the requirements in this measurement.`

export async function benchInt8(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const start = readStart()
  const signal = new AbortController().signal
  let isWorse = false
  console.log(HEADER)
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  for (const name of positionals.length > 0 ? positionals : Object.keys(SHIPPED)) {
    const from = values.data === undefined ? undefined : sourceIn(values.data, name)
    const { request } = await remeasureRequest({ name, from, foreign: [], bundle: undefined }, start, signal)
    const figures = await measurePrecisions(request, { engine, signal, report: () => undefined })
    console.log(rowOf(name, figures, await timesOf(engine, name, start)))
    isWorse ||= figures.bundle.card.int8?.is_accepted === true && !figures.int8.card.is_accepted
  }
  return isWorse ? 1 : 0
}

const HEADER =
  '| classifier | test images | float32 | int8 | points lost (95 %) | same class | calibration error | ' +
  'incorrect among confident | ms per image | accepted |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|---|'

function rowOf(name: string, { float32, int8: { card } }: PrecisionFigures, times: string): string {
  const share = (value: number | null | undefined): string => (value == null ? '–' : percent(value))
  const lost = card.test?.accuracy_lost
  const points = (value: number): string => (value * 100).toFixed(2)
  return [
    '',
    name,
    float32.test?.images.toLocaleString('en') ?? '–',
    share(float32.test?.accuracy.value),
    share(card.test?.accuracy.value),
    lost ? `${points(lost.value)} (${points(lost.low)} to ${points(lost.high)})` : '–',
    share(card.agreement),
    `${share(float32.test?.ece)} → ${share(card.test?.ece)}`,
    `${share(float32.decision?.error_among_answered)} → ${share(card.decision?.error_among_answered)}`,
    times,
    card.is_accepted ? 'yes' : 'no',
    '',
  ]
    .join(' | ')
    .trim()
}

/** Of batches as the probe at load runs them. */
async function timesOf(engine: Engine, name: string, { places }: Start): Promise<string> {
  const { network, weights, int8 } = await readBundle(join(places.modelsDir, name, 'v1'))
  if (!int8) return '–'
  const { size, channels } = network.input
  const pixels = new Float32Array(PROBE_IMAGES * size * size * channels).map(() => Math.random())
  await engine.load('float32', { network, weights })
  await engine.load('int8', { network, weights, ranges: int8.ranges })
  try {
    const times = await probeTimes(
      (precision) => engine.run(precision, pixels, PROBE_IMAGES),
      () => performance.now(),
    )
    const perImage = (ms: number): string => (ms / PROBE_IMAGES).toFixed(2)
    const { precision } = fasterOf(times)
    return `${perImage(times.float32)} → ${perImage(times.int8)}${precision === 'int8' ? '' : ' (not faster)'}`
  } finally {
    await engine.unload('float32')
    await engine.unload('int8')
  }
}

function sourceIn(folder: string, name: string): string | undefined {
  const dataset = shippedTraining(name)?.dataset ?? name
  const candidates = [
    join(folder, dataset, `${dataset}.zip`),
    join(folder, `${dataset}.zip`),
    join(folder, dataset),
  ]
  const found = candidates.find((path) => existsSync(path))
  return found === undefined ? undefined : resolve(found)
}
