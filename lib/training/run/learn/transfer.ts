/** Training that starts with another network: first only the last layer, on the features of that network, then
 *  its upper part too, at a low rate and with fixed batch norm, or all of it. The second phase is the ordinary
 *  loop; the first takes seconds, counts as the first epoch, and is repeated after a stop. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { logitsOf, score } from '#lib/ml/evaluate/evaluate.ts'
import type { Learner } from '#lib/ml/learn/learner.ts'
import { START, type Position } from '#lib/ml/learn/train.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import type { TransferSettings } from '#lib/ml/recipes/recipe.ts'
import { checkpointFile, readCheckpoint } from '../checkpoint.ts'
import type { RunPorts } from '../ports.ts'
import { trainHead } from './head.ts'
import type { HeadFeatures, TrainedNetwork, TrainingMaterial } from './material.ts'
import { trainSteps } from './steps.ts'

export type TransferRun = TrainingMaterial & {
  readonly settings: TransferSettings
  readonly features: HeadFeatures
}

export async function trainTransfer(
  run: TransferRun,
  ports: RunPorts,
): Promise<TrainedNetwork | 'cancelled'> {
  const { folder, settings } = run
  const isResumed = (await readCheckpoint(checkpointFile(folder))) !== null
  const report: RunPorts['report'] = (message) => {
    if (message.kind === 'note') ports.report(message) // the tries of the head are not epochs of the run
  }
  const withHead = await trainHead({ ...run, settings: settings.transfer.head }, { ...ports, report })
  if (withHead === 'cancelled') return withHead
  const { network, weights, position } = withHead
  const first = firstPoint(position)
  if (!isResumed) ports.report({ kind: 'epoch', point: first, etaSeconds: null })
  if (settings.epochs === 1)
    return {
      ...withHead,
      position: {
        ...START,
        epoch: 2,
        points: [first],
        best: { epoch: 1, score: position.best!.score, which: 'latest' },
      },
    }
  if (!isResumed) ports.report({ kind: 'note', message: secondPhase(network, settings.transfer.share) })
  return trainSteps(
    { ...run, network, weights, startPosition: (learner) => afterHead(learner, first, { ...run, network }) },
    ports,
  )
}

/** All tries of the head combined into one epoch. */
function firstPoint({ points, best }: Position): EpochPoint {
  return {
    ...(points.find((point) => point.epoch === best?.epoch) ?? points.at(-1)!),
    epoch: 1,
    is_best: true,
    seconds: points.reduce((sum, point) => sum + point.seconds, 0),
  }
}

function secondPhase(network: Network, share: number): string {
  if (share === 1) return 'Now training all layers.'
  const frozenThrough = frozenBelow(network, share)
  const frozen = frozenThrough === undefined ? 'no layer' : `everything up to ${frozenThrough}`
  return `Now also training the upper layers: ${frozen} stays fixed, and so do all batch norm layers.`
}

/** The second phase has to beat the score of the head alone, on the images that choose the epoch. */
async function afterHead(
  learner: Learner,
  first: EpochPoint,
  { plan, choosing, settings, network }: TransferRun,
): Promise<Position> {
  await learner.remember('latest')
  const predict = async (pixels: Float32Array, count: number) => (await learner.predict(pixels, count)).logits
  const logits = await logitsOf(predict, choosing, {
    spec: plan.spec,
    classes: network.classes,
    batch: settings.batch,
  })
  const best = { epoch: 1, score: score(logits, choosing.labels), which: 'latest' } as const
  return { ...START, epoch: 2, points: [first], best }
}
