/** `npm run bench -- few-images --reshuffles N`: many draws of the same sets, trained and judged on features that are
 *  computed once. It uses the functions of a training run; uploads, files and processes are left out. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { decide } from '#lib/domain/evaluation/decision.ts'
import { wilson } from '#lib/domain/evaluation/statistics.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { nearnessNetwork, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions, distanceTo } from '#lib/ml/evaluate/feature-distance.ts'
import type { FeatureSet } from '#lib/ml/learn/head.ts'
import { subsetOf } from '#lib/ml/learn/sample-set.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import { head as recipe } from '#lib/ml/recipes/head.ts'
import { headByGroups } from '#lib/training/run/learn/head-by-folds.ts'
import type { CrossValidationResult } from '#lib/training/run/learn/material.ts'
import type { TrainingEngine } from '#lib/training/run/ports.ts'
import { measureByFolds } from '#lib/training/run/seal/measure-folds.ts'
import { backboneForDraws, cachedSet, someFeatures, type CachedSet } from './cached-set.ts'
import { drawn, type Draw } from './draws.ts'
import { fewImagesTable, type FewImagesResult } from './few-images-table.ts'

export type ReshuffleOptions = {
  readonly from: readonly string[]
  readonly sizes: readonly number[]
  readonly reshuffles: number
  /** Images per class that are judged by, at most; Infinity: all that do not train. */
  readonly tests: number
  /** A folder for the features and draws, to compare with other methods; null: not written. */
  readonly exportTo: string | null
  readonly onStep: (text: string) => void
}

const signal = new AbortController().signal

export async function reshuffled(options: ReshuffleOptions): Promise<string> {
  const { from, sizes, reshuffles, tests, exportTo, onStep } = options
  const backbone = await backboneForDraws()
  await using engine = await openEngine('auto', 'inference')
  const results: FewImagesResult[] = []
  for (const one of from) {
    onStep(`${path.basename(one)}: features`)
    using set = await cachedSet(one, { engine, backbone })
    const draws: (Draw<number> & { readonly perClass: number; readonly seed: number })[] = []
    for (const perClass of sizes)
      for (let seed = 1; seed <= reshuffles; seed++) {
        onStep(`${set.name}, ${perClass} images per class, draw ${seed} of ${reshuffles}`)
        const draw = drawOf(set, { perClass, tests, seed })
        draws.push({ ...draw, perClass, seed })
        results.push(await judged(set, draw, { perClass, seed, engine }))
      }
    if (exportTo !== null) await exported(set, draws, exportTo)
  }
  return [`The pretrained network: ${backbone.name}; ${engine.detail}`, '', fewImagesTable(results)].join(
    '\n',
  )
}

/** Images to judge by have no near-copy among those that train. */
export function drawOf(
  { classes, images, groups }: CachedSet,
  how: { readonly perClass: number; readonly tests: number; readonly seed: number },
): Draw<number> {
  const places = [...images.labels.keys()]
  const byClass = new Map(classes.map((name, k) => [name, places.filter((i) => images.labels[i] === k)]))
  const { train, test } = drawn(byClass, how)
  const trained = new Set(train.map((i) => groups[i]))
  return { train, test: test.filter((i) => !trained.has(groups[i])) }
}

/** A last layer on these images, as one click trains it. `labels`: instead of the true ones. */
export async function trainedOn(
  { features, classes, groups }: CachedSet,
  places: readonly number[],
  { seed, engine, labels }: { seed: number; engine: TrainingEngine; labels?: Int32Array },
): Promise<CrossValidationResult> {
  const tries = headByGroups(
    {
      features: someFeatures(features, places, labels),
      groups: places.map((i) => groups[i]!),
      classes: classes.length,
      settings: recipe.settings,
      seed,
    },
    { engine, signal },
  )
  for (;;) {
    const next = await tries.next()
    if (next.done) return next.value
  }
}

/** Logits of images, as they are, by a last layer. */
export function answersBy({ kernel, bias }: Head, { count, length, views: [plain] }: FeatureSet) {
  const classes = bias.length
  const values = new Float32Array(count * classes)
  for (let i = 0; i < count; i++)
    for (let k = 0; k < classes; k++) {
      let sum = bias[k]!
      for (let d = 0; d < length; d++) sum += plain![i * length + d]! * kernel[d * classes + k]!
      values[i * classes + k] = sum
    }
  return { values, count, classes }
}

async function judged(
  set: CachedSet,
  { train, test }: Draw<number>,
  { perClass, seed, engine }: { perClass: number; seed: number; engine: TrainingEngine },
): Promise<FewImagesResult> {
  const began = performance.now()
  const validation = await trainedOn(set, train, { seed, engine })
  const seconds = (performance.now() - began) / 1000
  const training = subsetOf(set.images, train, set.classes.length)
  const loaded = {
    engine,
    key: 'bench',
    spec: set.spec,
    classes: set.classes.length,
    onProgress: () => undefined,
    signal,
  }
  const none = subsetOf(set.images, [], set.classes.length)
  const figures = await measureByFolds({ classes: set.classes, training, test: none }, validation, loaded)
  const { folds, decision, familiarity, reference } = figures
  const tested = someFeatures(set.features, test)
  const logits = answersBy(validation.result.head, tested)
  const distances = reference ? await distancesFrom(reference, tested, engine) : null
  const thresholds = {
    sureness: decision && {
      threshold: decision.threshold,
      targetError: decision.target_error,
      images: folds?.images ?? 0,
    },
    candidateMass: null,
    familiarUpTo: familiarity?.threshold ?? null,
  }
  const rights = new Float64Array(set.classes.length)
  const counts = new Float64Array(set.classes.length)
  let [confident, wrong] = [0, 0]
  for (const i of test.keys()) {
    const isRight = answerOf(logits, i) === tested.labels[i]
    const row = logits.values.subarray(i * logits.classes, (i + 1) * logits.classes)
    const how = { chance: () => 0.5, distance: distances?.[i] ?? null, problem: null }
    const isConfident = decide(softmax(row), thresholds, how).decision === 'confident'
    rights[tested.labels[i]!]! += Number(isRight)
    counts[tested.labels[i]!]! += 1
    confident += Number(isConfident)
    wrong += Number(isConfident && !isRight)
  }
  const claimed = folds?.accuracy ?? null
  const usual = claimed && wilson(claimed.value * folds!.images, folds!.images)
  return {
    set: set.name,
    perClass,
    seed,
    accuracy: meanRecall(rights, counts),
    testImages: test.length,
    claimed,
    widthRatio: claimed && usual && (claimed.high - claimed.low) / (usual.high - usual.low),
    confident: { share: confident / test.length, error: confident === 0 ? null : wrong / confident },
    targetError: decision?.target_error ?? null,
    recipe: recipe.name,
    seconds,
    copies: null,
    verdict: null,
  }
}

/** Draws have as many images of each class, so each class counts the same in the truth, however many others it has. */
function meanRecall(right: Float64Array, images: Float64Array): number {
  const recalls = [...right].map((count, k) => count / images[k]!)
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
}

async function distancesFrom(
  reference: Reference,
  { views: [plain], count, length }: FeatureSet,
  engine: TrainingEngine,
): Promise<readonly number[]> {
  await engine.load('nearness', nearnessNetwork(reference))
  try {
    const rows = directions(plain!, length, reference.centre)
    const { logits } = await engine.run('nearness', rows, count)
    const references = logits.length / count
    return Array.from({ length: count }, (_, i) =>
      distanceTo(logits.subarray(i * references, (i + 1) * references), reference.neighbour),
    )
  } finally {
    await engine.unload('nearness')
  }
}

/** `NAME.json` with labels and draws, and `NAME-VIEW.f32` with the features of each image in each view. */
async function exported(
  { name, classes, features: { views, labels, length, count } }: CachedSet,
  draws: readonly object[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(
    path.join(folder, `${name}.json`),
    JSON.stringify({ classes, labels: [...labels], count, length, views: views.length, draws }),
  )
  for (const [v, view] of views.entries())
    await writeFile(
      path.join(folder, `${name}-${v}.f32`),
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
    )
}
