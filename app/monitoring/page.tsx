/** How Darkroom is: machine, traffic, engines, processes, trainings, and the trend of what is asked. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { queryOf, visitor, type PageProps, type Query, type Visitor } from '../visitor.ts'
import { LiveMonitor } from './_components/live-monitor.tsx'
import { LogPanel } from './_components/log-panel.tsx'

export const metadata = { title: 'Monitoring' }
const DAYS = 14
const LINES = 200
const LEVELS = ['debug', 'info', 'warn', 'error'] as const

export default async function Monitoring(props: PageProps) {
  const query = await queryOf(props)
  const { asked, may } = await visitor()
  const { operations, data } = darkroom()
  const [{ processes, ...now }, { points }, health, retrain, statistics] = await Promise.all([
    operations.metrics({}, asked),
    operations.metricsHistory({}, asked),
    healthNow({ asked }),
    data.retrainStatus({}, asked),
    data.statistics({ days: DAYS }, asked),
  ])
  const isAsked = statistics.by_day.some(({ count }) => count > 0)
  return (
    <div className="stack">
      <PageHead
        title="Monitoring"
        lead="How the machine is, how fast answers come, and whether everything that should run does."
      />
      <LiveMonitor
        first={{ figures: [...points, now], processes, health, retrain, failure: null }}
        mayRetrain={may('train')}
      />
      <Card title={isAsked ? undefined : 'Predictions a day'}>
        {!isAsked && <p className="muted">{trendOf(statistics.by_day)} The plot begins with the first.</p>}
        {isAsked && (
          <Chart
            kind="bar"
            title="Predictions a day"
            labelName="Day"
            valueName="Predictions"
            labels={statistics.by_day.map(({ day }) => day)}
            series={[{ name: 'predictions', values: statistics.by_day.map(({ count }) => count) }]}
            description={trendOf(statistics.by_day)}
          />
        )}
        <dl className="facts">
          <div>
            <dt>Kept in all</dt>
            <dd>
              <FigureNumber count={statistics.total_predictions} />
            </dd>
          </div>
          <div>
            <dt>Today</dt>
            <dd>
              <FigureNumber count={statistics.predictions_today} />
            </dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>
              <FigureNumber count={statistics.confirmed} />
            </dd>
          </div>
          <div>
            <dt>Corrected</dt>
            <dd>
              <FigureNumber count={statistics.corrections} />
            </dd>
          </div>
        </dl>
      </Card>
      {may('admin') && (await log({ asked }, query))}
    </div>
  )
}

/** What is looked for is any text, such as the request id that a page's error shows. */
async function log({ asked }: Pick<Visitor, 'asked'>, { level: wanted, find = '' }: Query) {
  const level = LEVELS.find((one) => one === wanted) ?? 'info'
  const looked = find.trim().slice(0, 200)
  const found = await darkroom().operations.listLogs(
    { limit: LINES, level, ...(looked !== '' && { text: looked }) },
    asked,
  )
  return (
    <LogPanel key={looked} lines={found.lines} isComplete={found.is_complete} level={level} text={looked} />
  )
}

/** Not ready is an answer too: the refusal holds the health. */
async function healthNow({
  asked,
}: Pick<Visitor, 'asked'>): Promise<Output<Routes['GET /api/health']> | null> {
  try {
    return await darkroom().operations.health({}, asked)
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return (error.extras.members?.['health'] as Output<Routes['GET /api/health']> | undefined) ?? null
  }
}

function trendOf(days: readonly { readonly day: string; readonly count: number }[]): string {
  const half = Math.floor(days.length / 2)
  const sum = (some: typeof days) => some.reduce((total, { count }) => total + count, 0)
  const [before, after] = [sum(days.slice(0, half)), sum(days.slice(-half))]
  if (before + after === 0) return `No picture was asked about in the last ${days.length} days.`
  if (before === 0)
    return `The newer half of the last ${days.length} days has ${counted(after, 'prediction')}, the older half none.`
  const change = (100 * (after - before)) / before
  return (
    `${counted(after, 'prediction')} in the last ${half} days, ${before.toLocaleString('en-GB')} in the ` +
    `${half} before: ` +
    `${Math.abs(change) < 1 ? 'as many' : `${Math.abs(change).toFixed(0)} % ${change > 0 ? 'more' : 'fewer'}`}.`
  )
}
