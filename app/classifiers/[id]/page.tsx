/** Overview of a classifier: how good it is, what needs attention, and the next step. */
import Link from 'next/link'
import { Suspense } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted, namesText } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { Attention } from '../../_components/attention.tsx'
import { LiveAccuracy } from '../../_components/live-accuracy.tsx'
import { LiveBadge } from '../../_components/live-badge.tsx'
import { PredictionTiles } from '../../_components/prediction-tiles.tsx'
import { VersionResult } from '../../_components/version-result.tsx'
import { currentUser, type CurrentUser } from '../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../classifier-of-page.ts'
import { NextStep } from './_components/next-step.tsx'

const RECENT_PREDICTIONS = 8
const NEWEST = 200 // the live version is among the newest

export default async function Overview({ params }: ClassifierPageProps) {
  const classifier = await classifierOfPage(params)
  const user = await currentUser()
  const { id, title, classes, samples } = classifier
  const { queries } = darkroom()
  const mayView = user.may('view')
  const [runs, recent, problems, live, suggestions] = await Promise.all([
    mayView ? queries.listRuns({ classifier: id, limit: 1 }) : null,
    mayView ? queries.listPredictions({ classifier: id, limit: RECENT_PREDICTIONS }) : null,
    mayView ? queries.listFindings({ classifier: id, limit: 1 }) : null,
    mayView ? liveVersionId(classifier) : null,
    suggestionsFor(classifier, user),
  ])
  const isTraining = runs?.runs[0]?.ended_at === null
  const problemsLink = problems && problems.kinds.length > 0 && (
    <p>
      <Link className="link" href={classifierPage(id, 'images/findings')}>
        {counted(
          problems.kinds.reduce((sum, { count }) => sum + count, 0),
          'problem',
        )}{' '}
        found with the images
      </Link>
    </p>
  )
  return (
    <div className="stack">
      <PageHead title={title} lead={leadOf(classifier)}>
        <LiveBadge classifier={classifier} />
      </PageHead>
      {user.isLoggedIn && (
        <Attention
          runs={runs?.runs ?? []}
          classifiers={[classifier]}
          suggestions={isTraining ? [] : suggestions}
          hidesCorrections
        />
      )}
      {suggestions.length > 0 && !isTraining ? (
        problemsLink
      ) : (
        <NextStep classifier={classifier} user={user} isTraining={isTraining}>
          {problemsLink}
        </NextStep>
      )}
      {classifier.champion && (
        <Card title="Evaluation">
          {live ? (
            <Suspense fallback={<Skeleton height="6rem" />}>
              <VersionResult id={live} />
            </Suspense>
          ) : (
            <LiveAccuracy champion={classifier.champion} />
          )}
        </Card>
      )}
      <Card title="Images and classes">
        <Facts>
          <Fact name="Images">
            <FigureNumber count={samples.total} />
          </Fact>
          <Fact name="New since the last training run">
            <FigureNumber count={samples.unseen} />
          </Fact>
          <Fact name="Predictions today">
            <FigureNumber count={classifier.predictions_today} />
          </Fact>
          {classifier.champion && (
            <Fact name="Went live">
              <RelativeTime at={classifier.champion.promoted_at} />
            </Fact>
          )}
        </Facts>
        <p className="small">{classes.length === 0 ? 'No classes yet.' : namesText(classes, ' · ')}</p>
      </Card>
      {recent && recent.predictions.length > 0 && (
        <Card
          title="Recent predictions"
          aside={
            <Link className="link small" href={classifierPage(id, 'history')}>
              Show all {recent.total.toLocaleString('en-GB')}
            </Link>
          }
        >
          <PredictionTiles predictions={recent.predictions} />
        </Card>
      )}
    </div>
  )
}

const leadOf = ({ classes, samples }: ClassifierAnswer): string =>
  `${counted(classes.length, 'class', 'classes')}, ${counted(samples.total, 'image')}.`

async function liveVersionId({ id, live_version: name }: ClassifierAnswer): Promise<string | null> {
  if (name === null) return null
  const { models } = await darkroom().queries.listModels({ classifier: id, limit: NEWEST })
  return models.find(({ version }) => version === name)?.id ?? null
}

async function suggestionsFor({ id, samples }: ClassifierAnswer, { may, context }: CurrentUser) {
  if (!may('train') || samples.unseen === 0) return []
  const outlook = await darkroom().training.getAutoRetrain({ id }, context)
  return outlook.state === 'suggest' ? [outlook] : []
}
