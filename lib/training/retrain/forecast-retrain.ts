/** How long a click on "retrain" will take, said before it: what it would do, and what that costs here.
 *  Figures come from a probe, which is a job of the worker; where they are known the answer is at once. */
import { join } from 'node:path'
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { ProbeFigures } from '#lib/contracts/probe.ts'
import type { forecastRetrain } from '#lib/contracts/retrain.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import { isDarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import { isHeadSettings } from '#lib/ml/learn/head.ts'
import { batchFor } from '#lib/ml/recipes/recipe.ts'
import { forecast, forecastWords, type Parts } from './forecast.ts'
import { resultOf } from '../job/job-result.ts'
import { hasPack, packName, snapshotHash } from '../run/data/pack.ts'
import { PROBED, viewsOf } from '../probe/probe.ts'
import { probeName, readProbe } from '../probe/probe-figures.ts'
import { askedRetrain, type RetrainParts } from './retrain.ts'

export type ForecastParts = RetrainParts & {
  readonly dataDir: string
  readonly codeVersion: string
  readonly settings: Pick<Settings, 'TRAINING_ENGINE' | 'TRAIN_MEMORY_MB'>
}

export type ForecastCases = {
  readonly forecastRetrain: (
    input: Input<typeof forecastRetrain>,
    asked: { readonly signal: AbortSignal },
  ) => Promise<Output<typeof forecastRetrain>>
}

export function createForecast(parts: ForecastParts): ForecastCases {
  const { data, dataDir, settings, now } = parts
  return {
    async forecastRetrain(input, { signal }) {
      const decided = await askedRetrain(input, parts).catch(refusal)
      if ('refused' in decided)
        return {
          classifier: (await data.classifiers.chosen(input.classifier)).id,
          will: null,
          message: decided.refused,
          forecast: null,
          why_none: null,
        }
      const { classifier, draft, entries, message, hasChampion } = decided
      const { recipe } = draft
      const images = partsOf(entries)
      const learning: Parts = { ...images, train: images.train + (draft.teacher?.rehearsal ?? 0) }
      const figures = await figuresFor(decided, learning, signal).catch(refusalOfProbe)
      const isPacked =
        draft.bodies.length === 0 &&
        (await hasPack(join(dataDir, 'cache', 'packs'), packName(snapshotHash(entries), draft.spec)))
      const found =
        figures &&
        !('refused' in figures) &&
        forecast({
          figures,
          parts: learning,
          epochs: recipe.settings.epochs,
          patience: recipe.settings.patience,
          views: viewsOf({ recipe, classifier }),
          isPacked,
          isCompared: hasChampion,
        })
      return {
        classifier: classifier.id,
        will: {
          recipe: recipe.name,
          base_version: draft.base?.version ?? null,
          epochs: recipe.settings.epochs,
          images,
        },
        message,
        forecast: !found
          ? null
          : {
              seconds: found.seconds,
              is_most: found.isMost,
              memory_mb: found.memoryMb,
              engine: found.engine,
              words: forecastWords(found),
            },
        why_none: found
          ? null
          : figures && 'refused' in figures
            ? figures.refused
            : 'The duration is measured when the current training run has ended.',
      }
    },
  }

  /** Kept ones; else measured now, but not beside a training: both would be slower. */
  async function figuresFor(
    { classifier, draft, entries }: Awaited<ReturnType<typeof askedRetrain>>,
    learning: Parts,
    signal: AbortSignal,
  ): Promise<ProbeFigures | null> {
    const { recipe } = draft
    const name = probeName({
      classifier: classifier.id,
      classes: draft.classes,
      base: draft.base,
      bodies: draft.bodies,
      recipe,
      spec: draft.spec,
      engine: settings.TRAINING_ENGINE,
      memory: settings.TRAIN_MEMORY_MB,
      codeVersion: parts.codeVersion,
      batch: isHeadSettings(recipe.settings) ? 0 : batchFor(learning.train, recipe.settings.batch),
    })
    const known = await readProbe(dataDir, name, now())
    if (known || (await data.answers.retrainStatus({})).is_running) return known
    return (await resultOf(
      'probe',
      {
        classifierId: classifier.id,
        name,
        draft: { ...draft, unseen: [] },
        some: someOf(entries),
        images: learning.train,
      },
      { data, now, signal },
    )) as ProbeFigures // what probe-job.ts answers
  }
}

/** A training that would be refused is an answer here; whatever else goes wrong is not. */
function refusal(error: unknown): { readonly refused: string } {
  if (isDarkroomError(error) && STATUS_OF[error.code] === 422) return { refused: error.message }
  throw error
}

/** Tried on the engine that would train, it was refused: too large for the memory that it may take. */
function refusalOfProbe(error: unknown): { readonly refused: string } {
  if (isDarkroomError(error) && STATUS_OF[error.code] === 422) return { refused: `${error.why}.` }
  throw error
}

function partsOf(entries: readonly SnapshotEntry[]): Parts {
  const count = (split: SnapshotEntry['split']): number =>
    entries.filter((entry) => entry.split === split).length
  return { train: count('train'), validation: count('validation'), test: count('test') }
}

/** By their hash, which is as good as chance; more than are looked at, since some may be gone. */
const someOf = (entries: readonly SnapshotEntry[]): readonly SnapshotEntry[] =>
  entries.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, 2 * PROBED)
