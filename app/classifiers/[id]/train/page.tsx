/** Starts a training run; below it, the earlier ones. A run has its own page, train/<run>. */
import Link from 'next/link'
import { redirect } from 'next/navigation'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Notice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { NetworkOffers } from '../../../_components/network-offers.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { requireViewer } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { AutoRetrainCard } from './_components/auto-retrain-card.tsx'
import { BackboneNotice } from './_components/backbone-notice.tsx'
import { PAST_RUNS, PastRuns } from './_components/past-runs.tsx'
import { planText } from './_components/plan-text.ts'
import { StartForm } from './_components/start-form.tsx'
import { isUnderWay } from './_components/run-progress.ts'

export const metadata = { title: 'Train' }
const LEAD =
  'Train a new version on all images. It goes live only if it performs at least as well as the current version.'

/** Photographs in colour can start from a pretrained network. */
const isOfPhotographs = ({ input }: ClassifierAnswer) => input.channels === 3 && input.fit !== 'digit'
/** A first version starts from the default one. */
const usesBackbone = (classifier: ClassifierAnswer) =>
  classifier.champion === null && isOfPhotographs(classifier)

export default async function Train({ params }: ClassifierPageProps) {
  const classifier = await classifierOfPage(params)
  const { id, title, champion, samples } = classifier
  const user = await requireViewer(classifierPage(id, 'train'))
  const { queries, training } = darkroom()
  const { runs } = await queries.listRuns({ classifier: id, limit: PAST_RUNS })
  const active = runs.find(isUnderWay)
  // a run that a person starts replaces an automatic one
  if (active && !active.is_automatic) redirect(classifierPage(id, `train/${active.id}`))
  const status = await queries.retrainStatus({})
  const { networks } = isOfPhotographs(classifier)
    ? await training.listBackbones({}, user.context)
    : { networks: [] }
  const backbone = usesBackbone(classifier) ? await training.getBackbone({}, user.context) : null
  const automatic = await training.getAutoRetrain({ id }, user.context)
  return (
    <div className="stack">
      <PageHead title="Train" lead={LEAD}>
        <PageHelp topic="train" />
      </PageHead>
      {active && (
        <Notice title="An automatic training run is active">
          If you start another one, it replaces this one.{' '}
          <Link className="link" href={classifierPage(id, `train/${active.id}`)}>
            Show progress
          </Link>
        </Notice>
      )}
      {status.is_running && status.classifier !== id && <OtherRun status={status} />}
      <Card title={champion ? `Retrain ${title}` : `Train ${title}`} variant="accent">
        <p>{planText(classifier, runs)}</p>
        <PermissionGate user={user} scope="train" action="start a training run">
          {backbone && <BackboneNotice backbone={backbone} />}
          <StartForm
            key={id}
            classifier={id}
            hasLiveVersion={champion !== null}
            hasNewImages={samples.unseen > 0 || classifier.corrections_waiting > 0}
            isBlocked={status.is_running && !active}
            networks={networks.filter(({ state }) => state === 'installed')}
          />
          <NetworkOffers networks={networks} />
        </PermissionGate>
        {samples.unseen === 0 && user.may('upload') && (
          <div className="row">
            <Link href={classifierPage(id, 'images/add')} {...buttonProps({ size: 'small' })}>
              Upload more images
            </Link>
          </div>
        )}
      </Card>
      <AutoRetrainCard automatic={automatic} user={user} />
      <PastRuns runs={runs} classifier={id} selected={null} />
    </div>
  )
}

/** Only one training run can be active at a time. */
function OtherRun({
  status: { classifier, progress },
}: {
  readonly status: Output<Routes['GET /api/retrain/status']>
}) {
  return (
    <Notice title="Another classifier is being trained">
      Only one training run can be active at a time. {classifier} is {Math.floor(progress)} % complete.{' '}
      {classifier !== null && (
        <Link className="link" href={classifierPage(classifier, 'train')}>
          Show progress
        </Link>
      )}
    </Notice>
  )
}
