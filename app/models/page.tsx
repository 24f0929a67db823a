/** The versions of a classifier: who answers, how each was judged, what may be done with it; one in full, two
 *  side by side. */
import Link from 'next/link'
import { Suspense } from 'react'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { Card } from '#lib/ui/card.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { faultText } from '../_components/fault-text.ts'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { Offered } from '../_components/offered.tsx'
import { chosenClassifier } from '../classifiers.ts'
import { answered, knownVisitor, queryOf, type PageProps } from '../visitor.ts'
import { CompareForm } from './_components/compare-form.tsx'
import { ComparisonCard } from './_components/comparison-card.tsx'
import { RollbackButton } from './_components/rollback-button.tsx'
import { VersionDetail } from './_components/version-detail.tsx'
import { VersionList } from './_components/version-list.tsx'

export const metadata = { title: 'Models' }
const MOST_VERSIONS = 200

export default async function Models(props: PageProps) {
  const query = await queryOf(props)
  const who = await knownVisitor('/models')
  const { classifiers, chosen, missing } = await chosenClassifier(who, query.classifier)
  const head = (
    <PageHead
      title="Models"
      lead={
        'Each training makes a version, and none changes afterwards. One of them answers; the others ' +
        'wait, and any can come back.'
      }
    >
      {chosen && classifiers.length > 1 && <ClassifierChoice classifiers={classifiers} chosen={chosen.id} />}
    </PageHead>
  )
  if (chosen === null)
    return (
      <>
        {head}
        <NoClassifier missing={missing} mayUpload={who.may('upload')} />
      </>
    )
  const { models } = await darkroom().data.listModels(
    { classifier: chosen.id, limit: MOST_VERSIONS },
    who.asked,
  )
  const champion = models.find((one) => one.is_champion)
  const mayRollBack = who.may('train') && models.some((one) => one.was_champion && !one.is_champion)
  const challenger = models.find(({ id }) => id === query.challenger)
  const base = models.find(({ id }) => id === query.with) ?? champion
  const status = await darkroom().data.retrainStatus({ classifier: chosen.id }, who.asked)
  const training = who.may('train') ? 'Train it' : 'Training runs'
  const watch = (
    <Link
      href={`/retrain?classifier=${chosen.id}`}
      {...looksLikeButton({
        variant: models.length === 0 ? 'primary' : 'plain',
        size: models.length === 0 ? 'normal' : 'small',
      })}
    >
      {status.is_running ? 'Watch the training' : training}
    </Link>
  )
  if (models.length === 0) {
    return (
      <>
        {head}
        <EmptyState icon="models" title={`${chosen.title} has no version yet`} action={watch}>
          {status.is_running
            ? `Its first training is under way, ${Math.floor(status.progress)} % done; it makes the first version.`
            : 'The first training makes one.'}
        </EmptyState>
      </>
    )
  }
  return (
    <div className="stack">
      {head}
      {status.is_running && (
        <Notice title={`A training of ${chosen.title} is under way, ${Math.floor(status.progress)} % done`}>
          <p>What it makes will stand here.</p>
          <div className="mt-2">{watch}</div>
        </Notice>
      )}
      {champion && champion.fault !== null && (
        <Notice title={`Version ${champion.version} cannot be loaded`}>
          <p>
            {faultText({
              fault: champion.fault,
              live_version: models.find((one) => one.is_live)?.version ?? null,
            })}
          </p>
        </Notice>
      )}
      <Card
        title="Versions"
        aside={
          mayRollBack && champion ? (
            <RollbackButton classifier={chosen.id} champion={champion.version} />
          ) : undefined
        }
      >
        <VersionList
          models={models}
          classifier={chosen.id}
          shown={query.version ?? null}
          mayTrain={who.may('train')}
        />
        <Offered to={who} scope="train" action="promote, roll back or delete versions" />
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
            classifier={chosen.id}
            challenger={challenger?.id ?? models.find((one) => one.id !== base?.id)?.id ?? ''}
            base={base?.id ?? ''}
          />
          {challenger && base && challenger.id !== base.id && (
            <Suspense
              key={`${challenger.id} ${base.id}`}
              fallback={
                <div role="status">
                  <p className="small muted">
                    Both versions answer the same pictures. This may take a minute.
                  </p>
                  <Skeleton height="14rem" />
                </div>
              }
            >
              <Compared challenger={challenger.id} base={base.id} />
            </Suspense>
          )}
          {challenger && challenger.id === base?.id && (
            <p className="field-error">These are the same version. Choose two different ones.</p>
          )}
        </Card>
      )}
    </div>
  )
}

async function Detail({ id }: { id: string }) {
  const { asked } = await knownVisitor('/models')
  const model = await answered(asked, () => darkroom().data.getModel({ id }, asked))
  return model.ok ? (
    <VersionDetail model={model.value} />
  ) : (
    <ErrorNotice title="This version cannot be shown" failure={model.failure} />
  )
}

async function Compared({ challenger, base }: { challenger: string; base: string }) {
  const { asked } = await knownVisitor('/models')
  const comparison = await answered(asked, () =>
    darkroom().training.compareModels({ id: challenger, with: base }, asked),
  )
  return comparison.ok ? (
    <ComparisonCard comparison={comparison.value} />
  ) : (
    <ErrorNotice title="These two cannot be compared" failure={comparison.failure} />
  )
}
