/** A head trained on all images and evaluated on all of them by folds. Near-copies are found among the decoded images
 *  first, so that no copy of a left-out image is trained on. */
import { foldRound, roundsFor } from '#lib/domain/evaluation/folds.ts'
import {
  copiesSentence,
  firstOfGroups,
  groupCounts,
  linkedGroups,
  type Link,
} from '#lib/domain/grouping/groups.ts'
import { crossValidate } from '#lib/ml/learn/cross-validation.ts'
import type { FeatureSet, HeadSettings, HeadTry } from '#lib/ml/learn/head.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import { createRandom, mixSeeds } from '#lib/ml/random.ts'
import type { RunPorts } from '../ports.ts'
import { timed } from '../progress.ts'
import { engineProducts, type ProductsEngine } from './engine-products.ts'
import { linksByPixels } from './links-by-pixels.ts'
import type { CrossValidationResult, HeadRun } from './material.ts'

/** Comparing all pairs of more images takes minutes; then each is a group of its own. */
const MOST_COMPARED = 10_000

export async function* headByFolds(
  run: HeadRun,
  { engine, report, clock, signal }: RunPorts,
): AsyncGenerator<HeadTry, { readonly head: Head; readonly crossValidation: CrossValidationResult }> {
  const { plan, settings, features } = run
  const classes = plan.classes.length
  const groups = [...(await timed('near-copies', { report, clock }, () => groupsOf(run, signal)))]
  const counts = groupCounts(groups)
  const sentence = copiesSentence(counts)
  if (sentence) report({ kind: 'note', message: `${sentence}.` })
  const startedAt = clock()
  const validated = yield* headByGroups(
    { features: features.training, groups, classes, settings, seed: plan.seed },
    { engine, signal },
  )
  report({ kind: 'part', part: 'folds', seconds: clock() - startedAt })
  return { head: validated.result.head, crossValidation: validated }
}

export type GroupedFeatures = {
  readonly features: FeatureSet
  /** Of each image. */
  readonly groups: readonly number[]
  readonly classes: number
  readonly settings: HeadSettings
  readonly seed: number
}

/** Yields each strength that is tried. */
export async function* headByGroups(
  { features, groups, classes, settings, seed }: GroupedFeatures,
  { engine, signal }: Pick<RunPorts, 'signal'> & { readonly engine: ProductsEngine },
): AsyncGenerator<HeadTry, CrossValidationResult> {
  const random = createRandom(mixSeeds(seed, 0xf01d))
  const folds = { labels: features.labels, classes, groups }
  const rounds = Array.from({ length: roundsFor(groupCounts(groups).groups) }, () =>
    foldRound(folds, random),
  ).filter((round) => round.folds > 0)
  const result = yield* crossValidate({
    training: features,
    rounds,
    isCounted: firstOfGroups(groups),
    classes,
    settings,
    towards: null, // the head of the base has seen these images
    makeProducts: engineProducts(engine),
    onStep: () => signal.throwIfAborted(),
  })
  return { result, groups, features, folds: rounds[0]?.folds ?? 0, rounds: rounds.length }
}

/** The groups of the snapshot. Where an image has none, all are compared here, and the groups of the snapshot are kept.
 *  Digits of different people are as alike as copies, so each is a group of its own. */
async function groupsOf({ plan, training, groups }: HeadRun, signal: AbortSignal): Promise<Int32Array> {
  const stored = storedLinks(training.hashes, groups ?? new Map())
  const isKnown = stored.unknown === 0 || plan.spec.fit === 'digit' || training.count > MOST_COMPARED
  return linkedGroups(training.count, [
    ...stored.links,
    ...(isKnown ? [] : await linksByPixels(training, plan.spec, signal)),
  ])
}

/** Links each image to the first one of its group. */
function storedLinks(
  hashes: readonly string[],
  groups: ReadonlyMap<string, string | null>,
): { readonly links: readonly Link[]; readonly unknown: number } {
  const first = new Map<string, number>()
  const links: Link[] = []
  let unknown = 0
  hashes.forEach((hash, i) => {
    const group = groups.get(hash) ?? null
    const known = group === null ? undefined : first.get(group)
    if (group === null) unknown += 1
    else if (known === undefined) first.set(group, i)
    else links.push([known, i])
  })
  return { links, unknown }
}
