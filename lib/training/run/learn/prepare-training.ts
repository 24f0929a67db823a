/** The stage "Computing features": what a run computes once for each image before it trains. That is the
 *  predictions of a teacher, and the features on which a last layer is trained; most recipes need neither.
 *  Features of earlier runs are used again. */
import { join } from 'node:path'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import type { HeadSettings } from '#lib/ml/learn/head.ts'
import { embed } from '../../features/embed.ts'
import { trainingViews, type View } from '../../features/views.ts'
import type { ImageSets } from '../data/read-images.ts'
import type { RunPorts } from '../ports.ts'
import { startStage, type Stage, timed } from '../progress.ts'
import { viewsWithin } from './feature-memory.ts'
import { headSettingsOf } from '../start/choose-backbone.ts'
import type { StartingNetwork } from '../start/starting-network.ts'
import { resolveTeaching, teach, type Teaching } from '../teach/teaching.ts'
import { learnerSpec } from './learner-spec.ts'
import type { HeadFeatures, PreparedTraining, TrainingMaterial } from './material.ts'

export type Preparation = {
  readonly folder: string
  readonly plan: RunPlan
  readonly images: ImageSets
  readonly start: StartingNetwork
}

export async function prepareTraining(
  { folder, plan, images, start }: Preparation,
  ports: RunPorts,
): Promise<PreparedTraining> {
  requireMemory(plan, start, ports)
  const teaching = await resolveTeaching(plan)
  const headSettings = headSettingsOf(plan.recipe)
  const views = headSettings ? viewsOf(headSettings, { plan, images, start }, ports) : []
  const stage = stageFor({ images, teaching, views }, ports)
  await using disposal = new AsyncDisposableStack()
  const taught = disposal.use(
    await teach(images.training, teaching, { plan, ports, onProgress: (count) => stage?.advance(count) }),
  )
  const material: TrainingMaterial = {
    folder,
    plan,
    ...start,
    training: taught.training,
    choosing: images.choosing,
    validationImages: images.choosing.count + images.calibrating.count,
    groups: images.groups,
    teach: taught.teach,
  }
  const features =
    headSettings && (await timed('features', ports, () => computeFeatures(material, views, { ports, stage })))
  stage?.finish()
  const whole = disposal.move()
  return { material, features, [Symbol.asyncDispose]: () => whole.disposeAsync() }
}

/** Refuses a network that does not fit into memory before anything is computed for it. A recipe that trains
 *  the last layer first is refused when its second phase starts.
 *  @throws DarkroomError `invalid_input` */
function requireMemory(plan: RunPlan, start: StartingNetwork, { engine }: RunPorts): void {
  const { recipe } = plan
  switch (recipe.kind) {
    case 'scratch':
    case 'finetune': {
      const { settings } = recipe
      learnerSpec({ plan, settings, ...start }, { images: settings.batch, engine: engine.name })
      return
    }
    case 'head':
    case 'transfer':
      return
  }
}

type StageParts = Pick<Preparation, 'images'> & {
  readonly teaching: Teaching
  /** Of each training image; empty: no features are computed. */
  readonly views: readonly View[]
}

/** Counts images; null when nothing needs to be computed. */
function stageFor({ images, teaching, views }: StageParts, ports: RunPorts): Stage | null {
  const rehearsal = teaching.kind === 'teacher' ? teaching.rehearsal : 0
  const training = images.training.count + rehearsal
  const isPredicted = teaching.kind === 'teacher' || teaching.kind === 'distil'
  const total =
    (isPredicted ? training : 0) + (views.length > 0 ? training * views.length + images.choosing.count : 0)
  return total > 0 ? startStage('features', { total }, ports) : null
}

/** Of each training image.
 *  @throws DarkroomError `invalid_input` where not even one of each fits into memory */
function viewsOf(
  { mirrored }: HeadSettings,
  { plan, images, start }: Pick<Preparation, 'plan' | 'images' | 'start'>,
  { report }: RunPorts,
): readonly View[] {
  const views = trainingViews(plan.spec, {
    isMirrored: mirrored && plan.classifier.isMirrorable,
    network: start.network,
  })
  const fitting = viewsWithin(plan.memoryMb, {
    images: images.training.count + images.choosing.count,
    length: featureLength(start.network),
    views,
    isByFolds: plan.evaluation === 'folds',
  })
  if (fitting.length < views.length)
    report({
      kind: 'note',
      message:
        `The features of ${views.length} views of each image do not fit into ${plan.memoryMb} MB ` +
        `(TRAIN_MEMORY_MB), so the last layer is trained on ` +
        `${fitting.length === 1 ? 'one view' : `${fitting.length} views`} of each.`,
    })
  return fitting
}

async function computeFeatures(
  { plan, network, weights, training, choosing }: TrainingMaterial,
  views: readonly View[],
  { ports, stage }: { readonly ports: RunPorts; readonly stage: Stage | null },
): Promise<HeadFeatures> {
  const { engine, report, clock, signal } = ports
  const startedAt = clock()
  const { sets, computed } = await embed(
    [
      { set: training, views },
      { set: choosing, views: ['plain'] },
    ],
    {
      engine,
      network,
      weights,
      spec: plan.spec,
      folder: join(plan.packs, '..', 'embeddings'),
      signal,
      memoryMb: plan.memoryMb,
      onProgress: (count) => stage?.advance(count),
    },
  )
  const source = computed === 0 ? 'all cached' : `${computed} computed now`
  report({ kind: 'note', message: `${featureLength(network)} features per image (${source}).` })
  return { training: sets[0]!, choosing: sets[1]!, seconds: clock() - startedAt }
}
