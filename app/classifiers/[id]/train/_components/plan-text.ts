/** What a training run will do, in words, before it is started. Pure. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { FEWEST_IMAGES } from '#lib/domain/evaluation/gate.ts'
import { TEST_SHARE } from '#lib/domain/grouping/splits.ts'
import { durationText } from '#lib/ui/duration.ts'
import { numberText } from '#lib/ui/figure-number.tsx'

type Plan = Pick<ClassifierAnswer, 'champion' | 'samples'>
type PastRun = Pick<RunAnswer, 'state' | 'started_at' | 'ended_at'>

/** `runs`: newest first. */
export function planText({ champion, samples }: Plan, runs: readonly PastRun[]): string {
  const duration = lastDurationText(runs)
  const images = counted(samples.total, 'image')
  if (!champion)
    return (
      `Trains on ${images}, then shows how many the model gets right and which it gets wrong, measured on ` +
      `images that it was not trained on. You can use the model at once.${duration}`
    )
  const news =
    samples.unseen === 0 ? 'none of them new' : `${numberText({ count: samples.unseen })} of them new`
  // a version without test images was evaluated by cross-validation, and so is the next one
  const isByFolds = champion.test_images === 0
  if (isByFolds)
    return (
      `The next version is trained on ${images}, ${news}. It is then compared with ${champion.version} on images ` +
      `that each was not trained on, and goes live if it is not worse.${duration}`
    )
  return (
    `Training continues from ${champion.version} on ${images}, ${news}. Both versions are then evaluated on ` +
    `the same test images, and the new one goes live if it is not worse.${fewTestImagesText(samples.test)}` +
    duration
  )
}

function lastDurationText(runs: readonly PastRun[]): string {
  const last = runs.find((run) => run.state === 'done' && run.started_at && run.ended_at)
  if (!last?.started_at || !last.ended_at) return ''
  const seconds = (Date.parse(last.ended_at) - Date.parse(last.started_at)) / 1000
  return ` The last training run took ${durationText(seconds)}.`
}

/** A comparison on fewer images is inconclusive, and a person has to decide. */
function fewTestImagesText(testImages: number): string {
  if (testImages >= FEWEST_IMAGES) return ''
  const missing = Math.ceil((FEWEST_IMAGES - testImages) / TEST_SHARE)
  return (
    ` Only ${counted(testImages, 'test image')}; at least ${FEWEST_IMAGES} are needed for an automatic ` +
    `decision. Add about ${missing} images, or decide on the page Versions.`
  )
}
