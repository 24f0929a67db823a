/** Signatures of what can be taken back: the log of changes to samples, and the trash. sample-changes.ts
 *  and trash.ts do it. */
import type { ChangeKind, CLASS_EDITS, SampleEdit, SampleField } from '#lib/domain/sample-state.ts'
import type { SampleFilter } from './sample-filter.ts'

/** Which samples: named, or all that a list with these filters shows. */
export type SampleSelection =
  { readonly kind: 'ids'; readonly ids: readonly string[] } | ({ readonly kind: 'filter' } & SampleFilter)

/** What a change did to the class `name`. `other`: its new name, or the class that its images went to or came
 *  from; null: the trash. `position`: among the classes, for a removed or added one. */
export type ClassEdit = {
  readonly edit: (typeof CLASS_EDITS)[number]
  readonly name: string
  readonly other: string | null
  readonly position: number | null
}

export type SampleChangeRecord = {
  readonly id: string
  readonly classifierId: string
  readonly kind: ChangeKind | 'undo'
  readonly by: string
  readonly at: Date
  /** How many samples it changed. */
  readonly count: number
  readonly undoesId: string | null
  readonly undoneById: string | null
  /** What became of a class; null: only samples changed. */
  readonly classEdit: ClassEdit | null
}

export type SampleChangeEntry = {
  readonly sampleId: string
  readonly fields: readonly SampleField[]
  readonly before: {
    readonly label: string | null
    readonly split: string | null
    readonly isSplitGiven: boolean
    readonly excludedAt: Date | null
    readonly trashedAt: Date | null
  }
  readonly after: {
    readonly label: string | null
    readonly split: string | null
    readonly isSplitGiven: boolean
    readonly excludedAt: Date | null
    readonly trashedAt: Date | null
  }
}

export type ChangeOutcome = {
  /** Null: nothing had to change. */
  readonly change: SampleChangeRecord | null
  readonly changed: number
  /** Were like that already. */
  readonly unchanged: number
  readonly trash: TrashRecord | null
}

export type SampleChanges = {
  /** All of it or none, as one change. `unknown_class`, `conflict` where a sample refuses (it is in the
   *  trash), `not_found` for an unknown id. */
  readonly change: (selection: SampleSelection, edit: SampleEdit, by: string) => Promise<ChangeOutcome>
  /** `conflict` with the samples that were changed again since; with `skipConflicts` the others are undone. */
  readonly undo: (
    id: string,
    how: { readonly by: string; readonly skipConflicts: boolean },
  ) => Promise<ChangeOutcome & { readonly skipped: number }>
  /** Those of the samples that were changed by others than `by`: a user has decided about them. */
  readonly decided: (ids: readonly string[], by: string) => Promise<ReadonlySet<string>>
  readonly get: (id: string) => Promise<SampleChangeRecord>
  /** The first entries of a change. */
  readonly entriesOf: (id: string, limit: number) => Promise<readonly SampleChangeEntry[]>
  /** Newest first. */
  readonly list: (page: {
    readonly classifierId: string
    readonly cursor?: string | undefined
    readonly limit: number
  }) => Promise<readonly SampleChangeRecord[]>
}

export const TRASH_KINDS = ['samples', 'upload', 'classifier', 'version'] as const
export type TrashKind = (typeof TRASH_KINDS)[number]
export type TrashRecord = {
  readonly id: string
  readonly kind: TrashKind
  readonly classifierId: string
  readonly uploadId: string | null
  readonly versionId: string | null
  /** Shown to people: a file name, a title, `v7`. */
  readonly title: string
  /** Samples that were deleted with it. */
  readonly samples: number
  readonly by: string
  readonly at: Date
  /** Deleted for good after this. */
  readonly until: Date
}

export type Trash = {
  readonly get: (id: string) => Promise<TrashRecord>
  /** Newest first; what belongs to a classifier in the trash is part of that. */
  readonly list: (page: {
    readonly classifierId?: string | undefined
    readonly cursor?: string | undefined
    readonly limit: number
  }) => Promise<readonly TrashRecord[]>
  /** Samples that lie in an entry, oldest first. */
  readonly samplesOf: (
    id: string,
    limit: number,
  ) => Promise<
    readonly { readonly id: string; readonly filename: string | null; readonly label: string | null }[]
  >
  readonly putUpload: (uploadId: string, by: string) => Promise<TrashRecord>
  readonly putClassifier: (classifierId: string, by: string) => Promise<TrashRecord>
  readonly putVersion: (versionId: string, by: string) => Promise<TrashRecord>
  /** Back to where it was. */
  readonly restore: (id: string, by: string) => Promise<TrashRecord>
  /** Whose time is over. */
  readonly due: () => Promise<readonly TrashRecord[]>
}
