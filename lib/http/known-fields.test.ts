import { expect, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'
import { changeClassifier } from '#lib/contracts/classifiers.ts'
import { changeSettings } from '#lib/contracts/settings-api.ts'
import { healthLive } from '#lib/contracts/operations.ts'
import { predictBatch, predictOne } from '#lib/contracts/predict.ts'
import { listPredictions } from '#lib/contracts/predictions.ts'
import { retrain } from '#lib/contracts/retrain.ts'
import { upload } from '#lib/contracts/uploads.ts'
import { fromRequest } from './incoming.ts'
import { handlerOf } from './handler.ts'
import { LEGACY } from './legacy.ts'
import { toResponse } from './outgoing.ts'
import { openProgram } from './program.fakes.ts'

const HOME = 'http://darkroom.test'
const asAdmin = { authorization: 'Bearer admin' }
const all: readonly Contract[] = contracts

type ErrorBody = {
  status: number
  code?: string
  detail?: string
  errors?: readonly { path: string; message: string }[]
}

/** Sends a request to a handler that returns what arrived. */
async function send(contract: Contract, query: string, body?: unknown): Promise<ErrorBody> {
  openProgram()
  const received: { parts: string[] } = { parts: [] }
  const handle = handlerOf(contract, (async (input: {
    parts?: AsyncIterable<{ kind: string; name: string; bytes?: AsyncIterable<Uint8Array> }>
  }) => {
    for await (const part of input.parts ?? []) {
      received.parts.push(`${part.kind} ${part.name}`)
      if (part.bytes) for await (const chunk of part.bytes) void chunk
    }
    return { ...received }
  }) as Parameters<typeof handlerOf>[1])
  const isForm = body instanceof FormData
  const response = toResponse(
    await handle(
      fromRequest(
        new Request(
          `${HOME}${contract.path.replace(/\{\w+\}/g, '0193b3f0-0000-7000-8000-000000000001')}${query}`,
          {
            method: contract.method,
            headers: {
              ...(contract.scope === 'account'
                ? { cookie: 'session=admin', host: 'darkroom.test', origin: HOME }
                : asAdmin),
              ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
            },
            ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
          },
        ),
      ),
    ),
  )
  return { ...((await response.json().catch(() => ({}))) as ErrorBody), status: response.status }
}

const formOf = (...fields: readonly (readonly [string, string | Blob])[]): FormData => {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  return form
}
const FILE = ['files', new Blob([new Uint8Array([1, 2, 3])])] as const

test.each<[string, Contract, string, unknown, string, RegExp]>([
  [
    'a classifier has a title, not a name',
    changeClassifier,
    '',
    { name: 'Leaves' },
    'name',
    /"name" is not a known field; did you mean "title"\. Correct this field\.$/,
  ],
  [
    'the port cannot be changed at run time',
    changeSettings,
    '',
    { PORT: 4000 },
    'PORT',
    /the fields are DEFAULT_CLASSIFIER, AUTO_PROMOTE/,
  ],
  [
    'a training run takes no learning rate',
    retrain,
    '',
    { learning_rate: 0.1 },
    'learning_rate',
    /"learning_rate" is not a known field/,
  ],
  ['a typing error is recognised', retrain, '', { epohcs: 5 }, 'epohcs', /did you mean "epochs"/],
  [
    'another spelling is recognised too',
    predictOne,
    '?topK=3',
    formOf(['file', new Blob(['x'])]),
    'topK',
    /did you mean "top_k"/,
  ],
  [
    'a misspelt filter is not ignored',
    listPredictions,
    '?clas=cat',
    undefined,
    'clas',
    /did you mean "class"/,
  ],
  ['a misspelt field of a form', upload, '', formOf(['lable', 'cat'], FILE), 'lable', /did you mean "label"/],
  [
    'a field for single images only',
    predictBatch,
    '?explain=true',
    formOf(FILE),
    'explain',
    /"explain" is not a known field/,
  ],
  [
    'a value that belongs into the address',
    predictBatch,
    '',
    formOf(['top_k', '3'], FILE),
    'top_k',
    /must be a query parameter: "\?top_k=…"/,
  ],
])('%s', async (_story, contract, query, body, path, detail) => {
  const response = await send(contract, query, body)

  expect(response).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
  expect(response.detail).toMatch(detail)
})

test.each(all.filter((one) => one.body === 'json').map((one) => [`${one.method} ${one.path}`, one] as const))(
  'an unknown name is refused, and the error contains it: %s',
  async (_route, contract) => {
    const response = await send(contract, '', { utterly_unknown: 1 })

    expect(response).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ path: 'utterly_unknown' }],
    })
  },
)

/** Property names that every plain object inherits. */
const OF_EVERY_OBJECT = [
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__proto__',
  '__defineGetter__',
]

test.each(OF_EVERY_OBJECT)(
  '%s is refused like any other unknown name: in a query, in JSON, in a form',
  async (name) => {
    const refusal = { status: 422, code: 'invalid_input', errors: [{ path: name }] }

    expect(await send(retrain, `?${name}=1`, {})).toMatchObject(refusal)
    expect(await send(listPredictions, `?${name}=1`)).toMatchObject(refusal)
    expect(await send(retrain, '', Object.fromEntries([[name, 1]]))).toMatchObject(refusal)
    expect(await send(upload, '', formOf([name, '1'], FILE))).toMatchObject(refusal)
    expect(await send(predictOne, '', formOf([name, '1'], ['file', new Blob(['x'])]))).toMatchObject(refusal)
  },
)

test('a route without inputs accepts additional names, and browsers may add their own', async () => {
  expect(await send(healthLive, '?monitor=7')).toMatchObject({ status: 200 })
  expect((await send(listPredictions, '?_=1763719200')).status).toBe(200)
})

test('a very long name is shortened in the error', async () => {
  const response = await send(retrain, '', { ['x'.repeat(100_000)]: 1 })

  expect(response.status).toBe(422)
  expect(JSON.stringify(response).length).toBeLessThan(1_000)
})

test('the additional fields in forms of earlier projects are still accepted on their routes', async () => {
  const parts: string[] = []
  openProgram({
    ingest: {
      upload: (async ({
        parts: sent,
      }: {
        parts: AsyncIterable<{ kind: string; name: string; bytes?: AsyncIterable<Uint8Array> }>
      }) => {
        for await (const part of sent) {
          parts.push(part.name)
          if (part.bytes) for await (const chunk of part.bytes) void chunk
        }
        return { state: 'done', classifier: 'shapes' }
      }) as never,
    },
  })
  const send = (form: FormData) =>
    LEGACY['POST /upload_data']!(
      fromRequest(new Request(`${HOME}/upload_data`, { method: 'POST', headers: asAdmin, body: form })),
    )

  expect(
    (await send(formOf(['class_name', 'star'], ['submit', 'Upload Images'], ['images', FILE[1]]))).status,
  ).toBe(200)
  expect(parts).toEqual(['label', 'images'])
  expect((await send(formOf(['clazz', 'star'], ['images', FILE[1]]))).status).toBe(422)
})
