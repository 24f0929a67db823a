/** One training run: its progress while it is active, then its result; below it, the other runs. */
import { Suspense } from 'react'
import Link from 'next/link'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { PredictionChanges } from '../../../../_components/prediction-changes.tsx'
import { VersionResult } from '../../../../_components/version-result.tsx'
import { requireViewer, resultOf } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { PAST_RUNS, PastRuns } from '../_components/past-runs.tsx'
import { isUnderWay } from '../_components/run-progress.ts'
import { RunView } from '../_components/run-view.tsx'

export const metadata = { title: 'Training run' }
/** The base of a run is among the latest versions. */
const BASES = 200

export default async function TrainingRun({ params }: ClassifierPageProps<'run'>) {
  const { id, title } = await classifierOfPage(params)
  const { run: runId } = await params
  const user = await requireViewer(classifierPage(id, `train/${runId}`))
  const { queries } = darkroom()
  const run = await resultOf(user.context, () => queries.getRun({ id: runId }))
  const { runs } = await queries.listRuns({ classifier: id, limit: PAST_RUNS })
  const base = run.ok ? await baseOf(run.value) : null
  return (
    <div className="stack">
      <PageHead title={`Training run of ${title}`}>
        {!runs.some(isUnderWay) && (
          <Link href={classifierPage(id, 'train')} {...buttonProps()}>
            {user.may('train') ? 'Train again' : 'All training runs'}
          </Link>
        )}
      </PageHead>
      {run.ok ? (
        <RunView
          key={run.value.id}
          run={run.value}
          mayTrain={user.may('train')}
          result={
            run.value.version_id && (
              <Suspense fallback={<Skeleton height="6rem" />}>
                <VersionResult id={run.value.version_id} />
                {base && <PredictionChanges id={run.value.version_id} base={base.id} />}
              </Suspense>
            )
          }
        />
      ) : (
        <ErrorNotice title="This training run cannot be shown" failure={run.failure} />
      )}
      <PastRuns runs={runs} classifier={id} selected={runId} />
    </div>
  )
}

/** The version that a finished run was compared with; null for a first version, and where it was deleted. */
async function baseOf({ classifier, base_version: name, verdict }: RunAnswer) {
  if (name === null || verdict === null || verdict.kind === 'first') return null
  const { models } = await darkroom().queries.listModels({ classifier, limit: BASES })
  return models.find(({ version }) => version === name) ?? null
}
