/** From learnt weights to a version: measured once on the test pictures, calibrated, described on its card,
 *  and written as a bundle. What is measured are the numbers that are written: float16, run by the engine
 *  that would serve them. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { flopsPerImage, parameterCount, type Network, type Weights } from '#lib/ml/network/network.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { chosenFrom, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import type { Position } from '#lib/ml/learn/train.ts'
import { goldenOf, goldenPictures } from './golden.ts'
import { measure } from './measure.ts'
import type { Pack } from '../data/pack.ts'
import type { RunPlan } from '../plan.ts'
import type { RunPorts, TrainingEngine } from '../ports.ts'

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

export async function seal(sealing: Sealing, ports: RunPorts): Promise<Card> {
  const { plan, network, position } = sealing
  const { engine, signal } = ports
  const files = toTfjs(network, sealing.weights)
  const kept = fromTfjs(files.modelJson, files.weightsBin)
  await engine.load(KEY, kept)
  try {
    const testSet = sealing.pack.set('test', plan.classes)
    const opened = testSet.count === 0 ? 0 : await ports.openTest(testSet.hashes)
    const { reference, notes, ...measured } = await measure(
      {
        classes: plan.classes,
        isMirrorable: plan.classifier.isMirrorable,
        training: references(sealing),
        choosing: sealing.choosing,
        calibrating: sealing.calibrating,
        test: testSet,
        foreign: null,
      },
      { engine, key: KEY, spec: plan.spec, classes: plan.classes.length, signal },
    )
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
      // of every process that had a part in it
      duration_seconds: rounded(position.points.reduce((sum, point) => sum + point.seconds, 0)),
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
      network: {
        name: network.name,
        parameters: parameterCount(network),
        flops: flopsPerImage(network),
        bytes: files.weightsBin.length,
      },
      ...measured,
      curves: [...position.points],
      best_epoch: position.best?.epoch ?? 0,
      notes: [...plan.notes, ...notesOf(sealing), ...notes],
    }
    const golden = goldenOf(await goldenLogits(engine, KEY, plan.spec))
    await writeBundle(plan.out, {
      ...kept,
      preprocess: plan.spec,
      classes: plan.classes,
      card,
      golden,
      reference,
    })
    return card
  } finally {
    await engine.unload(KEY)
  }
}

/** The pictures that others are compared with. Where those of the old classes are not here there are none:
 *  all of these would look unfamiliar. */
const references = ({ pack, plan }: Sealing): SampleSet =>
  plan.teacher
    ? chosenFrom(pack.set('train', plan.classes), [], plan.classes.length)
    : pack.set('train', plan.classes)

/** What a loaded version answers to the golden pictures. */
export async function goldenLogits(
  engine: Pick<TrainingEngine, 'run'>,
  key: string,
  spec: Preprocess,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  for (const { picture } of goldenPictures()) {
    const pixels = new Float32Array(squareBytes(spec))
    normalise(preprocess(picture, spec), spec, pixels)
    rows.push((await engine.run(key, pixels, 1)).logits)
  }
  return rows
}

function notesOf({ pack, choosing, plan }: Sealing): string[] {
  const notes: string[] = []
  const { refused } = pack.index
  if (refused.length > 0) notes.push(`${refused.length} images could not be decoded and were skipped.`)
  if (choosing.count === 0) notes.push('There were no validation images: the last epoch was used.')
  if (plan.teacher)
    notes.push(
      'The images of the base version are not on this machine: its predictions stood in for them, ' +
        'and unfamiliar images are not detected.',
    )
  return notes
}

const precisionOf = (engine: TrainingEngine): 'float32' | 'bfloat16' =>
  /bfloat16/i.test(engine.detail) ? 'bfloat16' : 'float32'
const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length
const rounded = (value: number): number => Math.round(value * 10) / 10
