/**
 * The description of a shipped classifier, stored next to its version, as `npm run train -- --ship` writes
 * it.
 */
import { join } from 'node:path'
import type { ShippedClassifier } from '#lib/contracts/bundle.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { writeJson } from '#lib/training/run/plan.ts'
import { shippedTraining } from '#lib/training/shipped/shipped.ts'
import { wrong } from '../terminal/wrong-argument.ts'

/** `classifier.json` next to the folder of a shipped version. */
export async function writeDescription(plan: RunPlan): Promise<void> {
  const shipped = shippedTraining(plan.classifier.id)
  if (!shipped)
    throw wrong(
      `${plan.classifier.id} cannot be shipped`,
      'it is not in the table of shipped classifiers',
      'Add it to lib/training/shipped/shipped.ts.',
    )
  const about: ShippedClassifier = {
    id: plan.classifier.id,
    title: shipped.title,
    is_mirrorable: shipped.isMirrorable,
    has_digits: shipped.hasDigits,
    recipe: shipped.recipe,
    champion: plan.version,
    dataset:
      shipped.images === null
        ? null
        : {
            name: plan.dataName,
            images: shipped.images,
            command: `npm run dataset -- ${plan.dataName}${isOfficial(plan.dataName) ? '' : ' --from FILE.zip'}`,
          },
  }
  await writeJson(join(plan.out, '..', 'classifier.json'), about)
}

/** Data sets that `npm run dataset` can download. */
const isOfficial = (name: string): boolean => name === 'mnist' || name === 'cifar10'
