/** Decides what to do next with a classifier. Pure. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { FEWEST_CLASSES } from '../../creation/steps-of.ts'

type Step = { readonly text: string; readonly button: string; readonly section: string }
type Situation = { readonly isTraining: boolean; readonly mayUpload: boolean; readonly mayTrain: boolean }

/** Null where the user may do nothing. */
export function nextStepOf(
  {
    champion,
    classes,
    samples,
  }: Pick<ClassifierAnswer, 'champion' | 'samples'> & { readonly classes: readonly string[] },
  { isTraining, mayUpload, mayTrain }: Situation,
): Step | null {
  if (isTraining) return { text: 'A training run is active.', button: 'Show progress', section: 'train' }
  if (champion === null) {
    const hasImages = classes.length >= FEWEST_CLASSES && samples.total > 0
    if (hasImages && mayTrain)
      return {
        text: `It has ${counted(samples.total, 'image')} of ${classes.length} classes and no version yet.`,
        button: 'Train',
        section: 'train',
      }
    if (!mayUpload) return null
    return {
      text: 'Add images of at least two classes, about 20 of each. Then train with one click.',
      button: 'Add images',
      section: 'images/add',
    }
  }
  if (samples.unseen > 0 && mayTrain)
    return {
      text:
        `${counted(samples.unseen, 'image was', 'images were')} added or corrected since version ` +
        `${champion.version} was trained.`,
      button: 'Retrain',
      section: 'train',
    }
  return { text: 'Try it with an image of your own.', button: 'Predict', section: 'predict' }
}
