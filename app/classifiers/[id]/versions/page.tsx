/** The versions of a classifier with their evaluation results and actions. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Notice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { faultText } from '../../../_components/broken-version-text.ts'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { currentUser, type CurrentUser } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { CompareForm } from './_components/compare-form.tsx'
import { LiveVersionReport } from './_components/live-version-report.tsx'
import { RollbackButton } from './_components/rollback-button.tsx'
import { VersionList } from './_components/version-list.tsx'
import { versionsOf } from './versions-of.ts'

export const metadata = { title: 'Versions' }

/** Without a login only the live version is shown. */
export default async function Versions({ params }: ClassifierPageProps) {
  const classifier = await classifierOfPage(params)
  const user = await currentUser()
  return (
    <div className="stack">
      <PageHead
        title="Versions"
        lead="Every training run creates a version. One is live and makes the predictions; you can switch."
      >
        <PageHelp topic="versions" />
      </PageHead>
      {user.may('view') ? (
        <AllVersions classifier={classifier} user={user} />
      ) : (
        <LiveVersionReport user={user} classifier={classifier} />
      )}
    </div>
  )
}

async function AllVersions({
  classifier: { id, title },
  user,
}: {
  readonly classifier: ClassifierAnswer
  readonly user: CurrentUser
}) {
  const models = await versionsOf(id)
  const promoted = models.find((one) => one.is_champion)
  const mayRollBack = user.may('train') && models.some((one) => one.was_champion && !one.is_champion)
  const status = await darkroom().queries.retrainStatus({ classifier: id })
  const idleLabel = user.may('train') ? 'Train' : 'Training runs'
  const trainingLink = (
    <Link
      href={classifierPage(id, 'train')}
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
      <EmptyState icon="models" title={`${title} has no version yet`} action={trainingLink}>
        {status.is_running
          ? `Its first training run is ${Math.floor(status.progress)} % complete.`
          : 'The first training run creates one.'}
      </EmptyState>
    )
  }
  const newestOther = models.find((one) => one.id !== promoted?.id)
  return (
    <>
      {status.is_running && (
        <Notice title={`${title} is being trained: ${Math.floor(status.progress)} % complete`}>
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
            <RollbackButton classifier={id} liveVersion={promoted.version} />
          ) : undefined
        }
      >
        <VersionList models={models} classifier={id} mayTrain={user.may('train')} />
        {user.may('edit') && (
          <div>
            <Link {...buttonProps({ size: 'small' })} href={classifierPage(id, 'versions/import')}>
              Import a version
            </Link>
          </div>
        )}
        <PermissionGate user={user} scope="train" action="promote, roll back or delete versions" />
      </Card>
      {models.length > 1 && (
        <Card title="Compare two versions">
          <CompareForm
            models={models}
            classifier={id}
            candidate={newestOther?.version}
            base={promoted?.version}
          />
        </Card>
      )}
    </>
  )
}
