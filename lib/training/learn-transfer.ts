/** A run of the recipe `transfer`: first the last layer alone on the features that another network gives, then its upper part too, at a low
 *  rate and with batch norm as it is. The second phase is the ordinary loop; the first takes seconds and is done again after a stop. */
import { logitsOf, score } from '#lib/ml/evaluate.ts'
import type { Learner } from '#lib/ml/learner.ts'
import type { RecipeSettings } from '#lib/ml/recipe.ts'
import { BEGINNING, type Position } from '#lib/ml/train.ts'
import { frozenBelow } from '#lib/ml/upper-part.ts'
import { checkpointFile, readCheckpoint } from './checkpoint.ts'
import { learntHead } from './learn-head.ts'
import { learntSteps, type Learnt, type SteppedRun } from './learn-steps.ts'
import type { RunPorts } from './run.ts'

export type TransferRun = SteppedRun & { readonly settings: RecipeSettings & { readonly transfer: NonNullable<RecipeSettings['transfer']> } }

export const isTransfer = (settings: RecipeSettings): settings is TransferRun['settings'] => settings.transfer !== undefined

export async function learntTransfer(run: TransferRun, ports: RunPorts): Promise<Learnt | 'cancelled'> {
  const { folder, settings } = run
  const onHead = await learntHead({ ...run, settings: settings.transfer.head }, ports)
  if (onHead === 'cancelled') return onHead
  const { network, weights } = onHead
  const frozenThrough = frozenBelow(network, settings.transfer.share)
  const isGoingOn = (await readCheckpoint(checkpointFile(folder))) !== null
  if (!isGoingOn) ports.say({ kind: 'note', message: `Now the upper part learns with it: the layers up to ${frozenThrough ?? 'none'} stay, and all batch norm.` })
  return learntSteps({
    ...run, network, weights,
    settings: { ...settings, epochs: onHead.position.epoch - 1 + settings.epochs },
    upperPart: { frozenThrough, begin: (learner) => afterHead(learner, onHead, run) },
  }, ports)
}

/** The epochs that were; and what the head alone is worth on the pictures that choose, so that the second phase must be better. */
async function afterHead(learner: Learner, { position, network }: Learnt, { plan, choosing, settings }: TransferRun): Promise<Position> {
  await learner.remember('latest')
  const predict = async (pixels: Float32Array, count: number) => (await learner.predict(pixels, count)).logits
  const worth = score(await logitsOf(predict, choosing, { spec: plan.spec, classes: network.classes, batch: settings.batch }), choosing.labels)
  return { ...BEGINNING, epoch: position.epoch, points: position.points, best: { epoch: position.epoch - 1, score: worth, which: 'latest' } }
}
