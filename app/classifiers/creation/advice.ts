/** Advice about the images before the first training run, a sentence each. It prevents nothing. */
import { counted } from '#lib/domain/text/count-text.ts'
import { FEWEST_CLASSES } from './steps-of.ts'

type Class = { readonly class: string; readonly images: number }

/** With fewer, predictions of a class are poor; as README and the guides say. */
const GOOD_IMAGES = 20
/** Classes that differ more than this make the larger one more likely in predictions. */
const MOST_RATIO = 10

export function adviceFor(classes: readonly Class[]): readonly string[] {
  const filled = classes.filter(({ images }) => images > 0)
  if (filled.length < FEWEST_CLASSES)
    return [
      `All images are of “${filled[0]?.class ?? ''}”. Add images of at least one other class: a classifier learns ` +
        'differences.',
    ]
  const [fewest, most] = [
    filled.reduce((a, b) => (b.images < a.images ? b : a)),
    filled.reduce((a, b) => (b.images > a.images ? b : a)),
  ]
  return [
    ...(fewest.images < GOOD_IMAGES
      ? [
          `The smallest class, “${fewest.class}”, has ${counted(fewest.images, 'image')}. Predictions are better ` +
            `with ${GOOD_IMAGES} or more of each class; you can train now and add more later.`,
        ]
      : []),
    ...(most.images > MOST_RATIO * fewest.images
      ? [
          `“${most.class}” has ${Math.round(most.images / fewest.images)} times as many images as “${fewest.class}”. ` +
            'Similar numbers give better results.',
        ]
      : []),
  ]
}
