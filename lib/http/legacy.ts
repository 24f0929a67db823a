/**
 * The addresses and responses of the five earlier projects, as one table over our own use cases: their
 * scripts still work. Each response adds its fields to ours. GET of their pages leads to ours (moved-pages.ts).
 */
import type { Input, Part } from '#lib/contracts/contract.ts'
import { evaluateModel } from '#lib/contracts/models.ts'
import { health } from '#lib/contracts/operations.ts'
import { predictOne, type PredictionAnswer } from '#lib/contracts/predict.ts'
import { retrain, retrainStatus, type RunAnswer } from '#lib/contracts/retrain.ts'
import { upload } from '#lib/contracts/uploads.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { bytesOf, JSON_LIMIT_BYTES, typeOf } from './body.ts'
import { darkroom, type RequestContext } from './context.ts'
import { respondWith, contractRunner, handlerOf, type Handle } from './handler.ts'
import type { IncomingRequest } from './incoming.ts'
import { MOVED_PAGES, redirectTo } from './moved-pages.ts'
import { metricsAsText, metricsByAccept } from './metrics.ts'
import { jsonAnswer, type OutgoingResponse } from './outgoing.ts'
import { partsIn } from './buffered-form.ts'

/** Additional fields of page forms: the button that was pressed, a CSRF token. */
const OF_A_FORM = ['submit', 'csrf_token'] as const
/** Names of the class field in earlier forms. */
const CLASS_BEFORE: readonly string[] = ['class', 'class_name']

export const LEGACY: Readonly<Record<string, Handle>> = {
  ...MOVED_PAGES,
  'POST /predict': respondWith(predictAsBefore),
  'POST /upload': respondWith(uploadAsBefore),
  'POST /upload_data': respondWith(uploadAsBefore),
  'POST /retrain': respondWith(retrainAsBefore),
  'POST /trigger_retrain': respondWith(retrainAsBefore),
  'GET /health': handlerOf(health, (input, context) => darkroom().operations.health(input, context)),
  'GET /api/retrain_status': handlerOf(retrainStatus, (input) => darkroom().queries.retrainStatus(input)),
  'GET /api/model/evaluate': handlerOf({ ...evaluateModel, method: 'GET', body: 'none' }, (input, context) =>
    darkroom().training.evaluateModel(input, context),
  ),
  'GET /api/metrics': metricsByAccept,
  'GET /metrics': metricsAsText,
  // imported on first use, so that the start does not load the library
  'GET /api/docs': respondWith(async () => jsonAnswer(200, (await import('./openapi.ts')).openapi())),
}

/** Our largest `top_k`: all classes, from which the list of probabilities is built. */
const ALL_CLASSES = 1000

const askPrediction = contractRunner({ ...predictOne, passesOver: OF_A_FORM }, async (input, context) => {
  const answer = await darkroom().serving.predict({ ...input, top_k: ALL_CLASSES }, context)
  return { ...answer, ...asBefore(answer), top_k: answer.top_k.slice(0, input.top_k) }
})

/**
 * `prediction` is the digit where the classes are digits, otherwise the name; `probabilities` is a list in
 * class order.
 */
function asBefore({ predicted_class, probabilities, top_k }: PredictionAnswer): {
  prediction: number | string
  probabilities: readonly number[]
} {
  const areDigits = Object.keys(probabilities).every((name) => /^[0-9]$/.test(name))
  const list = top_k.toSorted((a, b) => a.index - b.index).map((one) => one.probability)
  return { prediction: areDigits ? Number(predicted_class) : predicted_class, probabilities: list }
}

async function predictAsBefore(incoming: IncomingRequest, requestId: string): Promise<OutgoingResponse> {
  const { output, headers } = await askPrediction(incoming, requestId)
  const { id, classifier } = output as PredictionAnswer
  const answer =
    isForm(incoming) && id !== null
      ? redirectTo(303, classifierPage(classifier, 'predict', { result: id }))
      : jsonAnswer(200, output)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** A ZIP, or a class and many files; earlier forms call the class `class` or `class_name`. */
const askUpload = contractRunner(
  { ...upload, formFields: [...upload.formFields, ...CLASS_BEFORE], passesOver: OF_A_FORM },
  (input, context) => darkroom().ingest.upload({ ...input, parts: renamed(input.parts) }, context),
)

async function uploadAsBefore(incoming: IncomingRequest, requestId: string): Promise<OutgoingResponse> {
  const { output, headers } = await askUpload(incoming, requestId)
  const { classifier } = output as { classifier: string }
  const answer = isForm(incoming)
    ? redirectTo(303, classifierPage(classifier, 'images/add'))
    : jsonAnswer(upload.statusOf(output), output)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

async function* renamed(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  for await (const part of parts)
    yield part.kind === 'field' && CLASS_BEFORE.includes(part.name) ? { ...part, name: 'label' } : part
}

const retrainBefore = { ...retrain, passesOver: ['wait', ...OF_A_FORM] } as const
const askRetrain = contractRunner(retrainBefore, (input, context) =>
  darkroom().training.retrain(input, context),
)
const askRetrainToTheEnd = contractRunner(retrainBefore, async (input, context) => {
  const started = await darkroom().training.retrain(input, context)
  return { ...started, ...(await ended(started.run.id, input, context)) }
})

async function retrainAsBefore(incoming: IncomingRequest, requestId: string): Promise<OutgoingResponse> {
  const waits = /^(true|1|yes)$/i.test(incoming.query.get('wait') ?? '')
  const { output, headers } = await (waits ? askRetrainToTheEnd : askRetrain)(
    await withFormAsJson(incoming),
    requestId,
  )
  const answer = isForm(incoming)
    ? redirectTo(303, trainingPage(output))
    : jsonAnswer(waits ? 200 : retrain.status, output)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

const trainingPage = (output: unknown): string => {
  const { run } = output as { run: RunAnswer }
  return classifierPage(run.classifier, `train/${run.id}`)
}

/** Reads the run's events until they end, then returns the result of the run. */
async function ended(
  id: string,
  input: Input<typeof retrain>,
  context: RequestContext,
): Promise<{
  message: string
  accuracy: number | null
  epochs: number
  run: RunAnswer
}> {
  const { queries } = darkroom()
  for await (const event of await queries.runEvents({ id, after: 0 }, context)) void event
  context.signal.throwIfAborted()
  const run = await queries.getRun({ id })
  if (run.state === 'cancelled')
    throw new DarkroomError(
      'conflict',
      {
        what: 'No new version was created',
        why: 'the training run was cancelled',
        remedy: `Resume it at ${trainingPage({ run })}, or start a new one.`,
      },
      { members: { run } },
    )
  if (run.state !== 'done')
    throw new DarkroomError(
      'internal',
      {
        what: 'The training run failed',
        why: (run.error ?? run.message).replace(/\.$/, ''), // the sentence goes on
        remedy: `See the run at ${trainingPage({ run })} for details.`,
      },
      { members: { run } },
    )
  const { models } = await queries.listModels({ classifier: input.classifier ?? run.classifier, limit: 500 })
  const accuracy =
    models.find((one) => one.version === run.version)?.accuracy?.value ??
    run.points.findLast((point) => point.is_best)?.val_accuracy ??
    null
  return { message: 'Model retrained successfully', accuracy, epochs: run.epoch, run }
}

const NUMBERS: readonly string[] = ['epochs', 'seed']

/** Earlier scripts send `epochs` in a form. */
async function withFormAsJson(incoming: IncomingRequest): Promise<IncomingRequest> {
  const type = typeOf(incoming)
  if (type !== 'multipart/form-data' && type !== 'application/x-www-form-urlencoded') return incoming
  const bytes = await bytesOf(incoming, JSON_LIMIT_BYTES)
  const fields =
    type === 'multipart/form-data'
      ? partsIn(bytes, incoming.header('content-type') ?? '')
          .filter((part) => part.filename === null)
          .map((part) => [part.name, Buffer.from(part.bytes).toString('utf8')] as const)
      : [...new URLSearchParams(Buffer.from(bytes).toString('utf8'))]
  const json = Buffer.from(
    JSON.stringify(
      Object.fromEntries(
        fields.map(([name, value]) => [
          name,
          NUMBERS.includes(name) && value.trim() !== '' ? Number(value) : value,
        ]),
      ),
    ),
  )
  const headers = new Map([
    ['content-type', 'application/json'],
    ['content-length', String(json.byteLength)],
  ])
  const header = (name: string): string | null => headers.get(name) ?? incoming.header(name)
  return {
    ...incoming,
    header,
    whole: json,
    body: (async function* () {
      yield json
    })(),
  }
}

/** A browser that submits a form expects a page; scripts accept anything, or JSON. */
const isForm = (incoming: IncomingRequest): boolean => (incoming.header('accept') ?? '').includes('text/html')
