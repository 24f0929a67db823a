/** The state of the product: system, traffic, engines, processes, training, predictions per day, and the log. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { LOG_LEVELS } from '#lib/contracts/logs.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../_components/page-help.tsx'
import { queryOf, currentUser, type PageProps, type Query, type CurrentUser } from '../current-user.ts'
import { LiveMonitor } from './_components/live-monitor.tsx'
import { LogPanel } from './_components/log-panel.tsx'
import { trendText } from './_components/trend-text.ts'

export const metadata = { title: 'Monitoring' }
const DAYS = 14
const LINES = 200

export default async function Monitoring(props: PageProps) {
  const query = await queryOf(props)
  const { context, may } = await currentUser()
  const { operations, queries } = darkroom()
  const [{ processes, hosts, ...now }, { points }, health, retrain, statistics] = await Promise.all([
    operations.metrics({}, context),
    operations.metricsHistory({}, context),
    healthNow({ context }),
    queries.retrainStatus({}),
    queries.statistics({ days: DAYS }),
  ])
  const hasPredictions = statistics.by_day.some(({ count }) => count > 0)
  return (
    <div className="stack">
      <PageHead title="Monitoring" lead="System health, latency and services.">
        <PageHelp topic="monitoring" />
      </PageHead>
      <LiveMonitor
        first={{ samples: [...points, now], processes, hosts, health, retrain, failure: null }}
        mayRetrain={may('train')}
      />
      <Card title={hasPredictions ? undefined : 'Predictions per day'}>
        {!hasPredictions && <p className="muted">{trendText(statistics.by_day)}</p>}
        {hasPredictions && (
          <Chart
            kind="bar"
            title="Predictions per day"
            labelName="Day"
            valueName="Predictions"
            labels={statistics.by_day.map(({ day }) => day)}
            labelFormat="day"
            series={[{ name: 'predictions', values: statistics.by_day.map(({ count }) => count) }]}
            description={trendText(statistics.by_day)}
          />
        )}
        <Facts>
          <Fact name="Total">
            <FigureNumber count={statistics.total_predictions} />
          </Fact>
          <Fact name="Today">
            <FigureNumber count={statistics.predictions_today} />
          </Fact>
          <Fact name="Confirmed">
            <FigureNumber count={statistics.confirmed} />
          </Fact>
          <Fact name="Corrected">
            <FigureNumber count={statistics.corrections} />
          </Fact>
        </Facts>
      </Card>
      {may('admin') && (await log({ context }, query))}
    </div>
  )
}

/** `find` is any text, such as the request ID in an error message. */
async function log({ context }: Pick<CurrentUser, 'context'>, { level: levelInUrl, find = '' }: Query) {
  const level = LOG_LEVELS.find((one) => one === levelInUrl) ?? 'info'
  const text = find.trim().slice(0, 200)
  const page = await darkroom().operations.listLogs(
    { limit: LINES, level, ...(text !== '' && { text }) },
    context,
  )
  return (
    <LogPanel
      key={`${level} ${text}`}
      lines={page.lines}
      isComplete={page.is_complete}
      level={level}
      text={text}
    />
  )
}

/** If the product is not ready, the error response contains its health. */
async function healthNow({
  context,
}: Pick<CurrentUser, 'context'>): Promise<Output<Routes['GET /api/health']> | null> {
  try {
    return await darkroom().operations.health({}, context)
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return (error.extras.members?.['health'] as Output<Routes['GET /api/health']> | undefined) ?? null
  }
}
