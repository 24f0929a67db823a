/** How long a training run will take, before it is started: what it would do, and what that costs on this
 *  machine. Figures come from a probe, which is a job of the worker; stored figures are used at once. */
import { join } from 'node:path'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { probeFigures, type ProbeFigures } from '#lib/contracts/probe.ts'
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { RetrainDraft } from '#lib/contracts/training-plan.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import { isDarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import { batchFor } from '#lib/ml/recipes/recipe.ts'
import { forecast, forecastWords, type Parts } from './forecast.ts'
import { resultOf } from '../job/job-result.ts'
import { hasPack, packName, snapshotHash } from '../run/data/pack.ts'
import type { PackEntry } from '../run/data/pack.ts'
import { trainable } from '../run/plan.ts'
import { PROBED } from '../probe/probe-images.ts'
import { probeName, readProbe } from '../probe/probe-figures.ts'
import { planRetrain, type RetrainParts } from './retrain.ts'

const MEASURED_LATER = 'The duration is measured when the current training run has ended.'

export type ForecastParts = RetrainParts & {
  readonly dataDir: string
  readonly codeVersion: string
  readonly settings: Pick<Settings, 'TRAINING_ENGINE' | 'TRAIN_MEMORY_MB'>
}

export type ForecastCases = {
  readonly forecastRetrain: RouteAnswer<'POST /api/retrain/forecast', { readonly signal: AbortSignal }>
}

export function createForecast(parts: ForecastParts): ForecastCases {
  const { data, dataDir, settings, now } = parts
  return {
    async forecastRetrain(input, { signal }) {
      const decided = await planRetrain(input, parts).catch(refusal)
      if ('refused' in decided)
        return {
          classifier: (await data.classifiers.chosen(input.classifier)).id,
          will: null,
          message: decided.refused,
          forecast: null,
          why_none: null,
        }
      const { classifier, draft, base, entries, message, hasChampion } = decided
      const { recipe } = draft
      const images = partsOf(entries)
      const learning: Parts = { ...images, train: images.train + rehearsalOf(draft) }
      const figures = await figuresFor(decided, learning, signal).catch(refusalOfProbe)
      const isPacked =
        draft.start.kind !== 'choose-network' &&
        (await hasPack(
          join(dataDir, 'cache', 'packs'),
          packName(snapshotHash(trainable(entries)), draft.spec),
        ))
      const isKnown = figures !== null && !('refused' in figures)
      const result = isKnown
        ? forecast({
            figures,
            parts: learning,
            epochs: recipe.settings.epochs,
            patience: recipe.settings.patience,
            isPacked,
            isCompared: hasChampion,
          })
        : null
      return {
        classifier: classifier.id,
        will: {
          recipe: recipe.name,
          base_version: base?.name ?? null,
          epochs: recipe.settings.epochs,
          images,
        },
        message,
        forecast: result && {
          seconds: result.seconds,
          is_most: result.isMost,
          memory_mb: result.memoryMb,
          engine: result.engine,
          words: forecastWords(result),
        },
        why_none: isKnown ? null : (figures?.refused ?? MEASURED_LATER),
      }
    },
  }

  /** Stored figures; else measured now, but not during a training run, because both would be slower. */
  async function figuresFor(
    { classifier, draft, entries }: Awaited<ReturnType<typeof planRetrain>>,
    learning: Parts,
    signal: AbortSignal,
  ): Promise<ProbeFigures | null> {
    const { recipe } = draft
    const name = probeName({
      classifier: classifier.id,
      classes: draft.classes,
      start: draft.start,
      recipe,
      spec: draft.spec,
      engine: settings.TRAINING_ENGINE,
      memory: settings.TRAIN_MEMORY_MB,
      codeVersion: parts.codeVersion,
      batch: batchOf(recipe, learning.train),
    })
    const stored = await readProbe(dataDir, name, now())
    if (stored || (await data.queries.retrainStatus({})).is_running) return stored
    const result = await resultOf(
      'probe',
      {
        classifierId: classifier.id,
        name,
        draft: { ...draft, unseen: [] },
        some: someOf(trainable(entries)),
        images: learning.train,
      },
      { data, now, signal },
    )
    return probeFigures.parse(result)
  }
}

/** A refused run is a valid result of a forecast; any other error is thrown. */
function refusal(error: unknown): { readonly refused: string } {
  if (isDarkroomError(error) && STATUS_OF[error.code] === 422) return { refused: error.message }
  throw error
}

/** The engine refused the run because its network needs more memory than training may use. */
function refusalOfProbe(error: unknown): { readonly refused: string } {
  if (isDarkroomError(error) && STATUS_OF[error.code] === 422) return { refused: `${error.why}.` }
  throw error
}

function partsOf(entries: readonly SnapshotEntry[]): Parts {
  const count = (split: SnapshotEntry['split']): number =>
    entries.filter((entry) => (entry.split ?? 'train') === split).length
  return { train: count('train'), validation: count('validation'), test: count('test') }
}

/** A sample by hash order, which is as good as random; more than the probe processes, since some may be missing. */
const someOf = (entries: readonly PackEntry[]): readonly PackEntry[] =>
  entries.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, 2 * PROBED)

/** The number of synthetic images that are trained on as well. */
const rehearsalOf = ({ teaching }: RetrainDraft): number =>
  teaching.kind === 'teacher' ? teaching.rehearsal : 0

/** Images per step; 0 for a recipe without steps. */
function batchOf(recipe: RecipePlan, train: number): number {
  switch (recipe.kind) {
    case 'head':
      return 0
    case 'scratch':
    case 'finetune':
    case 'transfer':
      return batchFor(train, recipe.settings.batch)
  }
}
