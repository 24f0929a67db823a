/** `npm run bench -- learning-curve`: whether the accuracy that a learning curve forecasts for more images is reached
 *  with them. A part of a set makes the curve; then the images that it forecasts are added. */
import { parseArgs } from 'node:util'
import { learningCurves, type LearningCurve } from '#lib/domain/evaluation/learning-curve.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { curveOutcomes } from '#lib/ml/learn/curve-heads.ts'
import { subsetOf } from '#lib/ml/learn/sample-set.ts'
import { createRandom } from '#lib/ml/random.ts'
import { machineName } from '../terminal/machine-name.ts'
import { createLines } from '../terminal/progress-line.ts'
import { backboneForDraws, cachedSet, someFeatures, type CachedSet } from './cached-set.ts'
import { answersBy, trainedOn } from './reshuffles.ts'

import type { TrainingEngine } from '#lib/training/run/ports.ts'

const HELP = `npm run bench -- learning-curve --from PATH [--from PATH …] [options]

A part of each set makes a learning curve. Then as many images as the curve is about are added, and the accuracy on all
others is compared with the forecast and its 95 % interval. The pretrained network is that of DATA_DIR and BACKBONE.

  --from PATH   a set (a folder or ZIP of class folders); repeat it for several
  --images N    images per class that make the curve (default: 50)
  --seeds N     draws of each set (default: 10)
  --help        show this help`

export async function benchLearningCurve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string', multiple: true, default: [] },
      images: { type: 'string', default: '50' },
      seeds: { type: 'string', default: '10' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [perClass, seeds] = [Number(values.images), Number(values.seeds)]
  if (values.help || values.from.length === 0 || !(perClass > 0) || !(seeds > 0)) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const notes = createLines(process.stderr)
  const out = createLines()
  const backbone = await backboneForDraws()
  await using engine = await openEngine('auto', 'inference')
  out.line(`${machineName()}\nThe pretrained network: ${backbone.name}; ${engine.detail}\n`)
  out.line(
    '| set | images | more | now, % | forecast, % | reached, % | interval contains it | its width, points | ' +
      'of single classes | CPU, s |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
  )
  for (const from of values.from) {
    notes.passing(`${from}: features`)
    using set = await cachedSet(from, { engine, backbone })
    const results: ForecastResult[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      notes.passing(`${set.name}: draw ${seed} of ${seeds}`)
      const result = await forecastResult(set, { perClass, seed, engine })
      if (result) results.push(result)
    }
    out.line(lineOf(set.name, results))
  }
  return 0
}

type ForecastResult = {
  readonly curve: LearningCurve
  readonly reached: number
  readonly classes: number
  readonly classesCovered: number
  readonly cpuSeconds: number
}

type ForecastDraw = { readonly perClass: number; readonly seed: number; readonly engine: TrainingEngine }

/** Null: too few images. Each class has as many images, and each counts the same. */
async function forecastResult(
  set: CachedSet,
  { perClass, seed, engine }: ForecastDraw,
): Promise<ForecastResult | null> {
  const random = createRandom(seed)
  const classes = set.classes.length
  const order = [...Map.groupBy(set.images.labels.keys(), (i) => set.images.labels[i]!).values()].map((own) =>
    own
      .map((i) => ({ i, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ i }) => i),
  )
  const first = order.flatMap((own) => own.slice(0, perClass))
  const { features, labels } = chosen(set, first)
  const began = process.cpuUsage()
  const computation = curveOutcomes({
    rows: features,
    labels,
    groups: first.map((i) => set.groups[i]!),
    classes,
  })
  let next = computation.next()
  while (!next.done) next = computation.next()
  const curves = learningCurves(next.value, createRandom(seed))
  const cpuSeconds = process.cpuUsage(began).user / 1e6
  if (curves === null) return null
  const larger = perClass + Math.round(curves.all.more / classes)
  if (order.some((own) => own.length <= larger)) return null
  const recalls = await recallsAfter(set, order, { larger, seed, engine })
  // a class grows by its own number, which is not the same as a share of all
  const own = curves.perClass.flatMap((curve, k) => (curve ? [{ curve, recall: recalls[k]! }] : []))
  return {
    curve: curves.all,
    reached: recalls.reduce((sum, one) => sum + one, 0) / classes,
    classes: own.length,
    classesCovered: own.filter(({ curve, recall }) => curve.then.low <= recall && recall <= curve.then.high)
      .length,
    cpuSeconds,
  }
}

function chosen({ features: { views, length }, images }: CachedSet, places: readonly number[]) {
  return {
    features: places.map((i) => views[0]!.subarray(i * length, (i + 1) * length)),
    labels: Int32Array.from(places, (i) => images.labels[i]!),
  }
}

type LargerDraw = { readonly larger: number; readonly seed: number; readonly engine: TrainingEngine }

/** Of each class, by the layer that one click trains, on images without a near-copy among those trained on. */
async function recallsAfter(
  set: CachedSet,
  order: readonly (readonly number[])[],
  { larger, seed, engine }: LargerDraw,
): Promise<readonly number[]> {
  const train = order.flatMap((own) => own.slice(0, larger))
  const trained = new Set(train.map((i) => set.groups[i]))
  const test = order.flatMap((own) => own.slice(larger)).filter((i) => !trained.has(set.groups[i]))
  const { result } = await trainedOn(set, train, { seed, engine })
  const tested = someFeatures(set.features, test)
  const logits = answersBy(result.head, tested)
  const { labels } = subsetOf(set.images, test, set.classes.length)
  return set.classes.map((_, k) => {
    const own = test.map((_place, at) => at).filter((at) => labels[at] === k)
    return own.filter((at) => answerOf(logits, at) === k).length / own.length
  })
}

function lineOf(name: string, results: readonly ForecastResult[]): string {
  const mean = (of: (one: ForecastResult) => number, digits = 1) =>
    (results.reduce((sum, one) => sum + of(one), 0) / results.length).toFixed(digits)
  const covered = results.filter(
    ({ curve: { then }, reached }) => then.low <= reached && reached <= then.high,
  )
  const sum = (of: (one: ForecastResult) => number) => results.reduce((total, one) => total + of(one), 0)
  return `| ${[
    name,
    mean(({ curve }) => curve.images, 0),
    mean(({ curve }) => curve.more, 0),
    mean(({ curve }) => 100 * curve.now.value),
    mean(({ curve }) => 100 * curve.then.value),
    mean(({ reached }) => 100 * reached),
    `${covered.length} of ${results.length}`,
    mean(({ curve }) => 100 * (curve.then.high - curve.then.low)),
    `${sum((one) => one.classesCovered)} of ${sum((one) => one.classes)}`,
    mean(({ cpuSeconds }) => cpuSeconds, 2),
  ].join(' | ')} |`
}
