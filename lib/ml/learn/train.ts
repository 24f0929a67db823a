/** One training run, readable from top to bottom: what a step is, where its batch comes from, what is measured,
 *  when it stops. It yields events; its caller displays them, writes checkpoints and may stop it. It
 *  writes nothing. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { logitsOf, score, type Score } from '../evaluate/evaluate.ts'
import type { Batch, Learner, Which } from './learner.ts'
import { augmentationFor, type GradientSettings } from '../recipes/recipe.ts'
import { batchMaker, orderOf, type SampleSet } from './sample-set.ts'
import { learningRate, plateauRate, scaledRate, type RateSchedule } from './schedule.ts'

export type TrainingPlan = {
  readonly settings: GradientSettings
  readonly spec: Preprocess
  readonly classes: number
  readonly isMirrorable: boolean
  /** Images per step; the learner was created for this number. */
  readonly batch: number
  readonly seed: number
}

/** The position of a training run: with it and the learner's state, training continues as if it had never stopped. */
export type Position = {
  /** The running epoch, from 1, and how many of its steps are done. */
  readonly epoch: number
  readonly stepInEpoch: number
  readonly lossSum: number
  readonly right: number
  /** Seconds of the running epoch before this process. */
  readonly seconds: number
  readonly points: readonly EpochPoint[]
  readonly best: { readonly epoch: number; readonly score: Score; readonly which: Which } | null
}

export const START: Position = {
  epoch: 1,
  stepInEpoch: 0,
  lossSum: 0,
  right: 0,
  seconds: 0,
  points: [],
  best: null,
}

export type TrainingEvent =
  | {
      readonly kind: 'step'
      readonly epoch: number
      readonly step: number
      readonly steps: number
      readonly loss: number
      readonly rate: number
      readonly position: Position
    }
  | { readonly kind: 'epoch'; readonly point: EpochPoint; readonly position: Position }

export type TrainingInput = {
  readonly learner: Learner
  readonly training: SampleSet
  /** Chooses the best epoch; when empty, the last one is taken. */
  readonly choosing: SampleSet
  readonly plan: TrainingPlan
  readonly from: Position
  /** Writes teachers' predictions for a batch into its targets; absent: the labels are the targets. */
  readonly teach?: (batch: Batch) => Promise<void>
  /** A monotonic clock, in seconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
}

export const stepsOf = (images: number, batch: number): number => Math.max(1, Math.floor(images / batch))

export async function* train({
  learner,
  training,
  choosing,
  plan,
  from,
  clock,
  signal,
  teach,
}: TrainingInput): AsyncGenerator<TrainingEvent, Position> {
  const { settings, batch, seed } = plan
  const rate = scaledRate(settings.rate, batch, settings.batch)
  const maker = batchMaker(training, {
    ...plan,
    augment: augmentationFor(settings.augment, plan.isMirrorable),
    smoothing: settings.labelSmoothing,
  })
  const steps = stepsOf(training.count, batch) // an incomplete batch is left out of this epoch
  let position = from

  while (position.epoch <= settings.epochs && !isExhausted(position, settings.patience)) {
    const { epoch } = position
    const order = orderOf(training.count, seed, epoch)
    const began = clock() - position.seconds
    let now = 0
    while (position.stepInEpoch < steps) {
      signal.throwIfAborted()
      const at = position.stepInEpoch
      now = rateAt(rate, { epochs: settings.epochs, done: epoch - 1 + at / steps, points: position.points })
      const indices = order.subarray(at * batch, (at + 1) * batch)
      const shown = maker.of(indices, epoch)
      await teach?.(shown)
      const { loss, right } = await learner.learn(shown, now)
      if (!Number.isFinite(loss))
        throw new LossNotFinite(
          (epoch - 1) * steps + at + 1,
          Array.from(indices, (i) => training.hashes[i]!),
        )
      learner.average(decayAt((epoch - 1) * steps + at, settings.averageDecay))
      position = {
        ...position,
        stepInEpoch: at + 1,
        lossSum: position.lossSum + loss,
        right: position.right + right,
        seconds: clock() - began,
      }
      yield {
        kind: 'step',
        epoch,
        step: (epoch - 1) * steps + at + 1,
        steps: steps * settings.epochs,
        loss,
        rate: now,
        position,
      }
    }
    const seconds = position.seconds
    const { chosen, which } = await better(learner, choosing, plan, signal)
    const isBest = !position.best || choosing.count === 0 || isAhead(chosen, position.best.score)
    if (isBest) await learner.remember(which)
    const point: EpochPoint = {
      epoch,
      loss: position.lossSum / steps,
      accuracy: position.right / (steps * batch),
      val_loss: chosen.loss,
      val_accuracy: chosen.accuracy,
      learning_rate: now,
      images_per_second: seconds > 0 ? (steps * batch) / seconds : 0,
      seconds: clock() - began,
      is_best: isBest,
    }
    position = {
      ...START,
      epoch: epoch + 1,
      points: [...position.points, point],
      best: isBest ? { epoch, score: chosen, which } : position.best,
    }
    yield { kind: 'epoch', point, position }
  }
  if (position.best) await learner.recall()
  return position
}

/** Points with a rate of zero belong to a head that was trained alone before. */
function rateAt(
  { reduce, ...rate }: RateSchedule,
  { epochs, done, points }: { epochs: number; done: number; points: readonly EpochPoint[] },
): number {
  return reduce
    ? plateauRate(
        { ...rate, reduce },
        points.filter((point) => point.learning_rate > 0).map((point) => point.val_loss),
      )
    : learningRate(rate, done, epochs)
}

/** The average starts with a fast decay, so that the first weights are soon forgotten (`num_updates` in TensorFlow). */
const decayAt = (step: number, decay: number): number => Math.min(decay, (1 + step) / (10 + step))

/** Scores the latest and the averaged weights; the average wins a tie, being the smoother of the two. */
async function better(
  learner: Learner,
  choosing: SampleSet,
  plan: TrainingPlan,
  signal: AbortSignal,
): Promise<{ chosen: Score; which: Which }> {
  const measure = async (which: Which): Promise<Score> => {
    const predict = async (pixels: Float32Array, count: number) =>
      (await learner.predict(pixels, count, which)).logits
    return score(
      await logitsOf(predict, choosing, {
        spec: plan.spec,
        classes: plan.classes,
        batch: plan.batch,
        signal,
      }),
      choosing.labels,
    )
  }
  const average = await measure('average')
  if (choosing.count === 0) return { chosen: average, which: 'average' }
  const latest = await measure('latest')
  return isAhead(latest, average)
    ? { chosen: latest, which: 'latest' }
    : { chosen: average, which: 'average' }
}

/** More correct predictions; when equal, the smaller loss. */
const isAhead = (a: Score, b: Score): boolean => a.right > b.right || (a.right === b.right && a.loss < b.loss)

const isExhausted = (position: Position, patience: number): boolean =>
  position.best !== null && position.epoch - 1 - position.best.epoch >= patience

const MOST_NAMED = 8

export class LossNotFinite extends DarkroomError {
  readonly step: number
  readonly sampleIds: readonly string[]

  constructor(step: number, sampleIds: readonly string[]) {
    const named = sampleIds
      .slice(0, MOST_NAMED)
      .map((id) => id.slice(0, 12))
      .join(', ')
    const rest = sampleIds.length > MOST_NAMED ? ` and ${sampleIds.length - MOST_NAMED} more` : ''
    super('invalid_input', {
      what: `The training run stopped at step ${step}`,
      why: `its loss was not a number; the step used the images ${named}${rest}`,
      remedy:
        'Train again with a lower learning rate, or check these images. The last checkpoint precedes ' +
        'this step.',
    })
    this.step = step
    this.sampleIds = sampleIds
  }
}
