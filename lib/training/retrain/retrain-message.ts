/** What a training run will do, in one sentence for the person who starts it. */
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { copiesSentence, type GroupCounts } from '#lib/domain/grouping/groups.ts'

export type RetrainMessage = {
  readonly base: VersionWithCard | null
  readonly recipe: RecipePlan
  /** Training images, and how many of them are new. */
  readonly train: number
  readonly unseen: number
  /** Most training images of the base are not on this machine. */
  readonly isMissing: boolean
  /** Near-copies among all images, where they are known. */
  readonly copies: GroupCounts
}

export function retrainMessage(message: RetrainMessage): string {
  const copies = copiesSentence(message.copies)
  return copies === null ? whatItDoes(message) : `${whatItDoes(message)} ${copies}.`
}

function whatItDoes({ base, recipe, train, unseen, isMissing }: RetrainMessage): string {
  const images = counted(train, 'image')
  const { epochs } = recipe.settings
  const atMost = epochs === 1 ? '1 epoch' : `up to ${epochs} epochs`
  if (recipe.kind === 'transfer')
    return (
      `Trains on ${images} from a pretrained network: the last layer first, then the upper layers, ` +
      `${atMost}.`
    )
  if (!base)
    return recipe.kind === 'head'
      ? 'Trains a new classification layer on the features of a pretrained network (transfer learning), ' +
          `on ${images}; this takes seconds.`
      : `Trains a first network from scratch on ${images}, ${atMost}.`
  const what = recipe.kind === 'head' ? 'only its last layer' : atMost
  const teacher = isMissing
    ? ` The original images are not on this machine; predictions of ${base.name} are used as training targets instead.`
    : ''
  return `Continues training ${base.name} on: ${images}, ${unseen.toLocaleString('en')} of them new, ${what}.${teacher}`
}
