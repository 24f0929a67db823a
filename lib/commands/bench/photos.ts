/**
 * `npm run bench -- photos`: predictions of photographs from one connection and from several, compared in turns with
 * what decoding and inference cost alone: a large one of a phone, and small ones through pretrained networks of 224
 * pixels. Each network gets its own product.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PRECISIONS, type InferencePrecision } from '#lib/contracts/precision.ts'
import { drawShape, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import { jpegOf } from '#lib/images/jpeg.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { createRandom } from '#lib/ml/random.ts'
import { wallClock } from '#lib/processes/clock.ts'
import { readStart } from '#lib/processes/settings.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { openData } from '#lib/queries/open-data.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { printRows, type FigureRow } from './figure-rows.ts'
import { createSender, quantile } from './load-generator.ts'
import { answer, untilBackbone, untilDone } from './requests.ts'

const LEAST_SHARE = 0.75

const HELP = `npm run bench -- photos [options]

Posts a JPEG of 12 megapixels to the classifier cats-dogs, and a JPEG of 224 pixels to a classifier that it trains on
each pretrained network; alternately, it computes the same images without a server: the floor.

  --photo FILE     the large image (default: a generated one of about 2 MB)
  --networks LIST  values of BACKBONE (default: auto,mobilenet-v2; auto: MobileNetV3-Small); none: only the large image
  --precision NAME float32 or int8 (default: float32)
  --seconds N      duration of each load (default: 4)
  --rounds N       how often they alternate (default: 3)
  --json           one JSON object instead of the table
  --help           show this help

Exits with 1 if a prediction failed or a rate is below ${LEAST_SHARE * 100} % of its floor.`

const CLASSIFIER = 'photos'
const CLASSES: readonly ShapeName[] = ['circle', 'star']
const IMAGES_PER_CLASS = 12
const CONNECTIONS = 8
const WARM_UP_MS = 2_000

type PhotoOptions = {
  readonly photo: string | undefined
  readonly networks: readonly string[]
  readonly precision: InferencePrecision
  readonly seconds: number
  readonly rounds: number
}
/** Per round: predictions per second, and those of the floor. */
type Comparison = {
  readonly what: string
  readonly served: readonly number[]
  readonly floor: readonly number[]
  readonly failures: number
}
type Subject = {
  readonly url: string
  readonly folder: string
  readonly file: string
  readonly what: string
  readonly levels: readonly number[]
}

export async function benchPhotos(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      photo: { type: 'string' },
      networks: { type: 'string', default: 'auto,mobilenet-v2' },
      precision: { type: 'string', default: 'float32' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const precision = PRECISIONS.find((name) => name === values.precision)
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)]
  if (precision === undefined || ![seconds, rounds].every((value) => Number.isInteger(value) && value > 0)) {
    console.error(
      `--precision must be one of ${PRECISIONS.join(', ')}, --seconds and --rounds positive integers.`,
    )
    return 1
  }
  const networks = values.networks === 'none' ? [] : values.networks.split(',')
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const folder = await mkdtemp(path.join(tmpdir(), 'darkroom-photos-'))
  try {
    const comparisons = await compareAll(
      { photo: values.photo, networks, precision, seconds, rounds },
      folder,
      lines,
    )
    return printRows(comparisons.map(rowOf), { lines, isJson: values.json, more: { precision, comparisons } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compareAll(
  options: PhotoOptions,
  scratch: string,
  lines: Lines,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = []
  const { precision } = options
  const large = options.photo ?? (await writePhoto(path.join(scratch, 'large.jpg'), 4_000, 3_000))
  const small = await writePhoto(path.join(scratch, 'small.jpg'), 224, 224)
  {
    await using product = await startProduct('own', precision)
    const megabytes = (await readFile(large)).length / 1e6
    comparisons.push(
      ...(await compare(
        {
          url: `${product.url}/api/predict?classifier=cats-dogs`,
          folder: await folderOf(product, 'cats-dogs'),
          file: large,
          what: `JPEG of ${megabytes.toFixed(1)} MB, cats-dogs`,
          levels: [1],
        },
        options,
        lines,
      )),
    )
  }
  for (const network of options.networks) {
    await using product = await startProduct(network, precision)
    lines.passing(`training on ${network}`)
    const state = await untilBackbone(product.url)
    if (state !== 'installed') throw new Error(`The network ${network} is not installed: ${state}`)
    await train(product.url)
    comparisons.push(
      ...(await compare(
        {
          url: `${product.url}/api/predict?classifier=${CLASSIFIER}`,
          folder: await folderOf(product, CLASSIFIER),
          file: small,
          what: `JPEG of 224 px, ${network === 'auto' ? 'MobileNetV3-Small' : network}`,
          levels: [1, CONNECTIONS],
        },
        options,
        lines,
      )),
    )
  }
  return comparisons
}

const startProduct = (backbone: string, precision: InferencePrecision): Promise<ThrowawayProduct> =>
  startThrowawayProduct({
    BACKBONE: backbone,
    PRECISION: precision,
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
  })

async function compare(
  { url, folder, file, what, levels }: Subject,
  { precision, seconds, rounds }: PhotoOptions,
  lines: Lines,
): Promise<readonly Comparison[]> {
  using sender = createSender(url, false, { type: 'image/jpeg', images: [await readFile(file)] })
  const comparisons: Comparison[] = []
  for (const connections of levels) {
    const processes = Math.min(connections, availableParallelism())
    using floor = await startFloor([folder, file, precision], processes)
    await sender.fire({ connections, seconds: WARM_UP_MS / 1_000 })
    const [served, alone]: [number[], number[]] = [[], []]
    let failures = 0
    for (let round = 1; round <= rounds; round++) {
      lines.passing(`${what}, ${connections} connections, round ${round}`)
      const answers = await sender.fire({ connections, seconds })
      const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms)
      failures += answers.length - times.length
      served.push(connections / (mean(times) / 1_000))
      alone.push(await floor.rate(seconds * 1_000))
    }
    comparisons.push({ what: `${what}, ${connections} at a time`, served, floor: alone, failures })
  }
  return comparisons
}

/** Processes that compute at the same time. */
async function startFloor(
  args: readonly string[],
  count: number,
): Promise<Disposable & { readonly rate: (ms: number) => Promise<number> }> {
  const program = fileURLToPath(new URL('./photos-floor.ts', import.meta.url))
  const children = Array.from({ length: count }, () => fork(program, args))
  const end = (): void => {
    for (const child of children) child.kill()
  }
  try {
    await Promise.all(children.map(nextTimes))
  } catch (error) {
    end()
    throw error
  }
  return {
    async rate(ms) {
      const all = children.map(nextTimes)
      for (const child of children) child.send(ms)
      return (await Promise.all(all)).reduce((sum, times) => sum + 1_000 / mean(times), 0)
    },
    [Symbol.dispose]: end,
  }
}

const nextTimes = (child: ChildProcess): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(Array.isArray(message) ? message.map(Number) : []))
    child.once('exit', (code) => reject(new Error(`A measuring process ended with ${code}`)))
  })

async function train(url: string): Promise<void> {
  for (const label of CLASSES) {
    const form = new FormData()
    for (let i = 0; i < IMAGES_PER_CLASS; i++)
      form.append('files', new Blob([new Uint8Array(encodePng(drawShape(label, i)))]), `${label}-${i}.png`)
    form.append('label', label)
    await answer(url, 'POST', `/api/upload?classifier=${CLASSIFIER}&create=true`, form)
  }
  const { run } = (await answer(url, 'POST', '/api/retrain', JSON.stringify({ classifier: CLASSIFIER }))) as {
    run: { id: string }
  }
  await untilDone(url, run.id)
}

async function folderOf({ dataDir }: ThrowawayProduct, classifier: string): Promise<string> {
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: readStart().places.modelsDir,
    clock: wallClock,
  })
  try {
    const version = (await data.versions.list(classifier))[0]
    if (version === undefined) throw new Error(`${classifier} has no version`)
    return version.folder
  } finally {
    await data.close()
  }
}

/** Soft shapes under a little noise, which JPEG compresses to about as many bytes as a photograph. @returns `file` */
async function writePhoto(file: string, width: number, height: number): Promise<string> {
  const random = createRandom(7)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const soft = 128 + 60 * Math.sin((9 * x) / width) * Math.cos((7 * y) / height)
      const noise = 14 * (random() - 0.5)
      for (let channel = 0; channel < 3; channel++) data[at++] = soft + noise + 20 * channel
    }
  await writeFile(file, await jpegOf({ width, height, data }, 85))
  return file
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function rowOf({ what, served, floor, failures }: Comparison): FigureRow {
  const share = quantile(
    served.map((rate, round) => rate / floor[round]!),
    0.5,
  )
  const rates = [served, floor].map((values) => quantile(values, 0.5).toFixed(1))
  return {
    what,
    figure: `${rates[0]}/s of ${rates[1]}/s: ${Math.round(share * 100)} %, ${failures} failed`,
    wanted: `≥ ${LEAST_SHARE * 100} %, 0 failed`,
    isMet: share >= LEAST_SHARE && failures === 0,
  }
}
