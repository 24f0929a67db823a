'use client'
/** The figures, the loss per step and the log of a training run. */
import { counted } from '#lib/domain/text/count-text.ts'
import { Chart } from '#lib/ui/chart.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Time } from '#lib/ui/time.tsx'
import { isUnderWay } from './run-progress.ts'
import type { RunStream } from './use-run-stream.ts'

export function RunFigures({ run, steps: reported }: RunStream) {
  const last = reported.at(-1)
  const steps = last?.steps ?? run.steps
  const memory = last?.memory_mb ?? run.memory_mb
  return (
    <Facts>
      <Fact name="Epoch">
        {last ? Math.max(run.epoch, last.epoch) : run.epoch} of{' '}
        {isUnderWay(run) && run.epochs > 1 && 'up to '}
        {run.epochs}
      </Fact>
      {steps > 0 && (
        <Fact name="Step">
          {last?.step ?? run.step} of {steps}
        </Fact>
      )}
      {last && <Fact name="Loss">{last.loss.toPrecision(3)}</Fact>}
      {last && (
        <Fact name="Speed">
          <FigureNumber amount={last.images_per_second} unit="images/s" digits={0} />
        </Fact>
      )}
      <Fact name="Memory">
        {memory === null ? '–' : <FigureNumber amount={memory} unit="MB" digits={0} />}
      </Fact>
      {run.images && (
        <Fact name="Training set">
          <FigureNumber count={run.images.train} unit="image" />
        </Fact>
      )}
      <Fact name="Engine">{run.engine ?? '–'}</Fact>
      <Fact name="Recipe">{run.recipe}</Fact>
      {run.base_version && <Fact name="Base version">{run.base_version}</Fact>}
      <Fact name="Seed">{run.seed}</Fact>
    </Facts>
  )
}

export function LossPerStep({ steps }: Pick<RunStream, 'steps'>) {
  if (steps.length < 2) return null
  return (
    <Chart
      level={3}
      kind="line"
      title="Loss per step"
      description="Prediction error on each batch of training images; it should fall."
      labelName="Step"
      valueName="Loss"
      labels={steps.map(({ step }) => String(step))}
      series={[{ name: 'loss', values: steps.map(({ loss }) => loss) }]}
    />
  )
}

export function RunLog({ lines }: Pick<RunStream, 'lines'>) {
  if (lines.length === 0) return null
  return (
    <details>
      <summary className="small">Log ({counted(lines.length, 'line')})</summary>
      <div className="log mt-2" role="log" aria-label="Log of the training run" tabIndex={0}>
        {lines.map(({ seq, at, message }) => (
          <div key={seq}>
            <span className="muted">
              <Time at={at} format="time" />
            </span>{' '}
            {message}
          </div>
        ))}
      </div>
    </details>
  )
}
