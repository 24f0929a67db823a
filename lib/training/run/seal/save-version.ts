/** The stage "Saving": writes an evaluated network as a bundle, with its card. */
import type { Card } from '#lib/contracts/bundle.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { flopsPerImage, graphOf, parameterCount } from '#lib/ml/network/network.ts'
import type { RunPorts, TrainingEngine } from '../ports.ts'
import { startStage } from '../progress.ts'
import type { EvaluatedNetwork, EvaluationRun } from './evaluate-trained.ts'
import { goldenOf } from './golden.ts'
import { testAnswersFile } from './answers-files.ts'

export type SavedRun = EvaluationRun & { readonly evaluated: EvaluatedNetwork }

export async function saveVersion(run: SavedRun, ports: RunPorts): Promise<Card> {
  const { plan, images, evaluated } = run
  const { network, weights, measurement } = evaluated
  const stage = startStage('save', { total: 0 }, ports)
  const card = cardOf(run, ports)
  const tested = images.test.count > 0 ? measurement.answered.at(-1) : undefined // the last are the test images
  await writeBundle(
    plan.out,
    {
      network,
      weights,
      preprocess: plan.spec,
      classes: plan.classes,
      card,
      golden: goldenOf(evaluated.goldenLogits),
      reference: measurement.reference,
      ...(measurement.outOfFold && { outOfFold: measurement.outOfFold }),
      ...(tested && { testAnswers: testAnswersFile(images.test, tested.logits) }),
      int8: evaluated.int8.file,
    },
    (written, files) => {
      if (written === 0) stage.expect(files)
      else stage.advance(1)
    },
  )
  stage.finish()
  return card
}

function cardOf(run: SavedRun, ports: RunPorts): Card {
  const { plan, images, trained, evaluated } = run
  const { network, position } = trained
  const {
    reference: _reference,
    outOfFold: _outOfFold,
    answered: _answered,
    notes,
    ...measured
  } = evaluated.measurement
  return {
    classifier: plan.classifier.id,
    title: plan.classifier.title,
    version: plan.version,
    created_at: ports.now().toISOString(),
    command: plan.command,
    seed: plan.seed,
    engine: ports.engine.name,
    precision: precisionOf(ports.engine),
    code_version: plan.codeVersion,
    machine: ports.machine,
    // summed over all processes of the run
    duration_seconds: rounded(position.points.reduce((sum, point) => sum + point.seconds, 0)),
    images_per_second: rounded(meanOf(position.points.map((p) => p.images_per_second))),
    peak_memory_mb: ports.memoryMb(),
    recipe: { name: plan.recipe.name, settings: { ...plan.recipe.settings, batch_used: trained.batch } },
    parent: plan.start.kind === 'version' ? plan.start.version : null,
    data: {
      name: plan.dataName,
      snapshot: images.index.snapshot,
      train: trained.images,
      validation: images.choosing.count + images.calibrating.count,
      test: images.test.count,
      test_opened: evaluated.testOpened,
    },
    network: {
      name: network.name,
      parameters: parameterCount(network),
      flops: flopsPerImage(network),
      bytes: evaluated.weightBytes,
      ...(graphOf(network) && { is_onnx: true }),
    },
    ...measured,
    int8: evaluated.int8.card,
    curves: [...position.points],
    best_epoch: position.best?.epoch ?? 0,
    notes: [...plan.notes, ...notesOf(run), ...notes],
  }
}

function notesOf({ images, plan, evaluated }: SavedRun): string[] {
  const notes: string[] = []
  const copies = evaluated.measurement.test?.near_copies
  if (copies) notes.push(copiesNote(copies))
  const { refused } = images.index
  if (refused.length > 0) notes.push(`${refused.length} images could not be decoded and were skipped.`)
  if (images.choosing.count === 0 && plan.evaluation !== 'folds')
    notes.push('There were no validation images: the last epoch was used.')
  if (plan.teaching.kind === 'teacher')
    notes.push(
      'The images of the base version are not on this machine: its predictions were used as training targets, ' +
        'and unfamiliar images are not detected.',
    )
  return notes
}

function copiesNote({
  images,
  others,
  accuracy,
}: NonNullable<NonNullable<Card['test']>['near_copies']>): string {
  const are = images === 1 ? 'is a near-copy' : 'are near-copies'
  const few = `${images} of the ${images + others} test images ${are} of training images`
  if (!accuracy) return `${few}: the test does not show what the version does with other images.`
  const [value, low, high] = [accuracy.value, accuracy.low, accuracy.high].map((share) =>
    Math.round(100 * share),
  )
  return `${few}. Without them, ${value} % of ${others} are classified correctly (95 % interval: ${low} to ${high} %).`
}

const precisionOf = (engine: TrainingEngine): 'float32' | 'bfloat16' =>
  /bfloat16/i.test(engine.detail) ? 'bfloat16' : 'float32'
const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length
const rounded = (value: number): number => Math.round(value * 10) / 10
