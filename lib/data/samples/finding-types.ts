/** The interface of lib/data for figures of images, findings and the report that found them: signatures only. */
import type { Finding, FindingKind, FindingSample, SetFigures } from '#lib/domain/findings/finding.ts'
import type { ImageFigures } from '#lib/domain/findings/image-figures.ts'
import type { Surroundings } from '#lib/domain/findings/surroundings.ts'

export type FindingReport = {
  readonly state: 'queued' | 'running' | 'done' | 'failed'
  /** Images processed, while it runs. */
  readonly done: number
  readonly total: number
  /** Images that the most recent complete report is about. */
  readonly images: number
  /** Kinds that it could not judge. */
  readonly unknown: readonly FindingKind[]
  readonly error: string | null
  readonly requestedAt: Date
  /** When the findings that are stored were found; null: none yet. */
  readonly computedAt: Date | null
}

export type StoredFigures = {
  readonly hash: string
  readonly figures: ImageFigures
  readonly surroundings: Surroundings
}

/** A sample with the hash of its image. */
export type ReportSample = FindingSample & { readonly hash: string }

export type DismissedSamples = { readonly kind: FindingKind; readonly samples: readonly string[] }

export type FindingStore = {
  /** Once for each image; deleted with it. Images that are not stored are left out. */
  readonly keepFigures: (images: readonly StoredFigures[]) => Promise<void>
  /** Hashes of the classifier's images without figures, ascending, after one of them. */
  readonly withoutFigures: (
    classifierId: string,
    page: { readonly after: string; readonly limit: number },
  ) => Promise<readonly string[]>
  /** How many of the samples below there are, and how many of them have all figures. */
  readonly coverage: (classifierId: string) => Promise<{ readonly total: number; readonly known: number }>
  /** All samples that are neither excluded nor in the trash, nor of an upload that is still running; oldest first. */
  readonly samplesOf: (classifierId: string) => Promise<readonly ReportSample[]>
  /** Fingerprints of the members of each group with several: pairs of hash and fingerprint. */
  readonly groupsOf: (
    classifierId: string,
  ) => Promise<readonly (readonly { readonly hash: string; readonly fingerprint: Uint8Array }[])[]>
  /** What uploads reported: images with several labels of which no user has chosen one, and files that were not images
   *  and have not arrived under their name since. */
  readonly uploadFindings: (classifierId: string) => Promise<Pick<SetFigures, 'conflicts' | 'unreadable'>>
  /** Adds a job, unless one is waiting. */
  readonly request: (classifierId: string) => Promise<FindingReport>
  /** Stops the check that waits or runs; the findings of the last complete one stay. */
  readonly cancel: (classifierId: string) => Promise<FindingReport | null>
  /** Whether a check waits or runs. It goes on with the charts after its report is complete. */
  readonly isChecking: (classifierId: string) => Promise<boolean>
  /** After a check has stopped: it does not run, and none waits. */
  readonly stopped: (classifierId: string) => Promise<void>
  readonly report: (classifierId: string) => Promise<FindingReport | null>
  /** A request from now on adds another job. */
  readonly begin: (classifierId: string) => Promise<void>
  readonly progress: (
    classifierId: string,
    progress: { readonly done: number; readonly total: number },
  ) => Promise<void>
  /** Replaces the stored findings. Samples that were deleted meanwhile are left out. */
  readonly finish: (
    classifierId: string,
    report: {
      readonly findings: readonly Finding[]
      readonly unknown: readonly FindingKind[]
      readonly images: number
    },
  ) => Promise<void>
  readonly fail: (classifierId: string, error: string) => Promise<void>
  /** With the labels that the samples have now; samples of other classifiers are left out.
   *  @returns the number of samples for which it was not dismissed before */
  readonly dismiss: (
    classifierId: string,
    change: DismissedSamples & { readonly by: string },
  ) => Promise<number>
  /** @returns the number of samples for which it had been dismissed */
  readonly reopen: (classifierId: string, change: DismissedSamples) => Promise<number>
}
