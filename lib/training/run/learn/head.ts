/** Trains only the last layer, on features. It takes seconds, so it has no checkpoint: a run that was stopped
 *  starts again from the stored features. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { learnHead, type HeadTry } from '#lib/ml/learn/head.ts'
import { START, type Position } from '#lib/ml/learn/train.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import { headIn, withHead } from '#lib/ml/network/head-network.ts'
import type { RunPorts } from '../ports.ts'
import { headByFolds } from './head-by-folds.ts'
import type { HeadRun, TrainedNetwork } from './material.ts'

export async function trainHead(run: HeadRun, ports: RunPorts): Promise<TrainedNetwork | 'cancelled'> {
  const { plan, settings, features, network, weights, training } = run
  const { engine, report, clock, signal } = ports
  const startedAt = clock() - features.seconds
  report({
    kind: 'note',
    message:
      `Training the last layer for ${plan.classes.length} classes on ${training.count} images with ` +
      `${engine.detail}.`,
  })
  const tries = plan.evaluation === 'folds' ? headByFolds(run, ports) : headBySplits(run, ports)
  let position: Position = START
  let from = startedAt
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve)) // lets a cancel request arrive
    if (signal.aborted) return 'cancelled'
    const next = await tries.next()
    if (next.done)
      return {
        ...withHead(network, weights, next.value.head),
        ...(next.value.crossValidation && { crossValidation: next.value.crossValidation }),
        position,
        batch: training.count,
        images: training.count,
      }
    const now = clock()
    const point = pointOf(next.value, { images: training.count, seconds: now - from })
    const { number } = next.value
    from = now
    position = after(position, next.value, point)
    const etaSeconds = ((now - startedAt) / number) * (settings.epochs - number)
    report({
      kind: 'step',
      epoch: number,
      step: number,
      steps: settings.epochs,
      loss: point.loss,
      learningRate: 0,
      imagesPerSecond: point.images_per_second,
      etaSeconds,
      memoryMb: ports.memoryMb(),
    })
    report({ kind: 'epoch', point, etaSeconds })
  }
}

/** A head that is evaluated on images which it was not trained on. */
async function* headBySplits(
  run: HeadRun,
  { report, clock }: RunPorts,
): AsyncGenerator<HeadTry, { readonly head: Head; readonly crossValidation: null }> {
  const { plan, settings, features, network, weights } = run
  const startedAt = clock()
  const head = yield* learnHead({
    training: features.training,
    choosing: features.choosing,
    classes: plan.classes.length,
    settings,
    towards: plan.start.kind === 'version' ? headIn(network, weights) : null,
    seed: plan.seed,
  })
  report({ kind: 'part', part: 'head', seconds: clock() - startedAt })
  return { head, crossValidation: null }
}

const pointOf = (
  { number, training, heldOut, isBest }: HeadTry,
  { images, seconds }: { readonly images: number; readonly seconds: number },
): EpochPoint => ({
  epoch: number,
  loss: training.loss,
  accuracy: training.accuracy,
  val_loss: heldOut.loss,
  val_accuracy: heldOut.accuracy,
  learning_rate: 0, // the rate of each try decays to zero
  images_per_second: seconds > 0 ? images / seconds : 0,
  seconds,
  is_best: isBest,
})

const after = (position: Position, { number, heldOut, isBest }: HeadTry, point: EpochPoint): Position => ({
  ...position,
  epoch: number + 1,
  points: [...position.points, point],
  best: isBest ? { epoch: number, score: heldOut, which: 'latest' } : position.best,
})
