/** What training a last layer costs: the features of an image, and fitting the layer. */
import type { HeadFigures } from '#lib/contracts/probe.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { learnHead, type HeadSettings } from '#lib/ml/learn/head.ts'
import { clouds } from '#lib/ml/learn/synthetic-features.ts'
import { featureLength, type Network } from '#lib/ml/network/network.ts'
import { computeOutputs } from '../run/seal/outputs.ts'
import { trainingViews } from '../features/views.ts'
import { per, stopwatch } from './cost.ts'
import type { ProbeRun } from './ports.ts'

const MOST_FITTED = 500 // rows of features that a head is tried on
const KEY = 'probe'

export async function probeHead(
  { plan, few, images, ports, network, weights }: ProbeRun,
  settings: HeadSettings,
): Promise<HeadFigures> {
  const timed = stopwatch(ports)
  const { engine, signal } = ports
  const classes = plan.classes.length
  await engine.load(KEY, { network, weights })
  const embedded = await timed(() =>
    computeOutputs(few, { engine, key: KEY, spec: plan.spec, classes, onProgress: () => undefined, signal }),
  ).finally(() => engine.unload(KEY))
  const length = featureLength(network)
  const count = Math.max(classes * 2, Math.min(images, MOST_FITTED))
  const views = viewsOf(plan, network)
  const training = clouds({ count, length, classes, seed: plan.seed, views })
  const none = { ...training, count: 0, views: [new Float32Array(0)], labels: new Int32Array(0) }
  const fitted = await timed(async () => {
    for (const _try of learnHead({
      training,
      choosing: none,
      classes,
      settings,
      towards: null,
      seed: plan.seed,
    }))
      ports.signal.throwIfAborted()
  })
  return { kind: 'head', embed: per(embedded.cost, few.count), fit: per(fitted.cost, count), views }
}

/** How many features rows each training image of a head gives. */
export function viewsOf(
  { recipe, classifier, spec }: Pick<RunPlan, 'recipe' | 'classifier' | 'spec'>,
  network: Network,
): number {
  switch (recipe.kind) {
    case 'head':
      return trainingViews(spec, { isMirrored: recipe.settings.mirrored && classifier.isMirrorable, network })
        .length
    case 'scratch':
    case 'finetune':
    case 'transfer':
      return 1
  }
}
