/** From learnt weights to a version: measured once on the test pictures, calibrated, described on its card, and written as a bundle.
 *  What is measured are the numbers that are written: float16, run by the engine that would serve them. */
import type { Card } from '#lib/contracts/bundle.ts'
import { answersAt, calibrationError, confidentFrom, FEWEST_FOR_CALIBRATION, fitTemperature, TARGET_ERROR, type Logits } from '#lib/domain/calibration.ts'
import { wilson } from '#lib/domain/statistics.ts'
import { writeBundle } from '#lib/ml/bundle.ts'
import { evaluation, logitsOf, score } from '#lib/ml/evaluate.ts'
import { flopsPerImage, parameterCount, type Network, type Weights } from '#lib/ml/network.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess.ts'
import type { SampleSet } from '#lib/ml/sample-set.ts'
import { fromTfjs, toTfjs } from '#lib/ml/tfjs-format.ts'
import type { Position } from '#lib/ml/train.ts'
import { goldenOf, goldenPictures } from './golden.ts'
import type { Pack } from './pack.ts'
import type { RunPlan } from './run-plan.ts'
import type { RunPorts, TrainingEngine } from './run.ts'

export type Sealing = {
  readonly plan: RunPlan
  readonly network: Network
  readonly weights: Weights
  readonly position: Position
  readonly pack: Pack
  readonly choosing: SampleSet
  readonly calibrating: SampleSet
  readonly trained: number
  readonly batch: number
}

const KEY = 'sealing'
const BATCH = 64

export async function seal(sealing: Sealing, ports: RunPorts): Promise<Card> {
  const { plan, network, position } = sealing
  const { engine, signal } = ports
  const files = toTfjs(network, sealing.weights)
  const kept = fromTfjs(files.modelJson, files.weightsBin)
  await engine.load(KEY, kept)
  try {
    const predict = async (pixels: Float32Array, count: number) => (await engine.run(KEY, pixels, count)).logits
    const answers = (set: SampleSet): Promise<Logits> => logitsOf(predict, set, { spec: plan.spec, classes: plan.classes.length, batch: BATCH, signal })
    const calibrating = await answers(sealing.calibrating)
    const temperature = sealing.calibrating.count < FEWEST_FOR_CALIBRATION ? null : fitTemperature(calibrating, sealing.calibrating.labels)
    const testSet = sealing.pack.set('test', plan.classes)
    const opened = testSet.count === 0 ? 0 : await ports.openTest(testSet.hashes)
    const test = await answers(testSet)
    const chosen = score(await answers(sealing.choosing), sealing.choosing.labels)
    const card: Card = {
      classifier: plan.classifier.id,
      title: plan.classifier.title,
      version: plan.version,
      created_at: ports.now().toISOString(),
      command: plan.command,
      seed: plan.seed,
      engine: engine.name,
      precision: precisionOf(engine),
      code_version: plan.codeVersion,
      machine: ports.machine,
      duration_seconds: rounded(position.points.reduce((sum, point) => sum + point.seconds, 0)), // of every process that had a part in it
      images_per_second: rounded(meanOf(position.points.map((p) => p.images_per_second))),
      peak_memory_mb: ports.memoryMb(),
      recipe: { name: plan.recipe.name, settings: { ...plan.recipe.settings, batch_used: sealing.batch } },
      parent: plan.base?.version ?? null,
      data: {
        name: plan.dataName,
        snapshot: sealing.pack.index.snapshot,
        train: sealing.trained,
        validation: sealing.choosing.count + sealing.calibrating.count,
        test: testSet.count,
        test_opened: opened,
      },
      network: { name: network.name, parameters: parameterCount(network), flops: flopsPerImage(network), bytes: files.weightsBin.length },
      test: testSet.count === 0 ? null : testPart(test, testSet, plan, temperature ?? 1),
      validation: sealing.choosing.count === 0 ? null : { images: chosen.images, accuracy: wilson(chosen.right, chosen.images), loss: chosen.loss },
      calibration: temperature === null ? null : calibrationPart(testSet.count >= FEWEST_FOR_CALIBRATION ? { logits: test, labels: testSet.labels } : { logits: calibrating, labels: sealing.calibrating.labels }, temperature, sealing.calibrating.count),
      decision: temperature === null ? null : decisionPart({ logits: calibrating, labels: sealing.calibrating.labels }, { logits: test, labels: testSet.labels }, temperature),
      curves: [...position.points],
      best_epoch: position.best?.epoch ?? 0,
      notes: [...plan.notes, ...notesOf(sealing, temperature)],
    }
    const golden = goldenOf(await goldenLogits(engine, plan))
    await writeBundle(plan.out, { ...kept, preprocess: plan.spec, classes: plan.classes, card, golden })
    return card
  } finally {
    await engine.unload(KEY)
  }
}

type Answered = { readonly logits: Logits; readonly labels: Int32Array }

function testPart(logits: Logits, set: SampleSet, plan: RunPlan, temperature: number): Card['test'] {
  const found = evaluation(logits, set.labels, { classes: plan.classes, temperature })
  return {
    images: found.images,
    accuracy: found.accuracy,
    loss: found.loss,
    macro_f1: found.macroF1,
    ece: found.ece,
    per_class: [...found.perClass],
    confusion: found.confusion.map((row) => [...row]),
  }
}

function calibrationPart({ logits, labels }: Answered, temperature: number, images: number): Card['calibration'] {
  return { temperature, ece_before: calibrationError(answersAt(logits, labels, 1)), ece_after: calibrationError(answersAt(logits, labels, temperature)), images }
}

/** The threshold comes from the calibration half, what it means from the test pictures. */
function decisionPart(calibrating: Answered, test: Answered, temperature: number): Card['decision'] {
  const { threshold } = confidentFrom(answersAt(calibrating.logits, calibrating.labels, temperature))
  const sure = threshold === null ? [] : answersAt(test.logits, test.labels, temperature).filter((a) => a.confidence >= threshold)
  const isMeasured = threshold !== null && test.logits.count > 0
  return {
    target_error: TARGET_ERROR,
    threshold,
    share_answered: isMeasured ? sure.length / test.logits.count : null,
    error_among_answered: isMeasured && sure.length > 0 ? sure.filter((a) => !a.isRight).length / sure.length : null,
  }
}

async function goldenLogits(engine: TrainingEngine, plan: RunPlan): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  for (const { picture } of goldenPictures()) {
    const pixels = new Float32Array(squareBytes(plan.spec))
    normalise(preprocess(picture, plan.spec), plan.spec, pixels)
    rows.push((await engine.run(KEY, pixels, 1)).logits)
  }
  return rows
}

function notesOf({ pack, calibrating, choosing, plan }: Sealing, temperature: number | null): string[] {
  const notes: string[] = []
  const { refused } = pack.index
  if (refused.length > 0) notes.push(`${refused.length} pictures could not be decoded and were left out.`)
  if (choosing.count === 0) notes.push('There were no validation pictures: the last epoch was taken, and nothing chose it.')
  if (temperature === null) notes.push(`Confidence is not calibrated: ${calibrating.count + choosing.count} validation pictures are too few (${2 * FEWEST_FOR_CALIBRATION} would do).`)
  if (plan.teacher) notes.push('The pictures of the version it began with are not on this machine: their classes were kept by that version\'s own answers.')
  return notes
}

const precisionOf = (engine: TrainingEngine): 'float32' | 'bfloat16' => (/bfloat16/i.test(engine.detail) ? 'bfloat16' : 'float32')
const meanOf = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length)
const rounded = (value: number): number => Math.round(value * 10) / 10
