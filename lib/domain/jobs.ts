/** What the worker does apart from answering: each kind of job with what it needs and what it leaves. Knows no queue and no handler. */

export type JobPayloads = {
  /** Train, seal, judge, and promote if the gate and AUTO_PROMOTE allow. */
  train: { readonly runId: string; readonly resume: boolean }
  /** Measure a version on the classifier's test split, on the serving engine. */
  evaluate: { readonly versionId: string }
  /** Compare two versions on the same pictures. */
  compare: { readonly championId: string; readonly challengerId: string }
}

export type JobKind = keyof JobPayloads
export const JOB_KINDS = ['train', 'evaluate', 'compare'] as const satisfies readonly JobKind[]

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
