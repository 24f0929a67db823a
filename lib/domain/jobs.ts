/** What the worker does apart from answering: each kind of job with what it needs and what it leaves. Knows
 *  no queue and no handler. */
import type { Split } from './classifier.ts'

export type JobPayloads = {
  /** Train, seal, judge, and promote if the gate and AUTO_PROMOTE allow. */
  train: { readonly runId: string; readonly resume: boolean }
  /** Measure a version on the classifier's test split, on the serving engine. */
  evaluate: { readonly versionId: string }
  /** Compare two versions on the same pictures. */
  compare: { readonly championId: string; readonly challengerId: string }
  /** Copy everything that is the owner's to BACKUP_DIR. */
  backup: { readonly reason: 'schedule' | 'request' }
  /** Fetch the default pretrained network from the npm registry. */
  backbone: Readonly<Record<string, never>>
  /** Measure the pieces of a retrain on some of its pictures, to say beforehand how long it will take. */
  probe: {
    readonly classifierId: string
    /** Under which the figures are kept. */ readonly name: string
    readonly draft: unknown
    readonly some: readonly { readonly hash: string; readonly label: string; readonly split: Split }[]
    readonly images: number
  }
}

export type JobKind = keyof JobPayloads
export const JOB_KINDS = [
  'train',
  'evaluate',
  'compare',
  'probe',
  'backup',
  'backbone',
] as const satisfies readonly JobKind[]

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export type Job<K extends JobKind = JobKind> = {
  readonly id: string
  readonly kind: K
  readonly payload: JobPayloads[K]
  readonly state: JobState
  readonly attempt: number
  /** What the handler answered, as JSON; null until done. */
  readonly result: unknown
  readonly error: { readonly code: string; readonly message: string } | null
}
