/** What a classifier needs before it can be trained: classes, and images of each. */
import type { Sample, SnapshotEntry } from '#lib/data/values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export const FEWEST_CLASSES = 2
export const FEWEST_IMAGES_OF_A_CLASS = 2

export type Requirements = {
  readonly classifier: Classifier
  readonly classes: readonly string[]
  readonly samples: readonly Sample[]
  /** Classes of the version whose images are not on this machine. */
  readonly baseClasses: readonly string[]
}

/** @throws DarkroomError `nothing_to_learn`, `too_few_classes` or `too_few_images`. */
export function requireEnough({ classifier, classes, samples, baseClasses }: Requirements): void {
  const counts = countsOf(samples)
  const trained = new Set([...counts.keys(), ...baseClasses])
  if (counts.size === 0)
    throw new DarkroomError('nothing_to_learn', {
      what: `"${classifier.title}" cannot be trained`,
      why: 'it has no images on this machine',
      remedy: 'Upload images of each class.',
    })
  if (trained.size < FEWEST_CLASSES)
    throw new DarkroomError('too_few_classes', {
      what: `"${classifier.title}" cannot be trained`,
      why: `all of its images are labelled "${[...trained][0]}", and at least two classes are needed`,
      remedy: 'Upload images of at least one other class.',
    })
  for (const name of classes) {
    const have = counts.get(name) ?? 0
    if (have >= FEWEST_IMAGES_OF_A_CLASS || baseClasses.includes(name) || have === 0) continue
    throw new DarkroomError('too_few_images', {
      what: `Class "${name}" cannot be trained`,
      why: `it has ${have} image and needs ${FEWEST_IMAGES_OF_A_CLASS}`,
      remedy: `Upload ${FEWEST_IMAGES_OF_A_CLASS - have} more of "${name}", or exclude the class.`,
    })
  }
}

/** Images without a split train. */
type LabelledSplit = Pick<SnapshotEntry, 'label' | 'split'>

/** The content of an image decides which part it belongs to, so that all images of a small class may be in the
 *  validation and test sets.
 *  @throws DarkroomError `too_few_images` */
export function requireTraining(samples: readonly LabelledSplit[], baseClasses: readonly string[]): void {
  const trained = new Set(
    samples.filter((sample) => (sample.split ?? 'train') === 'train').map((sample) => sample.label),
  )
  for (const [name, have] of countsOf(samples)) {
    if (trained.has(name) || baseClasses.includes(name)) continue
    throw new DarkroomError('too_few_images', {
      what: `Class "${name}" cannot be trained`,
      why: `all of its ${have} images are in the validation set or the test set`,
      remedy: `Upload a few more images of "${name}": the content of an image decides which set it belongs to.`,
    })
  }
  if (trained.size === 0)
    throw new DarkroomError('too_few_images', {
      what: 'No training run can be started',
      why: `all ${samples.length} images are in the validation set or the test set`,
      remedy: 'Upload a few more images.',
    })
}

function countsOf(samples: readonly Pick<Sample, 'label'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}
