/** GET /api/metrics and /metrics: the same figures as JSON, or as Prometheus' text for who asks for that.
 *  What is counted, lib/operations knows. */
import { metrics } from '#lib/contracts/operations.ts'
import { PROMETHEUS_TYPE, prometheusText } from '#lib/operations/prometheus.ts'
import { darkroom } from './context.ts'
import { answering, asking, type Handle } from './handler.ts'
import { jsonAnswer } from './outgoing.ts'

const ask = asking(metrics, (input, context) => darkroom().operations.metrics(input, context))

/** JSON, unless the request prefers text. */
export const metricsByAccept: Handle = answering(async (incoming, requestId) => {
  const { output } = await ask(incoming, requestId)
  return /text\/plain|openmetrics/.test(incoming.header('accept') ?? '')
    ? asText(output)
    : jsonAnswer(200, output)
})

export const metricsAsText: Handle = answering(async (incoming, requestId) =>
  asText((await ask(incoming, requestId)).output),
)

const asText = (output: unknown) => ({
  status: 200,
  headers: { 'content-type': PROMETHEUS_TYPE, 'cache-control': 'no-store' },
  body: prometheusText(output as Parameters<typeof prometheusText>[0]),
}) // the contract's own output
