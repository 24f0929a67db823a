/** The numbers that a version is computed with. */
export const PRECISIONS = ['float32', 'int8'] as const
export type InferencePrecision = (typeof PRECISIONS)[number]
/** The setting PRECISION. */
export type PrecisionSetting = 'auto' | InferencePrecision

/** What a loaded version is computed with; `note`: why it is not what was set, or why `auto` chose it. */
export type ServedPrecision = {
  readonly precision: InferencePrecision
  readonly note: string | null
  /** PRECISION is int8, but float32 is used. */
  readonly isFallback?: true
}
