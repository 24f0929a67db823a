/** Starts a training run and shows its progress and result; below it, the earlier runs. */
import Link from 'next/link'
import { Suspense } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { ClassifierPageHead } from '../_components/classifier-page-head.tsx'
import { NetworkOffers } from '../../../_components/network-offers.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { PredictionChanges } from '../../../_components/prediction-changes.tsx'
import { VersionResult } from '../../../_components/version-result.tsx'
import { selectClassifier } from '../../../select-classifier.ts'
import { resultOf, requireViewer, queryOf, type PageProps } from '../../../current-user.ts'
import { AutoRetrainCard } from './_components/auto-retrain-card.tsx'
import { BackboneNotice } from './_components/backbone-notice.tsx'
import { PastRuns } from './_components/past-runs.tsx'
import { planText } from './_components/plan-text.ts'
import { RunView } from './_components/run-view.tsx'
import { StartForm } from './_components/start-form.tsx'

export const metadata = { title: 'Retrain' }
const PAST_RUNS = 25
/** The base of a run is among the latest versions. */
const BASES = 200
const LEAD =
  'Train a new version on all images. It goes live only if it performs at least as well as the current version.'
const isActive = ({ state }: RunAnswer) => state === 'queued' || state === 'running' || state === 'judging'

/** Photographs in colour can start from a pretrained network. */
const isOfPhotographs = ({ input }: ClassifierAnswer) => input.channels === 3 && input.fit !== 'digit'
/** A first version starts from the default one. */
const usesBackbone = (classifier: ClassifierAnswer) =>
  classifier.champion === null && isOfPhotographs(classifier)

/** The version that a finished run was compared with; null for a first version, and where it was deleted. */
async function baseOf({ classifier, base_version: name, verdict }: RunAnswer) {
  if (name === null || verdict === null || verdict.kind === 'first') return null
  const { models } = await darkroom().queries.listModels({ classifier, limit: BASES })
  return models.find(({ version }) => version === name) ?? null
}

export default async function Retrain(props: PageProps) {
  const query = await queryOf(props)
  const user = await requireViewer('/retrain')
  const selection = await selectClassifier(query.classifier)
  const { selected } = selection
  const head = (
    <ClassifierPageHead title="Retrain" lead={LEAD} selection={selection} mayUpload={user.may('upload')} />
  )
  if (selected === null) return head
  const { queries, training } = darkroom()
  const { runs } = await queries.listRuns({ classifier: selected.id, limit: PAST_RUNS })
  const status = await queries.retrainStatus({})
  const active = runs.find(isActive)
  const { networks } = isOfPhotographs(selected)
    ? await training.listBackbones({}, user.context)
    : { networks: [] }
  const backbone = usesBackbone(selected) ? await training.getBackbone({}, user.context) : null
  // a person's run takes the place of one that started by itself
  const isHeldUp = active !== undefined && !active.is_automatic
  const automatic = await training.getAutoRetrain({ id: selected.id }, user.context)
  const runId = query.run ?? active?.id
  const opened = runId ? await resultOf(user.context, () => queries.getRun({ id: runId })) : null
  const base = opened?.ok ? await baseOf(opened.value) : null
  return (
    <div className="stack">
      {head}
      {!isHeldUp && status.is_running && status.classifier !== selected.id && (
        <Notice title="Another classifier is being trained">
          Only one training run can be active at a time. {status.classifier} is {Math.floor(status.progress)}{' '}
          % complete.{' '}
          <Link className="link" href={`/retrain?classifier=${status.classifier}`}>
            Show progress
          </Link>
        </Notice>
      )}
      {!isHeldUp && (
        <Card
          title={selected.champion ? `Retrain ${selected.title}` : `Train ${selected.title}`}
          variant="accent"
        >
          <p>{planText(selected, runs)}</p>
          <PermissionGate user={user} scope="train" action="start a training run">
            {backbone && <BackboneNotice backbone={backbone} />}
            <StartForm
              classifier={selected.id}
              hasLiveVersion={selected.champion !== null}
              hasNewImages={selected.samples.unseen > 0 || selected.corrections_waiting > 0}
              isBlocked={status.is_running && !active}
              networks={networks.filter(({ state }) => state === 'installed')}
            />
            <NetworkOffers networks={networks} />
          </PermissionGate>
          {selected.samples.unseen === 0 && user.may('upload') && (
            <div className="row">
              <Link href={`/upload?classifier=${selected.id}`} {...buttonProps({ size: 'small' })}>
                Upload more images
              </Link>
            </div>
          )}
        </Card>
      )}
      {opened?.ok === true && (
        <RunView
          key={opened.value.id}
          run={opened.value}
          mayTrain={user.may('train')}
          result={
            opened.value.version_id && (
              <Suspense fallback={<Skeleton height="6rem" />}>
                <VersionResult id={opened.value.version_id} />
                {base && <PredictionChanges id={opened.value.version_id} base={base.id} />}
              </Suspense>
            )
          }
        />
      )}
      {opened?.ok === false && (
        <ErrorNotice title="This training run cannot be shown" failure={opened.failure} />
      )}
      <AutoRetrainCard automatic={automatic} user={user} />
      <PastRuns runs={runs} classifier={selected.id} selected={opened?.ok ? opened.value.id : null} />
    </div>
  )
}
