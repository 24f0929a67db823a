/**
 * `npm run bench -- retrain`: how long it takes from a few images to an evaluated version, once for a first
 * version and once for the next. It starts its own product with an empty data folder, sends requests like a
 * script, and ends it.
 */
import { loadavg } from 'node:os'
import path from 'node:path'
import { readdir } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { PART_TITLES, RUN_PARTS, type PartSeconds } from '#lib/domain/run-parts.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { readKeys } from '#lib/training/features/feature-cache.ts'
import { answer, partsOf, untilBackbone, untilDone } from './requests.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { machineName } from '../terminal/machine-name.ts'

const HELP = `npm run bench -- retrain [options]

Uploads images to a new classifier, starts a retrain with default options, and waits for the version and its
evaluation result;
then repeats this with as many other images. Prints the duration of each step.

  --from ZIP       images in class folders (default: generated shapes)
  --pictures N     images per round, the same number for each class (default: 200)
  --cached         wait before each training run until the features of the uploaded images are computed
  --json           one JSON object per round instead of the table
  --help           show this help`

const LONGEST_FEATURES_MS = 10 * 60_000

const CLASSIFIER = 'bench-retrain'

type Round = {
  readonly name: string
  readonly pictures: number
  readonly upload_seconds: number
  readonly retrain_seconds: number
  readonly seconds: number
  readonly recipe: string
  readonly verdict: string
  readonly parts: PartSeconds
}
type LabelledFile = { readonly label: string; readonly bytes: Uint8Array }

export async function benchRetrain(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      pictures: { type: 'string', default: '200' },
      cached: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const count = Number(values.pictures)
  if (!Number.isInteger(count) || count < 1) {
    console.error('--pictures must be a whole number of at least 1.')
    return 1
  }
  const images = values.from === undefined ? drawn(2 * count) : await alike(values.from, 2 * count)
  const notes = createLines(process.stderr)
  notes.passing('starting')
  await using product = await startThrowawayProduct({ OPEN_ACTIONS: 'true', RATE_LIMIT_ENABLED: 'false' })
  const backbone = await untilBackbone(product.url)
  const rounds: Round[] = []
  for (const [index, name] of ['first version', 'next version'].entries()) {
    const uploaded = () =>
      values.cached ? untilFeatures(product.dataDir, (index + 1) * count) : Promise.resolve()
    const some = images.slice(index * count, (index + 1) * count)
    rounds.push(await round({ url: product.url, name, images: some, uploaded }, notes))
  }
  if (values.json) for (const one of rounds) console.log(JSON.stringify(one))
  else
    createLines().line(
      [
        `${machineName()}, ` +
          `load ${loadavg()[0]!.toFixed(1)}; the default pretrained network: ${backbone}`,
        '',
        table(rounds),
        '',
        partsTable(rounds),
      ].join('\n'),
    )
  return 0
}

type RoundRequest = {
  readonly url: string
  readonly name: string
  readonly images: readonly LabelledFile[]
  /** Awaited between the upload and the training run; its time is not counted. */
  readonly uploaded: () => Promise<void>
}

async function round({ url, name, images, uploaded: pause }: RoundRequest, notes: Lines): Promise<Round> {
  notes.passing(`${name}: uploading`)
  const began = performance.now()
  for (const label of new Set(images.map((image) => image.label))) {
    const form = new FormData()
    images
      .filter((image) => image.label === label)
      .forEach(({ bytes }, i) => {
        form.append('files', new Blob([new Uint8Array(bytes)]), `${i}`)
      })
    form.append('label', label)
    await answer(url, 'POST', `/api/upload?classifier=${CLASSIFIER}&create=true`, form)
  }
  const uploadMs = performance.now() - began
  notes.passing(`${name}: computing features in the background`)
  await pause()
  const uploaded = performance.now()
  notes.passing(`${name}: learning`)
  const { run } = (await answer(url, 'POST', '/api/retrain', JSON.stringify({ classifier: CLASSIFIER }))) as {
    run: { id: string }
  }
  const ended = await untilDone(url, run.id)
  const done = performance.now()
  const seconds = (from: number, to: number): number => Math.round((to - from) / 100) / 10
  return {
    name,
    pictures: images.length,
    upload_seconds: seconds(0, uploadMs),
    retrain_seconds: seconds(uploaded, done),
    seconds: seconds(0, uploadMs + done - uploaded),
    recipe: ended.recipe,
    verdict: ended.verdict?.sentence ?? '',
    parts: await partsOf(url, run.id),
  }
}

/** Until features of so many images are stored. Those of an upload are computed as soon as its images are saved. */
async function untilFeatures(dataDir: string, images: number): Promise<void> {
  const folder = path.join(dataDir, 'cache', 'embeddings')
  const latest = performance.now() + LONGEST_FEATURES_MS
  while (performance.now() < latest) {
    for (const name of await readdir(folder).catch(() => [])) {
      const keys = await readKeys(path.join(folder, name)).catch(() => [])
      if (new Set(keys.map((key) => key.split(' ', 1)[0])).size >= images) return
    }
    await setTimeout(100)
  }
  throw new Error(`The features of ${images} images were not computed in the background.`)
}

const drawn = (count: number): LabelledFile[] =>
  Array.from({ length: count }, (_, i) => ({
    label: SHAPES[i % SHAPES.length]!,
    bytes: encodePng(drawShape(SHAPES[i % SHAPES.length]!, 20_000 + i)),
  }))

/** Images from a ZIP, one of each class in turn. */
async function alike(zip: string, count: number): Promise<LabelledFile[]> {
  const { images } = await openDataset(CLASSIFIER, { from: zip })
  const byLabel = new Map<string, LabelledFile[]>()
  for await (const { label, bytes } of images)
    byLabel.set(label, [...(byLabel.get(label) ?? []), { label, bytes }])
  const classes = [...byLabel.values()]
  const found = Array.from(
    { length: count },
    (_, i) => classes[i % classes.length]?.[Math.floor(i / classes.length)],
  ).filter((one) => one !== undefined)
  if (found.length < count)
    throw new Error(`${zip} has too few images: ${found.length} of ${count}, the same number for each class.`)
  return found
}

function table(rounds: readonly Round[]): string {
  const lines = rounds.map(
    (one) =>
      `| ${one.name} | ${one.pictures} | ${one.recipe} | ${one.upload_seconds.toFixed(1)} | ` +
      `${one.retrain_seconds.toFixed(1)} | ${one.seconds.toFixed(1)} | ${one.verdict} |`,
  )
  return [
    '| | images | recipe | upload, s | retrain, s | total, s | result |',
    '|---|--:|---|--:|--:|--:|---|',
    ...lines,
  ].join('\n')
}

function partsTable(rounds: readonly Round[]): string {
  const lines = RUN_PARTS.filter((part) => rounds.some(({ parts }) => parts[part] !== undefined)).map(
    (part) =>
      `| ${PART_TITLES[part]} | ${rounds.map(({ parts }) => parts[part]?.toFixed(2) ?? '–').join(' | ')} |`,
  )
  return [
    `| seconds | ${rounds.map(({ name }) => name).join(' | ')} |`,
    `|---|${'--:|'.repeat(rounds.length)}`,
    ...lines,
  ].join('\n')
}
