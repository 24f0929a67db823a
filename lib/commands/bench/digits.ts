/** `npm run bench -- digits`: how a classifier of digits reads images from other sources than its own data set, on the
 *  serving path from encoded bytes to the decision. It downloads nothing and changes nothing. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Decision } from '#lib/domain/evaluation/decision.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { answerOf } from '#lib/serving/prediction-result.ts'
import { percent } from '../terminal/card-text.ts'
import { createLines } from '../terminal/progress-line.ts'

const HELP = `npm run bench -- digits --from FOLDER [options]

Predicts every image in FOLDER and prints, for each set, how many predictions are correct and how many are
incorrect and confident. FOLDER contains one folder per set; a set contains one folder per class, named after
the class. Images in a folder "none" show no single digit: a prediction is correct if it is "unfamiliar".

  --from FOLDER    the sets
  --bundle FOLDER  the version (default: the shipped mnist)
  --list           also print the file names of incorrect predictions
  --help           this page

Exits with 1 if less than 95 % of the predictions are correct.`

const BATCH = 32 // images at once
const MAX_PIXELS = 50e6
const NO_DIGIT = 'none'
const GOAL = 0.95

type Sample = { readonly set: string; readonly label: string; readonly file: string }
type Outcome = Sample & {
  readonly predicted: string
  readonly decision: Decision | null
  readonly isCorrect: boolean
}

export async function benchDigits(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      bundle: { type: 'string', default: path.join(ROOT, 'models', 'mnist', 'v1') },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || values.from === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const samples = await samplesIn(path.resolve(values.from))
  const outcomes = await predictAll(samples, path.resolve(values.bundle))
  const sets = [...new Set(outcomes.map(({ set }) => set))]
  const rows = [
    ...sets.map((set) =>
      row(
        set,
        outcomes.filter((one) => one.set === set),
      ),
    ),
    row('all', outcomes),
  ]
  console.log(table([HEAD, ...rows]))
  if (values.list)
    for (const { file, label, predicted, decision, isCorrect } of outcomes)
      if (!isCorrect)
        console.log(`${file}: ${label}, predicted ${predicted} (${decision ?? 'not calibrated'})`)
  return outcomes.filter(({ isCorrect }) => isCorrect).length < outcomes.length * GOAL ? 1 : 0
}

async function samplesIn(from: string): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (const set of (await readdir(from)).sort())
    for (const label of (await readdir(path.join(from, set))).sort())
      for (const name of (await readdir(path.join(from, set, label))).sort())
        samples.push({ set, label, file: path.join(from, set, label, name) })
  return samples
}

async function predictAll(samples: readonly Sample[], folder: string): Promise<readonly Outcome[]> {
  const notes = createLines(process.stderr)
  const bundle = await readBundle(folder)
  await using engine = await openEngine('auto', 'inference')
  const models = loadedModels(engine)
  await models.load({ key: folder, folder })
  const outcomes: Outcome[] = []
  for (let from = 0; from < samples.length; from += BATCH) {
    notes.passing(`${from} of ${samples.length} images`)
    const batch = samples.slice(from, from + BATCH)
    const { images } = await models.infer({
      key: folder,
      images: await Promise.all(batch.map(({ file }) => readFile(file))),
      maxPixels: MAX_PIXELS,
      wantsFeatures: false,
    })
    images.forEach((image, i) => {
      if (image.ok) outcomes.push(outcomeOf(batch[i]!, answered(image, bundle)))
      else console.error(`${batch[i]!.file}: ${image.failure.reason}`)
    })
  }
  notes.passing('')
  return outcomes
}

const answered = (
  image: Parameters<typeof answerOf>[0],
  { classes, card }: Bundle,
): Pick<Outcome, 'predicted' | 'decision'> => {
  const { predicted_class: predicted, decision } = answerOf(
    image,
    { classes, card },
    { topK: 1, hash: () => '0'.repeat(64) },
  )
  return { predicted, decision }
}

const outcomeOf = (sample: Sample, answer: Pick<Outcome, 'predicted' | 'decision'>): Outcome => ({
  ...sample,
  ...answer,
  isCorrect: sample.label === NO_DIGIT ? answer.decision === 'unfamiliar' : answer.predicted === sample.label,
})

const HEAD = ['set', 'images', 'correct', 'confident', 'unfamiliar', 'confident and incorrect'] as const

function row(name: string, outcomes: readonly Outcome[]): readonly string[] {
  const counted = (is: (one: Outcome) => boolean): number => outcomes.filter(is).length
  const isConfident = ({ decision }: Outcome): boolean => decision === 'confident'
  return [
    name,
    String(outcomes.length),
    percent(counted(({ isCorrect }) => isCorrect) / outcomes.length),
    String(counted(isConfident)),
    String(counted(({ decision }) => decision === 'unfamiliar')),
    String(counted((one) => isConfident(one) && !one.isCorrect)),
  ]
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return rows
    .map((cells) =>
      cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n')
}
