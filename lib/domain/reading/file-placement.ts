/** What a file of a set becomes. Types only. */
import type { ExportedImage } from './darkroom-set.ts'
import type { PlannedSplit } from './folder-reading.ts'

/** `system`: it is no part of the set; `no-label`: an image that no table labels; `outside`: it is in no class folder,
 *  a copy, or a table without labels. */
export type SkipCause = 'system' | 'no-label' | 'outside'

export type FilePlacement =
  | {
      readonly kind: 'image'
      readonly label: string
      readonly split: PlannedSplit
      /** Of a set that Darkroom exported. */
      readonly exported?: ExportedImage
    }
  /** Two tables, or two rows, name different classes: a person decides. */
  | { readonly kind: 'conflict'; readonly labels: readonly string[]; readonly split: PlannedSplit }
  /** A label table that was used. */
  | { readonly kind: 'table' }
  | { readonly kind: 'skipped'; readonly reason: string; readonly cause: SkipCause }
