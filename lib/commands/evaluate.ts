/** `npm run evaluate -- <classifier>`: measures its live version on the test images by the serving path, from
 *  encoded bytes to predictions, and shows the figures of its card for comparison. Without --write it changes
 *  nothing. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { shippedClassifier } from '#lib/contracts/bundle.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { ClassMean } from '#lib/ml/evaluate/evaluate.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { openLog } from '#lib/operations/log.ts'
import { steadyClock } from '#lib/processes/clock.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { startInference } from '#lib/processes/forks/fork-inference.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { createPool } from '#lib/serving/pool.ts'
import { evaluateVersion, type EvaluationAnswer, type Measurable } from '#lib/training/versions/evaluate.ts'
import { datasetSamples } from '#lib/training/run/data/sources.ts'
import { testEntries } from '#lib/training/versions/test-images.ts'
import { cardInWords, percent, withInterval } from './terminal/card-text.ts'
import { wrong } from './terminal/wrong-argument.ts'
import { resealed } from './evaluate/reseal.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run evaluate -- <classifier> [options]

Measures the live version on the classifier's test images, exactly as predictions are made, and compares the
result with its model card.

  --from PATH      the data set, as for npm run train (default: the images in DATA_DIR; shapes: generated)
  --engine NAME    onnx, tfjs-node, wasm (default: INFERENCE_ENGINE)
  --write          measure everything again on the data set that the version was trained on, set its thresholds on
                   the test images (each judged by thresholds that were set without its fold), and write card,
                   reference.bin and model.onnx of the shipped bundle; it trains nothing
  --int8           with --write: measure only how it predicts with 8-bit numbers, and write int8.json and that part
                   of the card; the other measurements stay
  --foreign PATH   with --write: a ZIP archive of images that show none of its classes, or a folder of such
                   archives; repeatable
  --bundle FOLDER  with --write: this bundle instead of the shipped one
  --help           show this help

Exits with 1 if the accuracy differs from the card.`

type ImageSets = {
  readonly test: readonly SnapshotEntry[]
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
}
type EvaluationData = {
  readonly version: Measurable
  readonly images: ImageSets
  readonly close: () => Promise<void>
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      engine: { type: 'string' },
      write: { type: 'boolean', default: false },
      int8: { type: 'boolean', default: false },
      foreign: { type: 'string', multiple: true, default: [] },
      bundle: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || positionals.length !== 1) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const start = readStart()
  const name = positionals[0]!
  const engine = (['auto', 'onnx', 'tfjs-node', 'wasm'] as const).find(
    (one) => one === (values.engine ?? start.settings.INFERENCE_ENGINE),
  )
  if (!engine)
    throw new DarkroomError('invalid_input', {
      what: `There is no engine "${values.engine}"`,
      why: 'the engines are onnx, tfjs-node and wasm',
      remedy: 'Choose one of them.',
    })
  if (values.int8 && !values.write)
    throw wrong('Nothing was measured', '--int8 needs --write', 'Add --write.')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  if (values.write) {
    const card = await resealed(
      {
        name,
        from: values.from,
        foreign: values.foreign,
        bundle: values.bundle,
        engine,
        isInt8Only: values.int8,
      },
      start,
      stop.signal,
    )
    console.log(cardInWords(card).join('\n'))
    return 0
  }
  const log = openLog({
    level: 'warn',
    dataDir: start.places.dataDir,
    name: 'evaluate',
    terminal: 'sentences',
  })
  const { version, images, close } = await resolved(name, values.from, start, stop.signal)
  await using pool = createPool({
    name: 'evaluate',
    size: 1,
    start: startInference({
      engine,
      precision: start.settings.PRECISION,
      log,
      onLine: (line) => console.error(line),
    }),
    clock: steadyClock,
    log,
    changed: () => undefined,
  })
  try {
    console.log(
      `Measuring ${name} ${version.name} on ${images.test.length.toLocaleString('en')} test ` + 'images.',
    )
    const answer = await evaluateVersion(version, images.test, {
      bytesOf: images.bytesOf,
      inference: pool,
      maxPixels: start.settings.MAX_PIXELS,
      signal: stop.signal,
      clock: () => performance.now() / 1000,
    })
    console.log(report(answer, version))
    return differs(answer, version) ? 1 : 0
  } finally {
    await close()
  }
}

async function resolved(
  name: string,
  from: string | undefined,
  start: Start,
  signal: AbortSignal,
): Promise<EvaluationData> {
  const { databaseFile, modelsDir, dataDir } = start.places
  const isByReader = from !== undefined || name === 'shapes'
  if (existsSync(databaseFile)) {
    const data = await composeData(start)
    const live = await data.promotions.champion(name)
    if (live) {
      const version = await data.versions.get(live.version.id)
      const images = isByReader
        ? await readImages(
            version.card.data.name,
            { from, downloads: join(dataDir, 'downloads'), mirror: start.settings.DATASET_MIRROR },
            signal,
          )
        : { test: await testEntries(data, [version]), bytesOf: data.images.bytesOf }
      return { version, images, close: data.close }
    }
    await data.close()
  }
  const file = join(modelsDir, name, 'classifier.json')
  if (!existsSync(file))
    throw new DarkroomError('not_found', {
      what: `There is no version of "${name}"`,
      why: 'none is shipped with Darkroom, and none has been trained here',
      remedy: `Train one: npm run train -- ${name}.`,
    })
  const { champion } = shippedClassifier.parse(JSON.parse(readFileSync(file, 'utf8')))
  const folder = join(modelsDir, name, champion)
  const { classes, card } = await readBundle(folder)
  const version = { id: `${name}-${champion}`, classifierId: name, name: champion, folder, classes, card }
  return {
    version,
    images: await readImages(
      card.data.name,
      { from, downloads: join(dataDir, 'downloads'), mirror: start.settings.DATASET_MIRROR },
      signal,
    ),
    close: async () => undefined,
  }
}

/**
 * The test part of a data set, in memory: the largest that ships has 30 MB. The card names the data set:
 * cifar10-small was trained on that of cifar10.
 */
async function readImages(
  name: string,
  { from, downloads, mirror }: { from: string | undefined; downloads: string; mirror: string | undefined },
  signal: AbortSignal,
): Promise<ImageSets> {
  const imageBytes = new Map<string, Uint8Array>()
  const test: SnapshotEntry[] = []
  const plan = {
    kind: 'dataset',
    name,
    from: from === undefined ? null : resolve(from),
    downloads,
    mirror: mirror ?? null,
    counters: '',
  } as const
  for await (const { hash, label, split, bytes } of datasetSamples(plan, openDataset, signal)) {
    if (split !== 'test' || imageBytes.has(hash)) continue
    imageBytes.set(hash, bytes.slice())
    test.push({ hash, label, split })
  }
  if (test.length === 0)
    throw new DarkroomError('nothing_to_learn', {
      what: `${name} was not measured`,
      why: 'the data set has no test images',
      remedy: 'Put them in a folder named test.',
    })
  return { test, bytesOf: async (hash) => imageBytes.get(hash) ?? null }
}

function report(answer: EvaluationAnswer, { card }: Measurable): string {
  const { promises } = answer
  const test = card.test
  const share = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : percent(value)
  const number = (value: number | null | undefined, digits = 4) =>
    value === null || value === undefined ? '–' : value.toFixed(digits)
  const f1 = (mean: ClassMean | undefined) =>
    mean ? `${percent(mean.precision)} / ${percent(mean.recall)} / ${percent(mean.f1)}` : '–'
  const rows: readonly (readonly [string, string, string])[] = [
    ['accuracy', withInterval(answer.accuracy), test ? withInterval(test.accuracy) : 'no test images'],
    ['images', answer.images.toLocaleString('en'), test ? test.images.toLocaleString('en') : '–'],
    ['engine', answer.engine, card.engine],
    ['loss', number(answer.loss), number(test?.loss)],
    ['calibration error', number(answer.ece), number(test?.ece)],
    ['macro precision / recall / F1', f1(answer.macro), f1(test?.macro)],
    ['weighted', f1(answer.weighted), f1(test?.weighted)],
    ['confident', share(promises.share_answered), share(card.decision?.share_answered)],
    [
      '  incorrect among these',
      share(promises.error_among_answered),
      share(card.decision?.error_among_answered),
    ],
    [
      'prediction sets contain the true class',
      share(promises.coverage),
      share(card.candidates?.test?.coverage.value),
    ],
    ['  classes on average', number(promises.mean_size, 2), number(card.candidates?.test?.mean_size, 2)],
    [
      'unfamiliar',
      share(promises.share_unfamiliar),
      share(card.familiarity?.kept && 1 - card.familiarity.kept.value),
    ],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const column = Math.max(...rows.map(([, here]) => here.length))
  const line = ([name, here, there]: readonly [string, string, string]) =>
    `  ${name.padEnd(width)}  ${here.padEnd(column)}  ${there}`
  const classes = answer.per_class.map(
    (one) =>
      `    ${one.class}: precision ${share(one.precision)}, recall ${share(one.recall)}, F1 ` +
      `${share(one.f1)} on ${one.images}`,
  )
  return [
    line(['', 'here', 'card']),
    ...rows.map(line),
    '  per class',
    ...classes,
    `  ${answer.seconds.toFixed(1)} s. The card also says:`,
    ...cardInWords(card).filter((text) => /mirrored|robustness|^ {4}/.test(text)),
  ].join('\n')
}

/** On the same images, by more than the two predictions that the rounding of another engine may change. */
function differs(answer: EvaluationAnswer, version: Measurable): boolean {
  const card = version.card.test
  return (
    card !== null &&
    card.images === answer.images &&
    Math.abs(card.accuracy.value - answer.accuracy.value) * answer.images > 2.5
  )
}

await runCommand(main)
