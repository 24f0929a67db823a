/** A head trained on all images and evaluated on all of them by folds. Near-copies are found among the decoded images
 *  first, so that no copy of a left-out image is trained on. */
import { copyLinks, fingerprintOf } from '#lib/domain/near-copies.ts'
import { foldRound, roundsFor } from '#lib/domain/folds.ts'
import { copiesSentence, firstOfGroups, groupCounts, linkedGroups, type Link } from '#lib/domain/groups.ts'
import { crossValidate } from '#lib/ml/learn/cross-validation.ts'
import type { HeadTry } from '#lib/ml/learn/head.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { createRandom, mixSeeds } from '#lib/ml/random.ts'
import { readSamples } from '../plan.ts'
import type { RunPorts } from '../ports.ts'
import { timed } from '../timed.ts'
import { engineProducts } from './engine-products.ts'
import type { CrossValidationResult, HeadRun } from './material.ts'

/** Comparing all pairs of more images takes minutes; then each is a group of its own. */
const MOST_COMPARED = 10_000
const YIELD_EVERY = 64

export async function* headByFolds(
  run: HeadRun,
  { engine, report, clock, signal }: RunPorts,
): AsyncGenerator<HeadTry, { readonly head: Head; readonly crossValidation: CrossValidationResult }> {
  const { plan, settings, features, training } = run
  const classes = plan.classes.length
  const groups = [...(await timed('near-copies', { report, clock }, () => groupsOf(run, signal)))]
  const counts = groupCounts(groups)
  const sentence = copiesSentence(counts)
  if (sentence) report({ kind: 'note', message: `${sentence}.` })
  const random = createRandom(mixSeeds(plan.seed, 0xf01d))
  const folds = { labels: training.labels, classes, groups }
  const rounds = Array.from({ length: roundsFor(counts.groups) }, () => foldRound(folds, random)).filter(
    (round) => round.folds > 0,
  )
  const startedAt = clock()
  const result = yield* crossValidate({
    training: features.training,
    rounds,
    isCounted: firstOfGroups(groups),
    classes,
    settings,
    towards: null, // the head of the base has seen these images
    makeProducts: engineProducts(engine),
    onStep: () => signal.throwIfAborted(),
  })
  report({ kind: 'part', part: 'folds', seconds: clock() - startedAt })
  return {
    head: result.head,
    crossValidation: {
      result,
      groups,
      features: features.training,
      folds: rounds[0]?.folds ?? 0,
      rounds: rounds.length,
    },
  }
}

/** The groups of the snapshot. Where an image has none, all are compared here, and the groups of the snapshot are kept.
 *  Digits of different people are as alike as copies, so each is a group of its own. */
async function groupsOf({ plan, folder, training }: HeadRun, signal: AbortSignal): Promise<Int32Array> {
  const stored = await storedLinks(plan, { folder, training })
  const isKnown = stored.unknown === 0 || plan.spec.fit === 'digit' || training.count > MOST_COMPARED
  return linkedGroups(training.count, [
    ...stored.links,
    ...(isKnown ? [] : await linksByPixels(training, plan.spec, signal)),
  ])
}

async function storedLinks(
  { samples }: HeadRun['plan'],
  { folder, training }: Pick<HeadRun, 'folder' | 'training'>,
): Promise<{ readonly links: readonly Link[]; readonly unknown: number }> {
  if (samples.kind !== 'kept') return { links: [], unknown: training.count }
  const groups = new Map((await readSamples(folder)).map(({ hash, group }) => [hash, group ?? null]))
  const first = new Map<string, number>()
  const links: Link[] = []
  let unknown = 0
  training.hashes.forEach((hash, i) => {
    const group = groups.get(hash) ?? null
    if (group === null) {
      unknown += 1
      return
    }
    const known = first.get(group)
    if (known === undefined) first.set(group, i)
    else links.push([known, i])
  })
  return { links, unknown }
}

async function linksByPixels(
  training: SampleSet,
  spec: Preprocess,
  signal: AbortSignal,
): Promise<readonly Link[]> {
  const square = new Uint8Array(squareBytes(spec))
  const prints: Uint8Array[] = []
  for (let i = 0; i < training.count; i++) {
    training.read(i, square, 0)
    prints.push(fingerprintOf({ width: spec.size, height: spec.size, data: inColour(square, spec.channels) }))
    if (i % YIELD_EVERY === 0) await nextTurn(signal)
  }
  const links: Link[] = []
  let compared = 0
  for (const found of copyLinks(prints)) {
    links.push(...found)
    if (compared++ % YIELD_EVERY === 0) await nextTurn(signal)
  }
  return links
}

/** Lets a request to cancel arrive. */
async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}

const inColour = (square: Uint8Array, channels: 1 | 3): Uint8Array =>
  channels === 3
    ? square
    : Uint8Array.from({ length: square.length * 3 }, (_, i) => square[Math.floor(i / 3)]!)
