/** Decides what one click on "Retrain" does: with which recipe, from which version, on which images; or why it
 *  is not possible. Pure: rows come in, a draft goes out. */
import { PLAN_FORMAT } from '#lib/contracts/training-plan.ts'
import type {
  NetworkCandidate,
  PlannedTeaching,
  RetrainDraft,
  RunStart,
} from '#lib/contracts/training-plan.ts'
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { Sample, SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { groupNames, splitsByGroup } from '#lib/domain/grouping/group-splits.ts'
import { groupCounts } from '#lib/domain/grouping/groups.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { recipeFor, startsWithoutBase, trainable, type RecipeRequest } from './choose-recipe.ts'
import { retrainMessage } from './retrain-message.ts'
import { requireEnough, requireTraining } from './requirements.ts'

/** When less than this share of a version's training images is on this machine, its own predictions replace the
 *  rest. */
const ENOUGH_OF_THE_OLD = 0.5
/** Share of a new image's target that is the old version's prediction. The label has more weight; the
 *  prediction preserves what else the image resembles. */
const TEACHER_SHARE = 0.3
const REHEARSED_FOR_EACH = 4 // synthetic images for each new one
const REHEARSED = { fewest: 100, most: 2_000 }

export type RetrainOptions = RecipeRequest & {
  readonly seed?: number | undefined
  readonly force: boolean
}

export type RetrainFacts = {
  readonly classifier: Classifier
  /** The live version, or the requested one; null when there is none. */
  readonly base: VersionWithCard | null
  /** Without excluded ones. */
  readonly samples: readonly Sample[]
  /** Hashes of the images that the live version was not trained on. */
  readonly unseen: ReadonlySet<string>
  /** Other networks that a classifier like this one may start with. */
  readonly candidates: readonly NetworkCandidate[]
  readonly defaultEpochs?: number | undefined
  readonly options: RetrainOptions
}

export type RetrainDecision = {
  readonly draft: RetrainDraft
  /** The version that the run starts with; null when it starts without one. */
  readonly base: VersionWithCard | null
  readonly entries: readonly SnapshotEntry[]
  readonly message: string
}

export function decideRetrain(facts: RetrainFacts): RetrainDecision {
  const { classifier, samples, unseen } = facts
  requirePurpose(facts)
  const base = startsWithoutBase(facts.options) ? null : facts.base
  const isMissing = base !== null && isOldMissing(base, samples, unseen)
  const baseClasses = isMissing ? base.classes : []
  const classes = classesOf(facts, { base, isMissing })
  requireEnough({ classifier, classes, samples, baseClasses })
  const train = samples.filter((sample) => sample.split === 'train').length
  const recipe = recipeFor(facts, { base, train, isMissing })
  const isByFolds = recipe.kind === 'head' && !isMissing && isEvaluatedByFolds(base)
  const entries = isByFolds ? entriesForFolds(samples) : entriesBySplits(samples)
  requireTraining(entries, baseClasses)
  const start = startOf(recipe, base, { candidates: facts.candidates, classes })
  return {
    draft: {
      format: PLAN_FORMAT,
      recipe,
      start,
      classes,
      spec: specOf(start, base) ?? preprocessFor(classifier.input),
      teaching: isMissing ? teachingBy(base, train) : { kind: 'none' },
      notes: [],
      unseen: facts.base ? [...unseen] : [],
      ...(isByFolds && { evaluation: 'folds' as const }),
    },
    base,
    entries,
    message: retrainMessage({
      base,
      recipe,
      train,
      unseen: facts.base ? unseen.size : samples.length,
      isMissing,
      copies: groupCounts(samples.map(({ groupId, hash }) => groupId ?? hash)),
    }),
  }
}

/** Whether out-of-fold answers are honest: the features were not trained on the images of this classifier. */
export const isEvaluatedByFolds = (base: VersionWithCard | null): boolean =>
  base === null || (base.recipe === 'head' && (base.card.folds != null || base.card.parent === null))

/** No split cuts a group of near-copies, except where a person put its images into different sets. */
export function entriesBySplits(samples: readonly Sample[]): readonly SnapshotEntry[] {
  const splits = splitsByGroup(samples)
  const groups = groupNames(samples)
  return samples.map(({ hash, label, split }, i) => ({
    hash,
    label,
    split: splits[i] ?? split,
    group: groups[i] ?? null,
  }))
}

/** All images train. A test set stays apart where a person chose it; images that only their content put there do
 *  not. */
export function entriesForFolds(samples: readonly Sample[]): readonly SnapshotEntry[] {
  const groups = groupNames(samples)
  const splits = splitsByGroup(
    samples.map((sample) => ({ ...sample, split: sample.isSplitGiven ? sample.split : 'train' })),
  )
  return samples.map(({ hash, label }, i) => ({
    hash,
    label,
    split: splits[i] === 'test' ? 'test' : null,
    group: groups[i] ?? null,
  }))
}

/** @throws DarkroomError when the request makes no sense for the current state of the classifier. */
function requirePurpose({ classifier, base, unseen, options }: RetrainFacts): void {
  if (options.recipe === 'finetune' && !base)
    throw new DarkroomError('invalid_input', {
      what: `"${classifier.title}" cannot be fine-tuned`,
      why: 'it has no version to start from',
      remedy: 'Train it from scratch first.',
    })
  if (base && unseen.size === 0 && !options.force && options.backbone === undefined)
    throw new DarkroomError('nothing_to_learn', {
      what: `"${classifier.title}" was not retrained`,
      why: `there are no new images since ${base.name} was trained`,
      remedy: 'Upload images or correct predictions first, or train anyway with "force": true.',
    })
}

/** Those of the base first, then new ones that have images. A class that was removed from the classifier stays only
 *  where the base teaches all of its classes. */
function classesOf(
  { classifier, samples }: RetrainFacts,
  { base, isMissing }: { readonly base: VersionWithCard | null; readonly isMissing: boolean },
): readonly string[] {
  const labels = new Set(samples.map(({ label }) => label))
  const old = (base?.classes ?? []).filter((name) => isMissing || classifier.classes.includes(name))
  return [...old, ...classifier.classes.filter((name) => !old.includes(name) && labels.has(name))]
}

function startOf(
  recipe: RecipePlan,
  base: VersionWithCard | null,
  { candidates, classes }: Pick<RetrainFacts, 'candidates'> & Pick<RetrainDraft, 'classes'>,
): RunStart {
  switch (recipe.kind) {
    case 'scratch':
      return { kind: 'random' }
    case 'transfer':
      return { kind: 'choose-network', candidates: trainable(candidates) }
    case 'finetune':
    case 'head':
      // a last layer that has seen the test images, or has outputs of removed classes, does not stay
      if (base && ((base.card.folds && recipe.kind === 'finetune') || !keepsOutputs(base, classes)))
        return { kind: 'network', name: base.name, folder: base.folder }
      return base
        ? { kind: 'version', version: base.name, folder: base.folder }
        : { kind: 'choose-network', candidates }
  }
}

/** New outputs are appended to those of the base. */
const keepsOutputs = (base: VersionWithCard, classes: readonly string[]): boolean =>
  base.classes.every((name, i) => classes[i] === name)

function specOf(start: RunStart, base: VersionWithCard | null): RetrainDraft['spec'] | undefined {
  return start.kind === 'choose-network' ? start.candidates[0]?.spec : base?.preprocess
}

const teachingBy = (base: VersionWithCard, train: number): PlannedTeaching => ({
  kind: 'teacher',
  folder: base.folder,
  share: TEACHER_SHARE,
  rehearsal: Math.min(REHEARSED.most, Math.max(REHEARSED.fewest, train * REHEARSED_FOR_EACH)),
})

/** Whether most of a version's training images are not on this machine. */
export function isOldMissing(
  base: VersionWithCard,
  samples: readonly Sample[],
  unseen: ReadonlySet<string>,
): boolean {
  const old = samples.filter(
    (sample) => (sample.split === 'train' || base.card.folds != null) && !unseen.has(sample.hash),
  ).length
  return old < base.card.data.train * ENOUGH_OF_THE_OLD
}
