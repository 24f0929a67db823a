/** An upload with its report. Types only. */
import type { UploadPlan } from '#lib/contracts/upload-plan.ts'

export const UPLOAD_STATES = ['running', 'done', 'failed', 'undone'] as const
export type UploadState = (typeof UPLOAD_STATES)[number]
export type FileFinding = {
  readonly kind: string
  readonly filename: string
  readonly detail: string
  readonly sampleId: string | null
  /** Of an image with several labels. */
  readonly labels?: readonly string[] | undefined
}
export type UploadFindings = {
  readonly message: string
  readonly count: number
  readonly files: number
  readonly perClass: readonly { readonly name: string; readonly count: number; readonly isNew: boolean }[]
  /** At most 500; `findingsTotal` counts all. */
  readonly findings: readonly FileFinding[]
  readonly findingsTotal: number
  /** What the files were read as. */
  readonly plan?: UploadPlan | null | undefined
}
export type Upload = UploadFindings & {
  readonly id: string
  readonly classifierId: string
  readonly state: UploadState
  readonly error: string | null
  readonly createdAt: Date
  /** `undone` and in the trash since then. */ readonly trashedAt: Date | null
}
