/** A run of a recipe that begins with another network: first the last layer alone on the features that it
 *  gives, then its upper part too, at a low rate and with batch norm as it is, or all of it. The second phase
 *  is the ordinary loop; the first takes seconds, counts as the first epoch, and is done again after a stop. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { logitsOf, score } from '#lib/ml/evaluate/evaluate.ts'
import type { Learner } from '#lib/ml/learn/learner.ts'
import type { Network } from '#lib/ml/network/network.ts'
import type { RecipeSettings } from '#lib/ml/recipes/recipe.ts'
import { BEGINNING, type Position } from '#lib/ml/learn/train.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import { checkpointFile, readCheckpoint } from '../checkpoint.ts'
import { learntHead } from './head.ts'
import { learntSteps, type Outcome, type SteppedRun } from './steps.ts'
import type { RunPorts } from '../ports.ts'

export type TransferRun = SteppedRun & {
  readonly settings: RecipeSettings & { readonly transfer: NonNullable<RecipeSettings['transfer']> }
}

export const isTransfer = (settings: RecipeSettings): settings is TransferRun['settings'] =>
  settings.transfer !== undefined

export async function learntTransfer(run: TransferRun, ports: RunPorts): Promise<Outcome | 'cancelled'> {
  const { folder, settings } = run
  const isGoingOn = (await readCheckpoint(checkpointFile(folder))) !== null
  const say: RunPorts['say'] = (message) => {
    if (message.kind === 'note') ports.say(message)
  } // its tries are no epochs
  const onHead = await learntHead({ ...run, settings: settings.transfer.head }, { ...ports, say })
  if (onHead === 'cancelled') return onHead
  const { network, weights, position, batch } = onHead
  const best =
    position.points.find((point) => point.epoch === position.best?.epoch) ?? position.points.at(-1)!
  const first: EpochPoint = {
    ...best,
    epoch: 1,
    is_best: true,
    seconds: position.points.reduce((sum, point) => sum + point.seconds, 0),
  }
  if (!isGoingOn) ports.say({ kind: 'epoch', point: first, etaSeconds: null })
  if (settings.epochs === 1)
    return {
      network,
      weights,
      position: {
        ...BEGINNING,
        epoch: 2,
        points: [first],
        best: { epoch: 1, score: position.best!.score, which: 'latest' },
      },
      batch,
    }
  if (!isGoingOn) ports.say({ kind: 'note', message: secondPhase(network, settings.transfer.share) })
  return learntSteps(
    { ...run, network, weights, begin: (learner) => afterHead(learner, first, { ...run, network }) },
    ports,
  )
}

function secondPhase(network: Network, share: number): string {
  if (share === 1) return 'Now training all layers.'
  const frozenThrough = frozenBelow(network, share)
  return (
    'Now also training the upper layers: ' +
    `${frozenThrough === undefined ? 'no layer' : `everything up to ${frozenThrough}`} stays ` +
    'fixed, and so do all batch norm layers.'
  )
}

/** What the head alone is worth on the pictures that choose: the second phase must be better. */
async function afterHead(
  learner: Learner,
  first: EpochPoint,
  { plan, choosing, settings, network }: TransferRun,
): Promise<Position> {
  await learner.remember('latest')
  const predict = async (pixels: Float32Array, count: number) => (await learner.predict(pixels, count)).logits
  const worth = score(
    await logitsOf(predict, choosing, { spec: plan.spec, classes: network.classes, batch: settings.batch }),
    choosing.labels,
  )
  return { ...BEGINNING, epoch: 2, points: [first], best: { epoch: 1, score: worth, which: 'latest' } }
}
