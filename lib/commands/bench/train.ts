/**
 * `npm run bench -- train`: how fast each engine trains one network here, next to tfjs' `fit` and Keras, in
 * interleaved rounds, so that other load on the machine affects all equally. It measures speed and memory;
 * accuracy is irrelevant here.
 */
import { availableParallelism, loadavg } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '#lib/domain/errors.ts'
import { parameterCount } from '#lib/ml/network/network.ts'
import { benchNetwork } from './train-network.ts'
import type { Trial } from '#lib/contracts/developer-files.ts'
import { measure, VARIANTS, whyNot, type Variant } from './train-variants.ts'
import { createLines } from '../terminal/progress-line.ts'
import { machineName } from '../terminal/machine-name.ts'

const PARAMETERS = parameterCount(benchNetwork).toLocaleString('en')

const HELP = `npm run bench -- train [options]

Trains a network of ${PARAMETERS} parameters (six convolutions, two dense layers, batch norm and ReLU,
Adam) on noise images, each in its own process. Figures are medians over the rounds;
memory is the maximum.

  --rounds N     measurements of each, interleaved (default: 3)
  --seconds N    duration of each, after its warm-up (default: 10)
  --batch LIST   batch sizes (default: 64,256)
  --only LIST    of ${VARIANTS.join(', ')}
  --threads N    threads per measurement (default: the cores of this machine, at most 8)
  --python PATH  a Python with keras and tensorflow (default: python3; without them, Keras is
                 skipped)
  --tfjs-wasm DIR  a folder with @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm (default: this
                   one; without them, tfjs-wasm is skipped)
  --json         one JSON object per row instead of the table
  --help         show this help`

const MOST_THREADS = 8

export type TrainRow = {
  readonly variant: Variant
  readonly batch: number
  readonly images_per_s: number
  readonly images_per_cpu_s: number
  readonly peak_mb: number
  /** The ratio of images per CPU-second at the same batch size; null where Keras was not measured. */
  readonly ratio_to_keras_fit: number | null
}

type VariantResult = { readonly variant: Variant; readonly batch: number; readonly trials: Trial[] }

export async function benchTrain(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      batch: { type: 'string', default: '64,256' },
      only: { type: 'string', default: VARIANTS.join(',') },
      threads: { type: 'string', default: String(Math.min(availableParallelism(), MOST_THREADS)) },
      python: { type: 'string', default: 'python3' },
      'tfjs-wasm': { type: 'string', default: process.cwd() },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const batches = values.batch.split(',').map(Number)
  const [rounds, seconds, threads] = [Number(values.rounds), Number(values.seconds), Number(values.threads)]
  if (
    ![rounds, threads, ...batches].every((value) => Number.isInteger(value) && value > 0) ||
    !(seconds > 0)
  ) {
    console.error(
      '--rounds, --batch and --threads must be positive integers; --seconds must be a positive number.',
    )
    return 1
  }
  const names = values.only.split(',')
  const foreign = names.find((name) => !VARIANTS.some((variant) => variant === name))
  if (foreign !== undefined) {
    console.error(`Unknown variant "${foreign}". Available variants: ${VARIANTS.join(', ')}.`)
    return 1
  }

  const tools = { python: values.python, tfjsWasm: path.resolve(values['tfjs-wasm']) }
  const notes = createLines(process.stderr)
  const runnable = VARIANTS.filter((variant) => names.includes(variant)).filter((variant) => {
    const reason = whyNot(variant, tools)
    if (reason !== null) notes.line(`${variant} is skipped: ${reason}.`)
    return reason === null
  })
  const measured: readonly VariantResult[] = batches.flatMap((batch) =>
    runnable.map((variant) => ({ variant, batch, trials: [] })),
  )
  const failed = new Set<VariantResult>()
  for (let round = 1; round <= rounds; round++) {
    for (const one of measured.filter((each) => !failed.has(each))) {
      notes.passing(`round ${round} of ${rounds}: ${one.variant}, batch ${one.batch}`)
      try {
        one.trials.push(await measure({ ...one, seconds, threads, ...tools }))
      } catch (error) {
        failed.add(one) // reported and not tried again; the others continue
        notes.line(messageOf(error))
      }
    }
  }
  const whole = measured.filter((one) => !failed.has(one))
  const rows = rowsOf(whole)
  if (values.json) for (const row of rows) console.log(JSON.stringify(row))
  else
    createLines().line(
      [
        headline({ rounds, seconds, threads }),
        '',
        table(rows),
        '',
        ...gainOverTfjs(rows),
        ...detailsOf(whole),
      ].join('\n'),
    )
  return rows.length > 0 && failed.size === 0 ? 0 : 1
}

export function rowsOf(measured: readonly VariantResult[]): readonly TrainRow[] {
  const perCpu = ({ trials }: VariantResult): number =>
    median(trials.map(({ images, cpu_seconds }) => images / cpu_seconds))
  return measured.map((one) => {
    const keras = measured.find(({ variant, batch }) => variant === 'keras-fit' && batch === one.batch)
    return {
      variant: one.variant,
      batch: one.batch,
      images_per_s: rounded(median(one.trials.map(({ images, wall_seconds }) => images / wall_seconds)), 1),
      images_per_cpu_s: rounded(perCpu(one), 1),
      peak_mb: Math.round(Math.max(...one.trials.map(({ peak_mb }) => peak_mb))),
      ratio_to_keras_fit: keras ? rounded(perCpu(one) / perCpu(keras), 3) : null,
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

const headline = ({
  rounds,
  seconds,
  threads,
}: {
  rounds: number
  seconds: number
  threads: number
}): string =>
  `${machineName()}, load ${loadavg()[0]!.toFixed(1)}; ${rounds} rounds of ${seconds} s, ${threads} threads each`

function table(rows: readonly TrainRow[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.variant} | ${row.batch} | ${row.images_per_s.toFixed(0)} | ` +
      `${row.images_per_cpu_s.toFixed(0)} | ${row.ratio_to_keras_fit?.toFixed(2) ?? ''} | ` +
      `${row.peak_mb} |`,
  )
  return [
    '| variant | batch | images/s | images/CPU-s | × keras-fit | peak MB |',
    '|---|--:|--:|--:|--:|--:|',
    ...lines,
  ].join('\n')
}

/** The gain of WebAssembly by our graph, at each batch size where both were measured. */
const gainOverTfjs = (rows: readonly TrainRow[]): readonly string[] =>
  rows.flatMap((row) => {
    const theirs = rows.find(({ variant, batch }) => variant === 'tfjs-wasm' && batch === row.batch)
    return row.variant === 'wasm' && theirs
      ? [
          `wasm trains ${(row.images_per_cpu_s / theirs.images_per_cpu_s).toFixed(2)} times as many images ` +
            `per CPU-second as tfjs-wasm at batch ${row.batch}.`,
        ]
      : []
  })

const detailsOf = (measured: readonly VariantResult[]): readonly string[] => [
  ...new Set(measured.flatMap(({ variant, trials }) => trials.map(({ detail }) => `${variant}: ${detail}`))),
]
