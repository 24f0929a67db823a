/** What an upload needs from outside: the rows it writes, a folder for arriving files, limits, a
 *  log. Types only; lib/processes and lib/commands implement them. */
import type { Caller, Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { undoUpload, upload, uploadDryRun, UploadReport } from '#lib/contracts/uploads.ts'
import type { Classifiers, Samples, Uploads } from '#lib/data/data.ts'
import type { FindingStore } from '#lib/data/samples/finding-types.ts'
import type { Groups } from '#lib/data/samples/group-types.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import type { SampleChanges, Trash } from '#lib/data/samples/undo-types.ts'

export type IngestPorts = {
  readonly classifiers: Pick<Classifiers, 'get' | 'addClasses'>
  readonly samples: Pick<Samples, 'add'>
  readonly sampleChanges: Pick<SampleChanges, 'change' | 'decided'>
  readonly uploads: Pick<Uploads, 'change' | 'discard' | 'runningBefore' | 'sweepAbandoned'>
  readonly groups: Pick<Groups, 'keepTraits' | 'setAlone' | 'ofUpload' | 'save'>
  readonly findings: Pick<FindingStore, 'keepFigures'>
  /** Compares the classifier's new images with all others, and stores which belong together. */
  readonly groupImages: (classifierId: string, signal: AbortSignal) => Promise<void>
  /** Called while images are added, each time that there are twice as many, and at the end. */
  readonly onAdded?: (classifierId: string) => void
  /** The size and, where they are at hand, small pixels of an image that can be decoded; refuses other images. */
  readonly sizeOf: (bytes: Uint8Array) => Promise<{
    readonly width: number
    readonly height: number
    readonly image?: RgbImage
  }>
}

export type UploadPorts = {
  readonly classifiers: Pick<
    Classifiers,
    'get' | 'addClasses' | 'chosen' | 'find' | 'create' | 'removeIfEmpty'
  >
  readonly samples: Pick<Samples, 'add'>
  readonly sampleChanges: IngestPorts['sampleChanges']
  readonly uploads: Pick<
    Uploads,
    | 'begin'
    | 'change'
    | 'discard'
    | 'isCancelRequested'
    | 'requestCancel'
    | 'runningBefore'
    | 'sweepAbandoned'
  >
  readonly groups: IngestPorts['groups']
  readonly findings: IngestPorts['findings']
  readonly groupImages: IngestPorts['groupImages']
  readonly trash: Pick<Trash, 'putUpload'>
  readonly queries: { readonly getUpload: RouteAnswer<'GET /api/uploads/{id}'> }
  readonly sizeOf: IngestPorts['sizeOf']
  readonly onAdded?: IngestPorts['onAdded']
  /** Where bytes are stored until they are checked. Its content after a crash is obsolete, and the next start
   *  deletes it. */
  readonly folder: string
  readonly limits: { readonly maxImageBytes: number; readonly maxUploadBytes: number }
  readonly log: (
    level: 'info' | 'warn' | 'error',
    message: string,
    details?: Readonly<Record<string, unknown>>,
  ) => void
}

/** The actions of ingest, as the routes call them. */
export type IngestAnswers = {
  readonly upload: (
    input: Input<typeof upload>,
    request: { readonly requestId: string; readonly phoneLinkId?: string; readonly signal?: AbortSignal },
  ) => Promise<UploadReport | (typeof uploadDryRun)['_output']>
  readonly undoUpload: (
    input: Input<typeof undoUpload>,
    request: { readonly caller: Caller },
  ) => Promise<UploadReport>
}
