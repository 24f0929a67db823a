/** A run of the recipe `head`: features of the pictures, then the last layer on them. It takes seconds, so it
 *  keeps no checkpoint: what it would begin again with is the cache of features. */
import { join } from 'node:path'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { learnHead, type HeadSettings } from '#lib/ml/learn/head.ts'
import { headIn, withHead } from '#lib/ml/network/head-network.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { BEGINNING, type Position } from '#lib/ml/learn/train.ts'
import { embed } from '../../features/embed.ts'
import type { Outcome } from './steps.ts'
import type { RunPorts } from '../ports.ts'
import type { RunPlan } from '../plan.ts'

export type HeadRun = {
  readonly plan: RunPlan
  readonly settings: HeadSettings
  /** With as many outputs as the plan has classes. */
  readonly network: Network
  readonly weights: Weights
  readonly training: SampleSet
  readonly choosing: SampleSet
}

const SAY_EVERY = 500 // pictures

export async function learntHead(run: HeadRun, ports: RunPorts): Promise<Outcome | 'cancelled'> {
  const { plan, settings, network, weights, training, choosing } = run
  const { engine, say, clock, signal } = ports
  const began = clock()
  const {
    sets: [learning, held],
    computed,
  } = await embed(
    [
      { set: training, mirrored: settings.mirrored && plan.classifier.isMirrorable },
      { set: choosing, mirrored: false },
    ],
    {
      engine,
      network,
      weights,
      spec: plan.spec,
      folder: join(plan.packs, '..', 'embeddings'),
      signal,
      onProgress: (done) => {
        if (done % SAY_EVERY === 0)
          say({ kind: 'note', message: `${done.toLocaleString('en')} images processed.` })
      },
    },
  )
  say({
    kind: 'note',
    message:
      `${featureLength(network)} features per image ` +
      `(${computed === 0 ? 'all cached' : `${computed} computed now`}); training the last layer for ` +
      `${plan.classes.length} classes on ${training.count} images with ${engine.detail}.`,
  })
  const course = learnHead({
    training: learning!,
    choosing: held!,
    classes: plan.classes.length,
    settings,
    towards: plan.base ? headIn(network, weights) : null,
    seed: plan.seed,
  })
  let position: Position = BEGINNING
  let from = began
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve)) // lets a wish to stop come in
    if (signal.aborted) return 'cancelled'
    const next = course.next()
    if (next.done) return { ...withHead(network, weights, next.value), position, batch: training.count }
    const { number, training: learnt, heldOut, isBest } = next.value
    const now = clock()
    const seconds = now - from
    from = now
    const imagesPerSecond = seconds > 0 ? training.count / seconds : 0
    const point: EpochPoint = {
      epoch: number,
      loss: learnt.loss,
      accuracy: learnt.accuracy,
      val_loss: heldOut.loss,
      val_accuracy: heldOut.accuracy,
      learning_rate: 0, // each try goes all the way down
      images_per_second: imagesPerSecond,
      seconds,
      is_best: isBest,
    }
    position = {
      ...position,
      epoch: number + 1,
      points: [...position.points, point],
      best: isBest ? { epoch: number, score: heldOut, which: 'latest' } : position.best,
    }
    const etaSeconds = ((now - began) / number) * (settings.epochs - number)
    say({
      kind: 'step',
      epoch: number,
      step: number,
      steps: settings.epochs,
      loss: learnt.loss,
      learningRate: 0,
      imagesPerSecond,
      etaSeconds,
      memoryMb: ports.memoryMb(),
    })
    say({ kind: 'epoch', point, etaSeconds })
  }
}
