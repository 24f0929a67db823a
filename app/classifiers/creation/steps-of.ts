/** The steps to a new classifier, and which of them are done. Nothing is stored for it: the state is that of the
 *  classifier itself. */

export type WizardStep = {
  readonly name: string
  readonly state: 'done' | 'current' | 'later'
  readonly detail: string
}

type Progress = {
  readonly title: string
  readonly classes: readonly { readonly class: string; readonly images: number }[]
  /** Whether it has ever been trained, or a training run is in progress. */
  readonly hasRun: boolean
}

export const FEWEST_CLASSES = 2

/** @param progress null: the classifier has no name yet */
export function stepsOf(progress: Progress | null): readonly WizardStep[] {
  const images = (progress?.classes ?? []).reduce((sum, one) => sum + one.images, 0)
  const filled = (progress?.classes ?? []).filter((one) => one.images > 0).length
  const isEnough = filled >= FEWEST_CLASSES
  const done = [progress !== null, images > 0, isEnough, progress?.hasRun === true]
  const details = [
    progress?.title ?? '',
    images > 0 ? images.toLocaleString('en-GB') : '',
    filled > 0 ? `${filled} ${filled === 1 ? 'class' : 'classes'}` : '',
    '',
  ]
  const current = done.indexOf(false)
  return ['Name', 'Images', 'Check', 'Train'].map((name, i) => ({
    name,
    state: stateOf(i, current),
    detail: details[i] ?? '',
  }))
}

/** @param current index of the first step that is not done; -1: all are */
function stateOf(index: number, current: number): WizardStep['state'] {
  if (index === current) return 'current'
  return current === -1 || index < current ? 'done' : 'later'
}
