/** What every reader of labelled images returns, one at a time. Types only: nothing is decoded or
 *  stored here. */

export type LabelledImage = {
  readonly label: string
  /** Null when the source does not state it; a source's own validation part counts as `train`, ours is chosen by
   *  content. */
  readonly split: 'train' | 'test' | null
  /** For the report; never a place to write to. */
  readonly path: string
  /** An encoded file, unchecked: it may turn out not to be an image. */
  readonly bytes: Uint8Array
}

/** A file that belongs to no class, or that must not be opened. */
export type Stray = {
  readonly kind: 'stray_file' | 'refused_entry'
  readonly path: string
  readonly reason: string
}

export type Dataset = {
  readonly classes: readonly string[]
  /** The maximum number of images: some may be refused later. */
  readonly count: number
  readonly images: AsyncIterable<LabelledImage>
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
  readonly signal?: AbortSignal | undefined
}
