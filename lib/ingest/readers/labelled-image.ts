/** What every reader of pictures with labels hands over, one at a time. Types only: nothing is decoded or
 *  kept here. */

export type LabelledImage = {
  readonly label: string
  /** Null where the source does not say; a source's own validation part counts as `train`, ours is chosen by
   *  content. */
  readonly split: 'train' | 'test' | null
  /** For the report; never a place to write to. */
  readonly path: string
  /** An encoded file, as it came: it may still turn out to be no picture. */
  readonly bytes: Uint8Array
}

/** A file that no class claims, or that must not be opened. */
export type Stray = {
  readonly kind: 'stray_file' | 'refused_entry'
  readonly path: string
  readonly reason: string
}

export type Dataset = {
  readonly classes: readonly string[]
  /** How many images will come at most: some may be refused on the way. */
  readonly count: number
  readonly images: AsyncIterable<LabelledImage>
}

export type DownloadProgress = {
  readonly file: string
  readonly bytes: number
  readonly totalBytes: number
  /** Null until there is something to reckon from. */
  readonly secondsLeft: number | null
}

export type DatasetOptions = {
  /** A file or a folder that is here already. */
  readonly from?: string | undefined
  /** An address that has the official files, instead of the official addresses. */
  readonly mirror?: string | undefined
  /** Where downloads are kept; files that are there and right are not fetched again. */
  readonly downloads?: string | undefined
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  readonly onStray?: ((stray: Stray) => void) | undefined
  readonly signal?: AbortSignal | undefined
}
