/** The report of one version: how good it is, its mistakes, its figures, technical details. */
import type { Metadata } from 'next'
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { currentUser, requireViewer, resultOf } from '../../../../current-user.ts'
import { versionResultOf } from '../../../../version-result-of.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { VersionActions } from '../_components/version-actions.tsx'
import { VersionDetail } from '../_components/version-detail.tsx'
import { VersionFigures } from '../_components/version-figures.tsx'
import { versionNamed, versionsOf } from '../versions-of.ts'

type ReportProps = ClassifierPageProps<'version'>

export async function generateMetadata({ params }: ReportProps): Promise<Metadata> {
  const { version } = await params
  return { title: `Version ${version}` }
}

export default async function VersionReport({ params }: ReportProps) {
  const { id, title, input } = await classifierOfPage(params)
  const { version } = await params
  const user = await requireViewer(classifierPage(id, `versions/${version}`))
  const models = await versionsOf(id)
  const shown = versionNamed(models, version)
  if (!shown) return <MissingVersion classifier={id} title={title} version={version} />
  const promoted = models.find((one) => one.is_champion)
  const model = await resultOf(user.context, () => darkroom().queries.getModel({ id: shown.id }))
  return (
    <div className="stack">
      <PageHead title={`${title} ${shown.version}`}>
        {shown.is_live && <Badge variant="accent">live</Badge>}
        {promoted && promoted.id !== shown.id && (
          <Link
            href={classifierPage(id, 'versions/compare', { a: shown.version, b: promoted.version })}
            {...buttonProps({ size: 'small' })}
          >
            Compare with {promoted.version}
          </Link>
        )}
        <VersionActions version={shown} mayTrain={user.may('train')} />
        <PageHelp topic="version" />
      </PageHead>
      {model.ok ? (
        <>
          <VersionDetail model={model.value} readsDigits={input.fit === 'digit'} />
          <VersionFigures
            card={model.value.card}
            classes={model.value.classes}
            layers={await layersOf(shown)}
            areImagesKnown={await areImagesKnown(shown.id)}
          />
        </>
      ) : (
        <ErrorNotice title="This version cannot be shown" failure={model.failure} />
      )}
    </div>
  )
}

function MissingVersion({
  classifier,
  title,
  version,
}: {
  readonly classifier: string
  readonly title: string
  readonly version: string
}) {
  return (
    <>
      <h1 className="sr-only">Version not found</h1>
      <EmptyState
        icon="alert"
        title={`${title} has no version “${version}”`}
        action={
          <Link href={classifierPage(classifier, 'versions')} {...buttonProps({ variant: 'primary' })}>
            All versions
          </Link>
        }
      >
        It may have been deleted, or the address is misspelled.
      </EmptyState>
    </>
  )
}

/** The images behind the confusion matrix, which is that of the test images where there are some. */
async function areImagesKnown(id: string): Promise<boolean> {
  const result = await versionResultOf(id)
  return (result?.test ?? result?.cross_validation)?.mistakes != null
}

/** Known of the live version, which is loaded. */
async function layersOf({
  classifier,
  is_live: isLive,
}: {
  readonly classifier: string
  readonly is_live: boolean
}) {
  if (!isLive) return []
  const { context } = await currentUser()
  const info = await resultOf(context, () => darkroom().training.modelInfo({ classifier }, context))
  return info.ok ? info.value.architecture : []
}
