import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import {
  openInferenceServer,
  type Misbehaviour,
  type OpenInferenceServer,
} from '#lib/engines/ort/open-inference-server.fakes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { createOwnEngine } from '#lib/serving/own-engine.ts'
import { answerOf } from '#lib/serving/prediction-result.ts'
import { createRemoteInference } from '#lib/serving/remote-inference.ts'
import { servingModel } from '#lib/training/versions/serving-model.ts'
import { steadyClock } from '../clock.ts'
import { remoteVersions } from './remote-versions.ts'
import { ROOT } from '../settings.ts'

const FOLDER = path.join(ROOT, 'models/shapes/v1')
const VERSION = { key: 'shapes-1', folder: FOLDER }
const LIMITS = { maxPixels: 1e6, wantsFeatures: false }
const LONG = { interval: 5, timeout: 5_000 }
const TIMEOUT_MS = 1_000
const IMAGES = Array.from({ length: 12 }, (_, seed) =>
  encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed)),
)

let engine: Awaited<ReturnType<typeof openEngine>>
let server: OpenInferenceServer
let binary: OpenInferenceServer
beforeAll(async () => {
  const { classes } = await readBundle(FOLDER)
  const { onnx } = await servingModel({ folder: FOLDER, name: 'v1', classifierId: 'shapes', classes })
  engine = await openEngine('onnx', 'inference', { threads: 1 })
  server = await openInferenceServer({ onnx, path: '/v2/models/shapes/versions/1' })
  binary = await openInferenceServer({ onnx, path: '/v2/models/shapes/versions/1', takesBinary: true })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await binary[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
})
beforeEach(() => {
  server.misbehaviour = null
})

/** The engine of this machine, and the endpoint in front of it. */
async function inferences(url: string, { token }: { readonly token?: string } = {}) {
  const lines: string[] = []
  const log = (_level: string, message: string) => lines.push(message)
  const local = createOwnEngine({
    open: async () => ({ name: 'onnx', models: loadedModels(engine, 'float32') }),
    clock: steadyClock,
    log,
    changed: () => {},
    record: { deaths: () => 0, begin: () => () => {} },
  })
  const versions = { get: async () => ({ classifierId: 'shapes', name: 'v1' }) as never }
  const remote = createRemoteInference({
    local,
    describe: remoteVersions(
      { INFERENCE_URL: url, INFERENCE_TOKEN: token, INFERENCE_TIMEOUT_MS: TIMEOUT_MS },
      { versions },
    ),
    clock: steadyClock,
    log,
    changed: () => {},
  })
  onTestFinished(() => remote[Symbol.asyncDispose]())
  await remote.load(VERSION)
  const settledAs = (state: string) => expect.poll(() => remote.remote(), LONG).toMatchObject([{ state }])
  return { local, remote, lines, settledAs }
}

async function answersOf(inference: Pick<Awaited<ReturnType<typeof inferences>>['local'], 'infer'>) {
  const { images, engine } = await inference.infer(VERSION, IMAGES, LIMITS)
  const { classes, card } = await readBundle(FOLDER)
  const answers = images.map((image) => {
    if (!image.ok) throw new Error(image.failure.summary)
    return answerOf(image, { classes, card }, { topK: 3, hash: () => '0'.repeat(64) })
  })
  return { answers, engine }
}

test.each([
  ['JSON', () => server],
  ['binary tensors', () => binary],
])('an endpoint that takes %s gives the predictions of the local engine, in one request', async (_, at) => {
  const { local, remote, settledAs } = await inferences(at().url)
  await settledAs('in-use')

  const [here, there] = [await answersOf(local), await answersOf(remote)]

  expect([here.engine, there.engine, at().batches.at(-1)]).toEqual(['onnx', 'remote', IMAGES.length])
  there.answers.forEach((answer, i) => {
    const { probabilities, familiarity, decision, candidates, predicted_class: name } = here.answers[i]!
    expect([answer.predicted_class, answer.decision, answer.candidates]).toEqual([name, decision, candidates])
    for (const [label, p] of Object.entries(probabilities))
      expect(Math.abs(answer.probabilities[label]! - p)).toBeLessThanOrEqual(2e-6)
    expect(answer.familiarity!.distance).toBeCloseTo(familiarity!.distance, 4)
  })
})

test('an image that cannot be decoded is refused, and the others are predicted by the endpoint', async () => {
  const { remote, settledAs } = await inferences(server.url)
  await settledAs('in-use')

  const { images, engine } = await remote.infer(VERSION, [IMAGES[0]!, new Uint8Array(20), IMAGES[1]!], LIMITS)

  expect([images.map(({ ok }) => ok), engine, server.batches.at(-1)]).toEqual([
    [true, false, true],
    'remote',
    2,
  ])
})

test('the token is sent with every request', async () => {
  const { settledAs } = await inferences(server.url, { token: 'a-token' })

  await settledAs('in-use')

  expect(server.authorisations.slice(-2)).toEqual(['Bearer a-token', 'Bearer a-token'])
})

const bad = (outputs: readonly { name: string; data: unknown }[]): Misbehaviour => ({
  kind: 'answers',
  outputs: outputs.map((output) => ({ ...output, datatype: 'FP32', shape: [IMAGES.length, 6] })),
})
const UNIFORM = Array(IMAGES.length * 6).fill(1 / 6)

test.each<[string, Misbehaviour, string]>([
  ['does not answer', { kind: 'silent' }, 'it does not answer within 1000 ms'],
  ['closes the connection', { kind: 'disconnects' }, 'it cannot be reached (UND_ERR_SOCKET)'],
  ['answers with a web page', { kind: 'no-json' }, 'does not follow the open inference protocol'],
  ['is overloaded', { kind: 'status', status: 503, error: 'queue full' }, 'status 503: queue full'],
  [
    'has lost the model',
    { kind: 'status', status: 404, error: 'unknown model' },
    'status 404: unknown model',
  ],
  ['redirects elsewhere', { kind: 'redirects', to: 'http://127.0.0.1:1/' }, 'unexpected redirect'],
  ['leaves out an output', bad([{ name: 'distance', data: [0] }]), 'no output "probabilities"'],
  [
    'answers for fewer images',
    bad([{ name: 'probabilities', data: [1, 0, 0, 0, 0, 0] }]),
    '6 numbers instead of 72',
  ],
  [
    'answers text',
    bad([{ name: 'probabilities', data: ['a'] }]),
    'does not follow the open inference protocol',
  ],
  [
    'answers no probabilities',
    bad([
      { name: 'probabilities', data: UNIFORM.map((p: number) => 2 * p) },
      { name: 'distance', data: Array(IMAGES.length).fill(1) },
    ]),
    'add up to 2.000 instead of 1',
  ],
])('the local engine predicts while the endpoint %s', async (_, misbehaviour, reason) => {
  const { remote, settledAs } = await inferences(server.url)
  await settledAs('in-use')
  server.misbehaviour = misbehaviour

  const answers = await Promise.all([1, 2, 3].map(() => answersOf(remote)))

  expect(answers.map(({ engine }) => engine)).toEqual(['onnx', 'onnx', 'onnx'])
  expect(remote.remote()).toMatchObject([{ classifier: 'shapes', version: 'v1', state: 'unavailable' }])
  expect(remote.remote()[0]!.reason).toContain(reason)
  expect(remote.ready()).toBe(1)
})

test('an endpoint with another model under this name is not used', async () => {
  const { remote, settledAs } = await inferences(server.url)
  await settledAs('in-use')
  const probabilities = Array.from({ length: 16 * 6 }, () => 1 / 6)
  const outputs = [
    { name: 'probabilities', datatype: 'FP32', shape: [16, 6], data: probabilities },
    { name: 'distance', datatype: 'FP32', shape: [16, 1], data: Array(16).fill(1) },
  ]
  server.misbehaviour = { kind: 'answers', outputs }
  const other = await inferences(server.url)

  await other.settledAs('unavailable')

  expect(other.remote.remote()[0]!.reason).toContain('it has another model under this name')
  expect((await answersOf(other.remote)).engine).toBe('onnx')
  expect(remote.remote()[0]!.state).toBe('in-use')
})

test('an endpoint that is away when a version is loaded is used as soon as it is there', async () => {
  server.misbehaviour = { kind: 'disconnects' }
  const { remote, settledAs } = await inferences(server.url)
  await settledAs('unavailable')
  expect((await answersOf(remote)).engine).toBe('onnx')

  server.misbehaviour = null
  await settledAs('in-use')

  expect((await answersOf(remote)).engine).toBe('remote')
})

test('a version that reads digits is computed by the local engine, and the log says why', async () => {
  const read = remoteVersions(
    { INFERENCE_URL: server.url, INFERENCE_TOKEN: undefined, INFERENCE_TIMEOUT_MS: TIMEOUT_MS },
    { versions: { get: async () => ({ classifierId: 'mnist', name: 'v1' }) as never } },
  )

  await expect(read({ key: 'mnist', folder: path.join(ROOT, 'models/mnist/v1') })).rejects.toThrow(
    'reads digits',
  )
})
