/** What a finding is: something wrong with an image or a set, how severe it is, and what helps. One kind is one file in
 *  this folder; registry.ts lists them. Nothing here reads an image or a row: figures go in, findings come out. */
import type { Split } from '../classifier.ts'
import type { ImageFigures } from './image-figures.ts'
import type { FindingState } from './open-findings.ts'
import type { Surroundings } from './surroundings.ts'

/** In the order in which they are shown: what damages a classifier most comes first. */
export const FINDING_KINDS = [
  'label_conflict',
  'duplicate_other_class',
  'duplicate_in_test',
  'mislabelled',
  'unreadable',
  'dark',
  'light',
  'low_information',
  'blurry',
  'outlier',
  'exact_duplicate',
  'near_duplicate',
  'odd_aspect',
  'odd_size',
  'shortcut',
  'too_few',
  'imbalance',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** `exclude`: its samples are not trained on · `relabel`: choose another class · `keep_one`: exclude all but the first
 *  of its samples · `add_more`: upload images · `dismiss`: nothing is wrong, so it is not listed again. */
export const REMEDIES = ['relabel', 'exclude', 'keep_one', 'add_more', 'dismiss'] as const
export type Remedy = (typeof REMEDIES)[number]

export type FindingSample = {
  readonly id: string
  /** Null: not labelled yet. */
  readonly label: string | null
  readonly split: Split | null
  /** Near-copies and images of a burst have the same; null: not compared. */
  readonly groupId: string | null
  readonly width: number
  readonly height: number
  /** Null where they are not known. */
  readonly figures: ImageFigures | null
  readonly surroundings: Surroundings | null
}

/** All that the kinds judge by: the samples that are neither excluded nor in the trash, oldest first. */
export type SetFigures = {
  readonly classes: readonly string[]
  readonly samples: readonly FindingSample[]
  /** Places of samples that are near-copies of each other, one list for each group; null: not compared. */
  readonly nearCopies: readonly (readonly number[])[] | null
  /** For each sample one probability per class, by a model that was not trained on it, or null where there is none. */
  readonly probabilities: readonly (ArrayLike<number> | null)[] | null
  /** For each sample its mean distance to its nearest neighbours, NaN where it is not known. */
  readonly distances: Float64Array | null
  readonly unreadable: readonly { readonly filename: string; readonly reason: string }[]
  readonly conflicts: readonly { readonly sampleId: string; readonly labels: readonly string[] }[]
  /** False for drawn digits: sharpness, brightness and entropy describe photographs. */
  readonly hasPhotographs: boolean
}

export type Finding = {
  readonly kind: FindingKind
  /** From 0 to 1. Comparable within a kind only. */
  readonly severity: number
  /** Ids; of `keep_one` the first is the one to keep. Empty: it is about a class or a file. */
  readonly samples: readonly string[]
  /** The class that it is about, or that a relabelled sample would get; null: none. */
  readonly suggestedLabel: string | null
  /** The classes to choose from, of a conflict. */
  readonly labels: readonly string[]
  /** One sentence with the numbers. */
  readonly detail: string
}

export type KindOfFinding = {
  readonly kind: FindingKind
  readonly remedies: readonly Remedy[]
  /** The findings of this kind, in any order; null where the figures that it needs are not known. */
  readonly find: (set: SetFigures) => readonly Omit<Finding, 'kind'>[] | null
  /** Whether one still holds after its samples were changed. */
  readonly isOpen: (state: FindingState) => boolean
}

/** A finding about single samples, completed with what it does not need. */
export const about = (
  finding: Pick<Finding, 'severity' | 'samples' | 'detail'> & Partial<Finding>,
): Omit<Finding, 'kind'> => ({ suggestedLabel: null, labels: [], ...finding })

/** Where at least this share of the images has a property, it belongs to the set and is no fault of an image: the
 *  `max_prevalence` of CleanVision 0.3.8. */
const MOST_PREVALENT = 0.5

/** A kind that judges each sample by its figures. */
export const byFigures =
  (
    judge: (
      figures: ImageFigures,
      sample: FindingSample,
    ) => { readonly severity: number; readonly detail: string } | null,
  ): KindOfFinding['find'] =>
  ({ samples, hasPhotographs }) => {
    const known = samples.flatMap((sample) => (sample.figures ? [{ sample, figures: sample.figures }] : []))
    if (!hasPhotographs || known.length === 0) return hasPhotographs ? null : []
    const found = known.flatMap(({ sample, figures }) => {
      const judged = judge(figures, sample)
      return judged ? [about({ ...judged, samples: [sample.id] })] : []
    })
    return isPrevalent(found.length, known.length) ? [] : found
  }

/** In small sets half of the images can be faulty. */
const FEWEST_FOR_PREVALENCE = 20

export const isPrevalent = (found: number, of: number): boolean =>
  of >= FEWEST_FOR_PREVALENCE && found >= MOST_PREVALENT * of

export const percent = (share: number): string => `${Math.round(share * 100)} %`
