/** A head trained on all images and evaluated on all of them by folds. Near-copies are found among the decoded images
 *  first, so that no copy of a left-out image is trained on. */
import { copyLinks, fingerprintOf } from '#lib/domain/near-copies.ts'
import { foldRound, roundsFor } from '#lib/domain/folds.ts'
import { firstOfGroups, groupCounts, linkedGroups } from '#lib/domain/groups.ts'
import { crossValidate } from '#lib/ml/learn/cross-validation.ts'
import type { HeadTry } from '#lib/ml/learn/head.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { createRandom, mixSeeds } from '#lib/ml/random.ts'
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
  const groups = [
    ...(await timed('near-copies', { report, clock }, () => groupsOf(training, plan.spec, signal))),
  ]
  const { images, groups: different, nearCopies } = groupCounts(groups)
  if (nearCopies > 0)
    report({
      kind: 'note',
      message: `${images} images, of which ${nearCopies} are near-copies: ${different} different ones.`,
    })
  const random = createRandom(mixSeeds(plan.seed, 0xf01d))
  const folds = { labels: training.labels, classes, groups }
  const rounds = Array.from({ length: roundsFor(different) }, () => foldRound(folds, random)).filter(
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

/** Digits of different people are as alike as copies, so each is a group of its own. */
async function groupsOf(training: SampleSet, spec: Preprocess, signal: AbortSignal): Promise<Int32Array> {
  if (spec.fit === 'digit' || training.count > MOST_COMPARED) return linkedGroups(training.count, [])
  const square = new Uint8Array(squareBytes(spec))
  const prints: Uint8Array[] = []
  for (let i = 0; i < training.count; i++) {
    training.read(i, square, 0)
    prints.push(fingerprintOf({ width: spec.size, height: spec.size, data: inColour(square, spec.channels) }))
    if (i % YIELD_EVERY === 0) await nextTurn(signal)
  }
  const links: (readonly [number, number])[] = []
  let compared = 0
  for (const found of copyLinks(prints)) {
    links.push(...found)
    if (compared++ % YIELD_EVERY === 0) await nextTurn(signal)
  }
  return linkedGroups(training.count, links)
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
