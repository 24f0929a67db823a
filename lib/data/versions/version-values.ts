/** Versions and their promotions, as lib/data hands them out. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { EngineName } from '#lib/domain/classifier.ts'

export type Version = {
  readonly id: string
  readonly classifierId: string
  readonly number: number
  /** `v7`, as people read it. */
  readonly name: string
  /** The bundle's folder, absolute. */
  readonly folder: string
  readonly parent: string | null
  readonly runId: string | null
  readonly isShipped: boolean
  readonly recipe: string
  readonly engine: EngineName | null
  readonly accuracy: { readonly value: number; readonly low: number; readonly high: number } | null
  readonly testImages: number
  readonly parameters: number
  readonly sizeBytes: number
  readonly classes: readonly string[]
  readonly preprocess: Preprocess
  readonly verdict: VerdictAnswer | null
  readonly createdAt: Date
  /** When it last became live; null: never. */
  readonly promotedAt: Date | null
}
export type VersionWithCard = Version & { readonly card: Card }

export type NewVersion = {
  readonly classifierId: string
  readonly number: number
  readonly runId: string | null
}

export const PROMOTION_KINDS = ['promote', 'rollback'] as const
export type PromotionKind = (typeof PROMOTION_KINDS)[number]
/** `id` grows with each promotion of any classifier: what web processes acknowledge. */
export type Promotion = {
  readonly id: number
  readonly classifierId: string
  readonly versionId: string
  readonly previousId: string | null
  readonly kind: PromotionKind
  readonly by: string
  readonly reason: string | null
  readonly at: Date
}
export type Champion = { readonly promotion: Promotion; readonly version: Version }

/** A version that could not be loaded or verified, and why. */
export type VersionFault = { readonly versionId: string; readonly reason: string; readonly foundAt: Date }
/**
 * `version` serves predictions: the promoted one, or another while `reason` says why that one cannot be
 * loaded; null if none can be loaded.
 */
export type LiveVersion = {
  readonly promoted: Champion
  readonly version: Version | null
  readonly reason: string | null
}
