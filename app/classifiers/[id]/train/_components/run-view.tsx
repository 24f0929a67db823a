'use client'
/** One training run: its progress, curves and log while it is active, then its evaluation result. */
import { useRouter } from 'next/navigation'
import { useEffect, type ReactNode } from 'react'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { earlyStopSentence } from '#lib/domain/evaluation/early-stop.ts'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { Curves } from '../../../../_components/curves.tsx'
import { RunState } from '../../../../_components/run-state.tsx'
import { EvaluationCard } from './evaluation-card.tsx'
import { RunActions } from './run-actions.tsx'
import { LossPerStep, RunFigures, RunLog } from './run-figures.tsx'
import { isUnderWay, runProgress } from './run-progress.ts'
import { useRunStream } from './use-run-stream.ts'

type RunViewProps = {
  readonly run: RunAnswer
  readonly mayTrain: boolean
  /** How good the new version is; absent before there is one. */
  readonly result?: ReactNode
}

export function RunView({ run: first, mayTrain, result }: RunViewProps) {
  const router = useRouter()
  const stream = useRunStream(first, () => router.refresh())
  const { run, points, isLost } = stream
  const isLive = isUnderWay(run)
  useEffect(() => {
    if (run.state !== first.state) router.refresh()
  }, [run.state, first.state, router]) // updates the list below, also after the last state
  return (
    <div className="stack">
      {run.verdict && (
        <EvaluationCard run={run} verdict={run.verdict}>
          {result}
        </EvaluationCard>
      )}
      {run.state === 'failed' && (
        <ErrorNotice title="Training failed" failure={{ detail: run.error ?? run.message }} />
      )}
      <Card
        title={isLive ? 'Training' : 'Training run'}
        aside={<RunState state={run.state} />}
        actions={mayTrain && <RunActions run={run} onChange={stream.put} />}
      >
        {isLive && <Progress {...runProgress(run)} />}
        {!isLive && !run.error && !run.verdict && <p>{run.message}</p>}
        {run.stopped_early && (
          <p>
            {earlyStopSentence({ ...run, points })}
            {run.best_epoch !== null && ` The weights of epoch ${run.best_epoch} are used.`}
          </p>
        )}
        {isLost && isLive && (
          <Notice>The connection was lost. Training continues; reload the page to follow it.</Notice>
        )}
        <RunFigures {...stream} />
        <PhoneFold title="Curves and log" isOpen={isLive}>
          {points.length > 1 ? <Curves points={points} /> : <LossPerStep {...stream} />}
          <RunLog {...stream} />
        </PhoneFold>
      </Card>
    </div>
  )
}
