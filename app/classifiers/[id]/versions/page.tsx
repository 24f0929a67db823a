/** The versions of a classifier with their evaluation results and actions; one in detail, two compared. */
import Link from 'next/link'
import { Suspense } from 'react'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { ClassifierPageHead } from '../_components/classifier-page-head.tsx'
import { faultText } from '../../../_components/broken-version-text.ts'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { PredictionChanges } from '../../../_components/prediction-changes.tsx'
import { selectClassifier } from '../../../select-classifier.ts'
import { resultOf, requireViewer, queryOf, type PageProps } from '../../../current-user.ts'
import { CompareForm } from './_components/compare-form.tsx'
import { ComparisonCard } from './_components/comparison-card.tsx'
import { RollbackButton } from './_components/rollback-button.tsx'
import { VersionDetail } from './_components/version-detail.tsx'
import { VersionList } from './_components/version-list.tsx'

export const metadata = { title: 'Models' }
const MAX_VERSIONS = 200

export default async function Models(props: PageProps) {
  const query = await queryOf(props)
  const user = await requireViewer('/models')
  const selection = await selectClassifier(query.classifier)
  const { selected } = selection
  const head = (
    <ClassifierPageHead
      title="Models"
      lead="Every training run creates an immutable version. One is live; you can switch to any other."
      selection={selection}
      mayUpload={user.may('upload')}
    />
  )
  if (selected === null) return head
  const { models } = await darkroom().queries.listModels({ classifier: selected.id, limit: MAX_VERSIONS })
  const promoted = models.find((one) => one.is_champion)
  const mayRollBack = user.may('train') && models.some((one) => one.was_champion && !one.is_champion)
  const candidate = models.find(({ id }) => id === query.challenger)
  const base = models.find(({ id }) => id === query.with) ?? promoted
  const status = await darkroom().queries.retrainStatus({ classifier: selected.id })
  const idleLabel = user.may('train') ? 'Train' : 'Training runs'
  const trainingLink = (
    <Link
      href={`/retrain?classifier=${selected.id}`}
      {...buttonProps({
        variant: models.length === 0 ? 'primary' : 'plain',
        size: models.length === 0 ? 'normal' : 'small',
      })}
    >
      {status.is_running ? 'Show progress' : idleLabel}
    </Link>
  )
  if (models.length === 0) {
    return (
      <>
        {head}
        <EmptyState icon="models" title={`${selected.title} has no version yet`} action={trainingLink}>
          {status.is_running
            ? `Its first training run is ${Math.floor(status.progress)} % complete.`
            : 'The first training run creates one.'}
        </EmptyState>
      </>
    )
  }
  return (
    <div className="stack">
      {head}
      {status.is_running && (
        <Notice title={`${selected.title} is being trained: ${Math.floor(status.progress)} % complete`}>
          <p>The new version will appear here.</p>
          <div className="mt-2">{trainingLink}</div>
        </Notice>
      )}
      {promoted && promoted.fault !== null && (
        <Notice title={`Version ${promoted.version} cannot be loaded`}>
          <p>
            {faultText({
              fault: promoted.fault,
              live_version: models.find((one) => one.is_live)?.version ?? null,
            })}
          </p>
        </Notice>
      )}
      <Card
        title="Versions"
        aside={
          mayRollBack && promoted ? (
            <RollbackButton classifier={selected.id} liveVersion={promoted.version} />
          ) : undefined
        }
      >
        <VersionList
          models={models}
          classifier={selected.id}
          selected={query.version ?? null}
          mayTrain={user.may('train')}
        />
        <PermissionGate user={user} scope="train" action="promote, roll back or delete versions" />
      </Card>
      {query.version && (
        <Suspense key={query.version} fallback={<Skeleton height="16rem" />}>
          <Detail id={query.version} />
        </Suspense>
      )}
      {models.length > 1 && (
        <Card title="Compare two versions" id="compare">
          <CompareForm
            models={models}
            classifier={selected.id}
            candidate={candidate?.id ?? models.find((one) => one.id !== base?.id)?.id ?? ''}
            base={base?.id ?? ''}
          />
          {candidate && base && candidate.id !== base.id && (
            <Suspense
              key={`${candidate.id} ${base.id}`}
              fallback={
                <div role="status">
                  <p className="small muted">
                    Evaluating both versions on the same test images. This may take a minute.
                  </p>
                  <Skeleton height="14rem" />
                </div>
              }
            >
              <Compared candidate={candidate.id} base={base.id} />
            </Suspense>
          )}
          {candidate && candidate.id === base?.id && (
            <p className="field-error">You selected the same version twice. Select two different versions.</p>
          )}
        </Card>
      )}
    </div>
  )
}

async function Detail({ id }: { id: string }) {
  const { context } = await requireViewer('/models')
  const model = await resultOf(context, () => darkroom().queries.getModel({ id }))
  return model.ok ? (
    <VersionDetail model={model.value} />
  ) : (
    <ErrorNotice title="This version cannot be shown" failure={model.failure} />
  )
}

async function Compared({ candidate, base }: { candidate: string; base: string }) {
  const { context } = await requireViewer('/models')
  const comparison = await resultOf(context, () =>
    darkroom().training.compareModels({ id: candidate, with: base }, context),
  )
  return comparison.ok ? (
    <>
      <ComparisonCard comparison={comparison.value} />
      <PredictionChanges id={candidate} base={base} />
    </>
  ) : (
    <ErrorNotice title="The versions cannot be compared" failure={comparison.failure} />
  )
}
