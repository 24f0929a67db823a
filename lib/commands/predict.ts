/**
 * `npm run predict -- FILE…`: predictions for images without a running server, by the same path as a
 * request: children, batches, decision. It writes no history.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { sniff } from '#lib/images/sniff.ts'
import { openLog } from '#lib/operations/log.ts'
import { steadyClock } from '#lib/processes/clock.ts'
import { composeData } from '#lib/processes/compose-data.ts'
import { inferenceSettings, startInference } from '#lib/processes/fork-inference.ts'
import { readStart } from '#lib/processes/settings.ts'
import { createBatcher } from '#lib/serving/batcher.ts'
import { createPool } from '#lib/serving/pool.ts'
import { createPredict, type PredictOne } from '#lib/serving/predict.ts'
import { runOn, type InferenceItem, type PoolResult } from '#lib/serving/run-on-pool.ts'
import { createSwap } from '#lib/serving/model-registry.ts'

const HELP = `npm run predict -- FILE… [options]

Predicts the class of images, without a running server and without saving the predictions.

  --classifier NAME   the classifier to use (default: DEFAULT_CLASSIFIER, else the first)
  --version V         one of its versions, such as v2 (default: the live version)
  --top N             number of classes to show (default: 3)
  --json              one JSON object per line, as from POST /api/predict
  --help              show this help

Exits with 1 if a prediction failed. Settings: DATA_DIR, INFERENCE_ENGINE, MAX_PIXELS.`

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
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: {
      classifier: { type: 'string' },
      version: { type: 'string' },
      top: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || files.length === 0) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const top = Number(values.top)
  if (!Number.isInteger(top) || top < 1)
    throw new DarkroomError('invalid_input', {
      what: `--top ${values.top} is not valid`,
      why: 'it must be a whole number of at least 1',
      remedy: 'Change the value.',
    })
  const request = { classifier: values.classifier, version: values.version, top_k: top }
  return withPredict(async (predict) => {
    let failures = 0
    for (let first = 0; first < files.length; first += AT_ONCE) {
      const some = files.slice(first, first + AT_ONCE)
      const answers = await Promise.all(some.map((file) => answered(predict, file, request)))
      answers.forEach((answer, i) => {
        if (answer instanceof Error) failures += 1
        show(some[i]!, answer, values.json)
      })
    }
    return failures === 0 ? 0 : 1
  })
}

async function withPredict(work: (predict: PredictOne) => Promise<number>): Promise<number> {
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
    )
  } finally {
    await data.close()
  }
}

/** An error that concerns one image is reported with it; any other ends the command. */
async function answered(
  predict: PredictOne,
  file: string,
  args: PredictArguments,
): Promise<PredictionAnswer | Error> {
  try {
    const bytes = await readFile(file)
    return await predict({ ...args, save: false, image: { bytes, filename: path.basename(file) } }, {})
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error
    if (isDarkroomError(error) && error.code !== 'not_found' && error.code !== 'not_ready') return error
    throw error
  }
}

function show(file: string, answer: PredictionAnswer | Error, isJson: boolean): void {
  if (answer instanceof Error) console.error(`${file}: ${answer.message}`)
  else if (isJson) console.log(JSON.stringify({ ...answer, filename: file }))
  else console.log(`${file}: ${wordsOf(answer)}`)
}

function wordsOf({
  predicted_class,
  confidence,
  top_k,
  decision,
  image_problem,
  candidates,
  classifier,
  model_version,
  engine,
}: PredictionAnswer): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const others = top_k
    .slice(1)
    .map((one) => `${one.class} ${percent(one.probability)}`)
    .join(', ')
  return (
    `${predicted_class} ${percent(confidence)}${doubtIn({ decision, candidates, image_problem })}` +
    `${others && ` (then ${others})`} · ${classifier} ${model_version}, ${engine}`
  )
}

/** Printed after the class when the prediction is not confident. */
function doubtIn({
  decision,
  candidates,
  image_problem,
}: Pick<PredictionAnswer, 'decision' | 'candidates' | 'image_problem'>): string {
  if (image_problem === 'blank') return ', the image is blank'
  if (image_problem === 'several_digits') return ', the image shows several digits'
  if (decision === 'unfamiliar') return ', unfamiliar image'
  if (decision !== 'uncertain') return ''
  return candidates && candidates.length > 1 ? `, uncertain: one of ${candidates.join(', ')}` : ', uncertain'
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(
    isDarkroomError(error) || (error instanceof TypeError && 'code' in error)
      ? (error as Error).message
      : error,
  )
  return 1
})
