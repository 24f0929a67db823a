'use client'
/** Prediction jobs, newest first, with their progress; read again while one of them runs. */
import type { PredictionJobAnswer } from '#lib/contracts/prediction-jobs.ts'
import { useRefreshWhile } from '../../../../../_components/use-refresh-while.ts'
import { JobCard } from './job-card.tsx'

export function JobList({
  jobs,
  isAdmin,
}: {
  readonly jobs: readonly PredictionJobAnswer[]
  readonly isAdmin: boolean
}) {
  useRefreshWhile(jobs.some(({ ended_at }) => ended_at === null))
  return (
    <section className="stack" aria-label="Jobs">
      {jobs.map((job) => (
        <JobCard key={job.id} job={job} showsSender={isAdmin} />
      ))}
    </section>
  )
}
