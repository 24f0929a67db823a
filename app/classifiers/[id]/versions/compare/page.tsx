/** Two versions of a classifier, `a` and `b` in the address, compared on the same images. */
import { Suspense } from 'react'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { PredictionChanges } from '../../../../_components/prediction-changes.tsx'
import { currentUser, queryOf, requireViewer, resultOf } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { CompareForm } from '../_components/compare-form.tsx'
import { ComparisonCard } from '../_components/comparison-card.tsx'
import { VersionActions } from '../_components/version-actions.tsx'
import { versionNamed, versionsOf } from '../versions-of.ts'

export const metadata = { title: 'Compare versions' }

export default async function CompareVersions(props: ClassifierPageProps) {
  const { a, b } = await queryOf(props)
  const { id, title } = await classifierOfPage(props.params)
  const user = await requireViewer(classifierPage(id, 'versions/compare', { a, b }))
  const models = await versionsOf(id)
  const base = versionNamed(models, b) ?? models.find((one) => one.is_champion)
  const candidate = versionNamed(models, a)
  const isSame = candidate !== undefined && candidate.id === base?.id
  return (
    <div className="stack">
      <PageHead
        title="Compare versions"
        lead="Both versions predict the same images, each by a model that was trained without the image."
      />
      {models.length < 2 ? (
        <EmptyState icon="models" title={`${title} has fewer than two versions`} />
      ) : (
        <Card>
          <CompareForm
            models={models}
            classifier={id}
            candidate={(candidate ?? models.find((one) => one.id !== base?.id))?.version}
            base={base?.version}
          />
          {candidate && !candidate.is_champion && !isSame && (
            <div className="row">
              <strong>{candidate.version}</strong>
              <VersionActions version={candidate} mayTrain={user.may('train')} />
            </div>
          )}
          {candidate && base && !isSame && (
            <Suspense
              key={`${candidate.id} ${base.id}`}
              fallback={
                <div role="status">
                  <p className="small muted">
                    Evaluating both versions on the same images. This may take a minute.
                  </p>
                  <Skeleton height="14rem" />
                </div>
              }
            >
              <Comparison candidate={candidate.id} base={base.id} />
            </Suspense>
          )}
          {isSame && (
            <p className="field-error">You selected the same version twice. Select two different versions.</p>
          )}
        </Card>
      )}
    </div>
  )
}

async function Comparison({ candidate, base }: { readonly candidate: string; readonly base: string }) {
  const { context } = await currentUser()
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
