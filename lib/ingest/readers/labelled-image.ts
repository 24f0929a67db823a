/** What every reader of labelled images returns, one at a time. Types only: nothing is decoded or
 *  stored here. */

import type { Choice } from '#lib/domain/reading/choices.ts'
import type { ExportedImage } from '#lib/domain/reading/darkroom-set.ts'
import type { PlanSummary } from '#lib/domain/reading/set-plan.ts'

export type LabelledImage = {
  readonly label: string
  /** Null when the source does not state it; a source's own validation part counts as `train`, ours is chosen by
   *  content. */
  readonly split: 'train' | 'test' | null
  /** For the report; never a place to write to. */
  readonly path: string
  /** The class name is kept as it is, whatever classes there are: the set has another that differs only in
   *  spelling. */
  readonly isSpelledOut?: boolean
  /** Other labels of the same image: a person decides between them. */
  readonly otherLabels?: readonly string[]
  /** Of a set that Darkroom exported: the split and group that it had. */
  readonly exported?: ExportedImage
  /** An encoded file, unchecked: it may turn out not to be an image. */
  readonly bytes: Uint8Array
}

/** An image that waits for its label. */
export type UnlabelledImage = Pick<LabelledImage, 'path' | 'bytes'> & { readonly label: null }

/** A file that belongs to no class, or that must not be opened. */
export type Stray = {
  readonly kind: 'stray_file' | 'refused_entry' | 'no_label' | 'too_large'
  readonly path: string
  readonly reason: string
}

export type Dataset = {
  readonly classes: readonly string[]
  /** The maximum number of images: some may be refused later. */
  readonly count: number
  readonly images: AsyncIterable<LabelledImage>
  /** What the set was read as; absent for sets of a known format. */
  readonly plan?: PlanSummary
}

export type DownloadProgress = {
  readonly file: string
  readonly bytes: number
  readonly totalBytes: number
  /** Null until it can be estimated. */
  readonly secondsLeft: number | null
}

export type DatasetOptions = {
  /** A file or a folder on this machine. */
  readonly from?: string | undefined
  /** A mirror of the official files, used instead of the official addresses. */
  readonly mirror?: string | undefined
  /** The download folder; intact files in it are not downloaded again. */
  readonly downloads?: string | undefined
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  readonly onStray?: ((stray: Stray) => void) | undefined
  /** Another reading of the set than the best one. */
  readonly choices?: readonly Choice[] | undefined
  readonly signal?: AbortSignal | undefined
}
