/**
 * `npm run predict -- FILE|FOLDER…`: predictions for images without a running server, by the same path as a
 * request: children, batches, decision. It writes no history.
 */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { sniff } from '#lib/images/sniff.ts'
import { openLog } from '#lib/operations/log.ts'
import { steadyClock } from '#lib/processes/clock.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { inferenceSettings, startInference } from '#lib/processes/forks/fork-inference.ts'
import { readStart } from '#lib/processes/settings.ts'
import { createBatcher } from '#lib/serving/batcher.ts'
import { createPool } from '#lib/serving/pool.ts'
import { createPredict, type PredictOne } from '#lib/serving/predict.ts'
import { runOn, type InferenceItem, type PoolResult } from '#lib/serving/run-on-pool.ts'
import { createSwap } from '#lib/serving/model-registry.ts'
import { imageFiles } from './predict/image-files.ts'
import { openResults, RESULT_FORMATS } from './predict/results.ts'
import { createLines } from './terminal/progress-line.ts'
import { oneOf, wrong } from './terminal/wrong-argument.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run predict -- FILE|FOLDER… [options]

Predicts the class of images, without a running server and without saving the predictions. For a folder, all files in
it and in its subfolders are used, except hidden ones.

  --classifier NAME   the classifier to use (default: DEFAULT_CLASSIFIER, else the first)
  --version V         one of its versions, such as v2 (default: the live version)
  --top N             number of classes to show (default: 3)
  --format FORMAT     text (default), csv, or json: one JSON object per line, as from POST /api/predict
  --out FILE          write the results to this file instead of the terminal; an existing file is replaced
  --json              the same as --format json
  --help              show this help

A file that cannot be predicted is reported with the reason, and the command continues; it then exits with 1.
Settings: DATA_DIR, INFERENCE_ENGINE, PRECISION, MAX_PIXELS, MAX_IMAGE_MB.`

/** How many images are read at a time. */
const AT_ONCE = 16
/** A command may wait longer than a page. */
const PATIENCE_MS = 600_000

type PredictArguments = {
  readonly classifier?: string | undefined
  readonly version?: string | undefined
  readonly top_k: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      classifier: { type: 'string' },
      version: { type: 'string' },
      top: { type: 'string', default: '3' },
      format: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || positionals.length === 0) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const top = Number(values.top)
  if (!Number.isInteger(top) || top < 1)
    throw wrong(
      `--top ${values.top} is not valid`,
      'it must be a whole number of at least 1',
      'Change the value.',
    )
  const format = oneOf('--format', values.format, RESULT_FORMATS) ?? (values.json ? 'json' : 'text')
  const { out } = values
  const files = (await imageFiles(positionals)).filter(
    (file) => !out || path.resolve(file) !== path.resolve(out),
  )
  const request = { classifier: values.classifier, version: values.version, top_k: top }
  await using results = await openResults(format, out)
  const isSilent = files.length <= AT_ONCE || (out === undefined && process.stdout.isTTY)
  return await withPredict(async (predict, maxImageBytes) => {
    const progress = createLines(process.stderr)
    let failures = 0
    for (let first = 0; first < files.length; first += AT_ONCE) {
      const some = files.slice(first, first + AT_ONCE)
      const answers = await Promise.all(
        some.map((file) => answered(predict, { file, maxImageBytes, request })),
      )
      for (const [i, answer] of answers.entries()) {
        const isFailure = answer instanceof Error
        if (isFailure) failures += 1
        if (isFailure && format !== 'json') progress.line(`${some[i]!}: ${answer.message}`)
        if (!isFailure || format !== 'text') await results.write(some[i]!, answer)
      }
      if (isSilent) continue
      const done = first + some.length
      progress.passing(
        `${done.toLocaleString('en')} of ${counted(files.length, 'image')}, ${failures} failed`,
      )
    }
    if (!isSilent) progress.line(`${counted(files.length, 'image')}, ${failures} failed`)
    return failures === 0 ? 0 : 1
  })
}

async function withPredict(
  work: (predict: PredictOne, maxImageBytes: number) => Promise<number>,
): Promise<number> {
  const start = readStart()
  const log = openLog({
    level: 'silent',
    dataDir: start.places.dataDir,
    name: 'predict',
    terminal: 'sentences',
  })
  const data = await composeData(start)
  try {
    await data.syncShipped()
    await using pool = createPool({
      name: 'predict',
      size: 1,
      start: startInference({
        ...inferenceSettings(start.settings),
        log,
        onLine: (line) => console.error(line),
      }),
      clock: steadyClock,
      log,
      changed: () => batcher.wake(),
    })
    const batcher = createBatcher<InferenceItem, PoolResult>({
      most: AT_ONCE,
      capacity: AT_ONCE,
      lanes: pool.ready,
      keyOf: (item) => item.served.ref.key,
      run: runOn(pool, start.settings.MAX_PIXELS),
      clock: steadyClock,
    })
    const swap = createSwap({ pool, data, log })
    return await work(
      createPredict({
        swap,
        batcher,
        data,
        clock: steadyClock,
        today: () => new Date(),
        mediaTypeOf: (bytes) => `image/${sniff(bytes).kind}`,
        prepare: async ({ bytes }) => bytes,
        answered: () => {},
        patienceMs: PATIENCE_MS,
      }),
      start.settings.MAX_IMAGE_MB * 1024 ** 2,
    )
  } finally {
    await data.close()
  }
}

/** An error that concerns one image is reported with it; any other ends the command. */
async function answered(
  predict: PredictOne,
  { file, maxImageBytes, request }: { file: string; maxImageBytes: number; request: PredictArguments },
): Promise<PredictionAnswer | Error> {
  try {
    const { size } = await stat(file)
    if (size > maxImageBytes) return tooLarge(size, maxImageBytes)
    const bytes = await readFile(file)
    return await predict({ ...request, save: false, image: { bytes, filename: path.basename(file) } }, {})
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error
    if (isDarkroomError(error) && error.code !== 'not_found' && error.code !== 'not_ready') return error
    throw error
  }
}

const tooLarge = (size: number, limit: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'This image is too large',
    why: `it has ${(size / 1024 ** 2).toFixed(1)} MiB, and the limit is ${Math.round(limit / 1024 ** 2)} MiB`,
    remedy: 'Use a smaller copy of it, or change MAX_IMAGE_MB.',
  })

await runCommand(main)
