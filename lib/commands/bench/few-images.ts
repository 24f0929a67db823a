/**
 * `npm run bench -- few-images`: how right a classifier is that was trained from a few images with one click,
 * and whether what it claims about itself is true, judged on other images of the same set. It starts its own
 * product with an empty data folder, sends requests like a script, and ends it.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { wilson } from '#lib/domain/evaluation/statistics.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { drawn, type Draw } from './draws.ts'
import { foundCopies, withCopies } from './planted-copies.ts'
import { answer, untilBackbone, untilDone, type EndedRun } from './requests.ts'
import { createLines } from '../terminal/progress-line.ts'
import { fewImagesTable, type FewImagesResult } from './few-images-table.ts'
import { gatePairs } from './gate-pairs.ts'
import { reshuffled } from './reshuffles.ts'
import { machineName } from '../terminal/machine-name.ts'

const HELP = `npm run bench -- few-images --from FOLDER [--from FOLDER …] [options]

For each set of images (a folder or ZIP of class folders), number of images per class and seed: uploads that
many images of each class, trains with default options, and predicts other images of the set.

  --from PATH      a set; repeat it for several
  --images LIST    numbers of images per class (default: 10,25,50)
  --seeds N        draws of each (default: 3)
  --test N         images per class that are predicted; never used for training (default: 40; with --reshuffles and
                   without --gate all others, because the truth of 40 is uncertain by several points)
  --copies N       near-copies that are uploaded with each image (cut by up to 4 %, brightness ± 7 %; default: 0)
  --later          with --copies: they come in a second upload, after a first version, and the verdict of the
                   gate on the second one is printed
  --json           one JSON object per training instead of the table
  --reshuffles N   N draws of each on features that are computed once, without a product: seconds for each;
                   the pretrained network is that of DATA_DIR and BACKBONE
  --gate           with --reshuffles: pairs of versions, the verdict of the gate and the truth
  --export FOLDER  with --reshuffles: writes features and draws, to compare with other methods
  --help           show this help`

/** Images of each class that are predicted. */
const TESTS = 40
/** Images in one request of predictions. */
const BATCH = 50

type LabelledFile = { readonly label: string; readonly bytes: Uint8Array }

export async function benchFewImages(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string', multiple: true, default: [] },
      images: { type: 'string', default: '10,25,50' },
      seeds: { type: 'string', default: '3' },
      test: { type: 'string' },
      copies: { type: 'string', default: '0' },
      later: { type: 'boolean', default: false },
      reshuffles: { type: 'string' },
      export: { type: 'string' },
      gate: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const sizes = values.images.split(',').map(Number)
  const [seeds, copies] = [Number(values.seeds), Number(values.copies)]
  const tests = values.test === undefined ? TESTS : Number(values.test)
  if (![...sizes, seeds, tests].every((value) => Number.isInteger(value) && value > 0)) {
    console.error('--images, --seeds and --test must be positive integers.')
    return 1
  }
  if (!Number.isInteger(copies) || copies < 0) {
    console.error('--copies must be a whole number.')
    return 1
  }
  if (values.from.length === 0) {
    console.error('--from is missing: name at least one folder or ZIP of class folders.')
    return 1
  }
  const notes = createLines(process.stderr)
  if (values.reshuffles !== undefined) {
    const table = await (values.gate ? gatePairs : reshuffled)({
      from: values.from,
      sizes,
      reshuffles: Number(values.reshuffles),
      tests: values.test === undefined && !values.gate ? Infinity : tests,
      exportTo: values.export ?? null,
      onStep: notes.passing,
    })
    createLines().line([machineName(), table].join('; '))
    return 0
  }
  await using product = await startThrowawayProduct({
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
  })
  const backbone = await untilBackbone(product.url)
  const results: FewImagesResult[] = []
  for (const from of values.from) {
    const set = path.basename(from).replace(/\.zip$/, '')
    const all = await byClass(from)
    for (const perClass of sizes)
      for (let seed = 1; seed <= seeds; seed++) {
        notes.passing(`${set}, ${perClass} images per class, draw ${seed} of ${seeds}`)
        const draw = drawn(all, { perClass, tests, seed })
        const result = await measured(product.url, {
          set,
          perClass,
          seed,
          draw,
          copies,
          isLater: values.later,
        })
        results.push(result)
        if (values.json) console.log(JSON.stringify(result))
      }
  }
  const machine = `${machineName()}; the default pretrained network: ${backbone}`
  if (!values.json) createLines().line([machine, '', fewImagesTable(results)].join('\n'))
  return 0
}

async function byClass(from: string): Promise<ReadonlyMap<string, readonly LabelledFile[]>> {
  const { images } = await openDataset('few-images', { from })
  const classes = new Map<string, LabelledFile[]>()
  for await (const { label, bytes } of images)
    classes.set(label, [...(classes.get(label) ?? []), { label, bytes }])
  return classes
}

type TrainingSpec = {
  readonly set: string
  readonly perClass: number
  readonly seed: number
  readonly draw: Draw<LabelledFile>
  /** Near-copies of each training image. */
  readonly copies: number
  /** They are uploaded when a first version is there. */
  readonly isLater: boolean
}

async function measured(
  url: string,
  { set, perClass, seed, draw, copies, isLater }: TrainingSpec,
): Promise<FewImagesResult> {
  const classifier = `few-${set.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${perClass}-${seed}`
  const files = await withCopies(draw.train, { copies, seed })
  const isCopy = ({ name }: { readonly name: string }): boolean => !name.endsWith('~0')
  const first = isLater ? files.filter((file) => !isCopy(file)) : files
  let { run, seconds } = await trainedWith(url, classifier, first)
  if (isLater) ({ run, seconds } = await trainedWith(url, classifier, files.filter(isCopy)))
  const card = await cardOf(url, classifier)
  const predictions = await predicted(url, classifier, draw.test)
  const confident = predictions.filter(({ decision }) => decision === 'confident')
  const claimed = card.folds?.accuracy ?? card.test?.accuracy ?? null
  const independent = card.folds?.images ?? card.test?.images ?? 0
  return {
    set,
    perClass,
    seed,
    accuracy: predictions.filter(({ isRight }) => isRight).length / predictions.length,
    testImages: predictions.length,
    claimed,
    widthRatio: claimed && (claimed.high - claimed.low) / widthOf(claimed.value, independent),
    confident: {
      share: confident.length / predictions.length,
      error:
        confident.length === 0 ? null : confident.filter(({ isRight }) => !isRight).length / confident.length,
    },
    targetError: card.decision?.target_error ?? null,
    recipe: run.recipe,
    seconds,
    verdict: isLater ? run.verdict : null,
    copies: copies === 0 ? null : await foundCopies(url, classifier),
  }
}

/** Uploads these files, trains with one click, and waits for the version. */
async function trainedWith(
  url: string,
  classifier: string,
  files: readonly (LabelledFile & { readonly name: string })[],
): Promise<{ readonly run: EndedRun; readonly seconds: number }> {
  for (const label of new Set(files.map((image) => image.label))) {
    const form = formOf(files.filter((image) => image.label === label))
    form.append('label', label)
    await answer(url, 'POST', `/api/upload?classifier=${classifier}&create=true`, form)
  }
  const began = performance.now()
  const { run } = (await answer(url, 'POST', '/api/retrain', JSON.stringify({ classifier }))) as {
    run: { id: string }
  }
  return { run: await untilDone(url, run.id), seconds: (performance.now() - began) / 1000 }
}

function widthOf(accuracy: number, images: number): number {
  const { low, high } = wilson(accuracy * images, images)
  return high - low
}

type Interval = { readonly value: number; readonly low: number; readonly high: number }
type CardFigures = {
  readonly folds?: { readonly accuracy: Interval; readonly images: number } | null
  readonly test: { readonly accuracy: Interval; readonly images: number } | null
  readonly decision: { readonly target_error: number } | null
}

async function cardOf(url: string, classifier: string): Promise<CardFigures> {
  const { models } = (await answer(url, 'GET', `/api/models?classifier=${classifier}`)) as {
    models: { id: string }[]
  }
  return ((await answer(url, 'GET', `/api/models/${models[0]!.id}`)) as { card: CardFigures }).card
}

type TestResult = { readonly isRight: boolean; readonly decision: string | null }

async function predicted(
  url: string,
  classifier: string,
  images: readonly LabelledFile[],
): Promise<readonly TestResult[]> {
  const judged: TestResult[] = []
  for (let from = 0; from < images.length; from += BATCH) {
    const batch = images.slice(from, from + BATCH)
    const place = `/api/predict/batch?classifier=${classifier}&save=false`
    const { predictions } = (await answer(url, 'POST', place, formOf(batch))) as {
      predictions: { success: boolean; predicted_class?: string; decision?: string | null }[]
    }
    judged.push(
      ...predictions.map((one, i) => ({
        isRight: one.predicted_class === batch[i]!.label,
        decision: one.decision ?? null,
      })),
    )
  }
  return judged
}

function formOf(images: readonly (LabelledFile & { readonly name?: string })[]): FormData {
  const form = new FormData()
  images.forEach(({ bytes, name }, i) =>
    form.append('files', new Blob([new Uint8Array(bytes)]), name ?? `${i}`),
  )
  return form
}
