'use client'
/** One training, live while it runs: how far, how fast, its curves and log; then what it made and whether
 *  that is better. */
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { earlyStopSentence } from '#lib/domain/early-stop.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { Curves } from '../../_components/curves.tsx'
import { failureOf } from '../../_components/failure.ts'
import { RunState } from '../../_components/run-state.tsx'
import { isUnderWay, useFollowedRun, type FollowedRun } from './followed-run.ts'
import { VerdictCard } from './verdict-card.tsx'

export function RunView({ run: first, mayTrain }: { readonly run: RunAnswer; readonly mayTrain: boolean }) {
  const router = useRouter()
  const followed = useFollowedRun(first, () => {
    // once it has ended, the page shows it only by its name
    router.replace(`/retrain?classifier=${first.classifier}&run=${first.id}`, { scroll: false })
    router.refresh()
  })
  const { run, points, isLost } = followed
  const isLive = isUnderWay(run)
  useEffect(() => {
    if (isLive && run.state !== first.state) router.refresh()
  }, [isLive, run.state, first.state, router]) // for the list below
  return (
    <div className="stack">
      {run.verdict && <VerdictCard run={run} verdict={run.verdict} />}
      {run.state === 'failed' && (
        <ErrorNotice title="This training failed" failure={{ detail: run.error ?? run.message }} />
      )}
      <Card
        title={isLive ? 'Training' : 'The training'}
        aside={<RunState state={run.state} />}
        actions={mayTrain && <Actions run={run} isLive={isLive} onChange={followed.put} />}
      >
        {isLive ? (
          <Progress
            label={run.message}
            percent={run.state === 'queued' ? null : run.progress}
            detail={etaText(followed)}
          />
        ) : (
          !run.error && !run.verdict && <p>{run.message}</p>
        )}
        {run.stopped_early && (
          <p>
            {earlyStopSentence({ ...run, points })}
            {run.best_epoch !== null && ` What it had learnt by epoch ${run.best_epoch} is kept.`}
          </p>
        )}
        {isLost && isLive && (
          <Notice>
            The connection was lost. Load the page again to go on watching; the training goes on without it.
          </Notice>
        )}
        <Figures {...followed} />
        {points.length > 1 ? <Curves points={points} /> : <Steps {...followed} />}
        <Log {...followed} />
      </Card>
    </div>
  )
}

function Figures({ run, steps }: FollowedRun) {
  const last = steps.at(-1)
  return (
    <dl className="facts">
      <div>
        <dt>Epoch</dt>
        <dd>
          {last ? Math.max(run.epoch, last.epoch) : run.epoch} of{' '}
          {isUnderWay(run) && run.epochs > 1 && 'up to '}
          {run.epochs}
        </dd>
      </div>
      <div>
        <dt>Step</dt>
        <dd>
          {last?.step ?? run.step} of {last?.steps ?? run.steps}
        </dd>
      </div>
      {last && (
        <div>
          <dt>Loss</dt>
          <dd>{last.loss.toPrecision(3)}</dd>
        </div>
      )}
      {last && (
        <div>
          <dt>Speed</dt>
          <dd>
            <FigureNumber amount={last.images_per_second} unit="pictures/s" digits={0} />
          </dd>
        </div>
      )}
      <div>
        <dt>Memory</dt>
        <dd>
          {(last?.memory_mb ?? run.memory_mb) === null ? (
            '–'
          ) : (
            <FigureNumber amount={last?.memory_mb ?? run.memory_mb} unit="MB" digits={0} />
          )}
        </dd>
      </div>
      {run.images && (
        <div>
          <dt>Learns from</dt>
          <dd>
            <FigureNumber count={run.images.train} unit="picture" />
          </dd>
        </div>
      )}
      <div>
        <dt>Engine</dt>
        <dd>{run.engine ?? '–'}</dd>
      </div>
      <div>
        <dt>Recipe</dt>
        <dd>
          {run.recipe}
          {run.base_version && ` from ${run.base_version}`}
        </dd>
      </div>
      <div>
        <dt>Seed</dt>
        <dd>{run.seed}</dd>
      </div>
    </dl>
  )
}

function Steps({ steps }: FollowedRun) {
  if (steps.length < 2) return null
  return (
    <Chart
      level={3}
      kind="line"
      title="Loss, step by step"
      description="How wrong the answers are on each small group of pictures; it should fall."
      labelName="Step"
      valueName="Loss"
      labels={steps.map(({ step }) => String(step))}
      series={[{ name: 'loss', values: steps.map(({ loss }) => loss) }]}
    />
  )
}

function Log({ lines }: FollowedRun) {
  if (lines.length === 0) return null
  return (
    <details>
      <summary className="small">
        Log ({lines.length} {lines.length === 1 ? 'line' : 'lines'})
      </summary>
      <div className="log mt-2" role="log" aria-label="Log of the training" tabIndex={0}>
        {lines.map(({ seq, at, message }) => (
          <div key={seq}>
            <span className="muted">{at.slice(11, 19)}</span> {message}
          </div>
        ))}
      </div>
    </details>
  )
}

function Actions({
  run,
  isLive,
  onChange,
}: {
  run: RunAnswer
  isLive: boolean
  onChange: (run: RunAnswer) => void
}) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const ask = async (route: 'POST /api/runs/{id}/cancel' | 'POST /api/runs/{id}/resume') => {
    setIsBusy(true)
    try {
      onChange(await call(route, { id: run.id }))
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
    }
  }
  if (isLive)
    return run.state === 'judging' ? null : (
      <Button
        variant="danger"
        size="small"
        isBusy={isBusy}
        onClick={() => void ask('POST /api/runs/{id}/cancel')}
      >
        Stop the training
      </Button>
    )
  return run.can_resume ? (
    <Button
      size="small"
      variant="primary"
      isBusy={isBusy}
      onClick={() => void ask('POST /api/runs/{id}/resume')}
    >
      Go on with it
    </Button>
  ) : null
}

function etaText({ run, steps }: FollowedRun): string {
  const eta = steps.at(-1)?.eta_seconds ?? run.eta_seconds
  const percent = `${Math.floor(run.progress)} %`
  return run.state === 'running' && eta !== null
    ? `${percent}, at most about ${durationText(eta)} to go`
    : percent
}
