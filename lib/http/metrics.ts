/**
 * GET /api/metrics and /metrics: the same figures as JSON, or as Prometheus text for clients that request
 * it. lib/operations collects the figures.
 */
import { metrics } from '#lib/contracts/operations.ts'
import { PROMETHEUS_TYPE, prometheusText } from '#lib/operations/prometheus.ts'
import { darkroom } from './context.ts'
import { respondWith, contractRunner, type Handle } from './handler.ts'
import { jsonAnswer } from './outgoing.ts'

const run = contractRunner(metrics, (input, context) => darkroom().operations.metrics(input, context))

/** JSON, unless the request prefers text. */
export const metricsByAccept: Handle = respondWith(async (incoming, requestId) => {
  const { output } = await run(incoming, requestId)
  return /text\/plain|openmetrics/.test(incoming.header('accept') ?? '')
    ? asText(output)
    : jsonAnswer(200, output)
})

export const metricsAsText: Handle = respondWith(async (incoming, requestId) =>
  asText((await run(incoming, requestId)).output),
)

const asText = (output: unknown) => ({
  status: 200,
  headers: { 'content-type': PROMETHEUS_TYPE, 'cache-control': 'no-store' },
  body: prometheusText(output as Parameters<typeof prometheusText>[0]),
}) // the contract's own output
