/** How a script, a phone and other programs use one classifier. */
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { requireViewer, resultOf, type CurrentUser } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { downloadsOf } from '../_components/downloads.ts'
import { VersionDownloads } from '../_components/version-downloads.tsx'
import { PhoneCard } from './_components/phone-card.tsx'
import { ProgramsCard } from './_components/programs-card.tsx'

export const metadata = { title: 'Use' }
const NEWEST = 200 // the live version is among the newest

export default async function Use({ params }: ClassifierPageProps) {
  const { id, title, input, live_version: live } = await classifierOfPage(params)
  const user = await requireViewer(classifierPage(id, 'use'))
  const { queries, settings } = darkroom()
  const { models } = await queries.listModels({ classifier: id, limit: NEWEST })
  const version = models.find((one) => one.version === live)
  const { origin } = user.context
  return (
    <div className="stack">
      <PageHead title="Use" lead={`Use ${title} from a script, a phone or another program.`}>
        <PageHelp topic="use" />
      </PageHead>
      {version === undefined && (
        <p className="notice" role="note">
          No version is live yet. Predictions are possible once the first training run has ended.
        </p>
      )}
      <ProgramsCard
        classifier={{ id, title }}
        origin={origin}
        isPublic={settings().publicPredict}
        denialReason={user.denialReason('admin', 'create an API key')}
      />
      <PhoneCard address={`${origin}${classifierPage(id, 'predict')}`} />
      {version && <Downloads version={version} user={user} readsDigits={input.fit === 'digit'} />}
    </div>
  )
}

async function Downloads({
  version: { id, version },
  user,
  readsDigits,
}: {
  readonly version: VersionAnswer
  readonly user: CurrentUser
  readonly readsDigits: boolean
}) {
  const model = await resultOf(user.context, () => darkroom().queries.getModel({ id }))
  return (
    <Card title="Downloads">
      <p className="small">Download the live version, {version}, to use it without Darkroom.</p>
      {model.ok ? (
        <VersionDownloads id={id} downloads={downloadsOf(model.value.card, readsDigits)} />
      ) : (
        <ErrorNotice title="This version cannot be downloaded" failure={model.failure} />
      )}
    </Card>
  )
}
