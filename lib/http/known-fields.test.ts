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
import { handling } from './handler.ts'
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

/** Whoever gets through hears what arrived. */
async function ask(contract: Contract, query: string, body?: unknown): Promise<ErrorBody> {
  openProgram()
  const heard: { parts: string[] } = { parts: [] }
  const handle = handling(contract, (async (input: {
    parts?: AsyncIterable<{ kind: string; name: string; bytes?: AsyncIterable<Uint8Array> }>
  }) => {
    for await (const part of input.parts ?? []) {
      heard.parts.push(`${part.kind} ${part.name}`)
      if (part.bytes) for await (const chunk of part.bytes) void chunk
    }
    return { ...heard }
  }) as Parameters<typeof handling>[1])
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
    'the port is not changed while it runs',
    changeSettings,
    '',
    { PORT: 4000 },
    'PORT',
    /the fields are DEFAULT_CLASSIFIER, AUTO_PROMOTE/,
  ],
  [
    'a training takes no learning rate',
    retrain,
    '',
    { learning_rate: 0.1 },
    'learning_rate',
    /"learning_rate" is not a known field/,
  ],
  ['a slip of the fingers is recognised', retrain, '', { epohcs: 5 }, 'epohcs', /did you mean "epochs"/],
  [
    'another way of writing it too',
    predictOne,
    '?topK=3',
    formOf(['file', new Blob(['x'])]),
    'topK',
    /did you mean "top_k"/,
  ],
  ['a misspelt filter is no filter', listPredictions, '?clas=cat', undefined, 'clas', /did you mean "class"/],
  ['a misspelt field of a form', upload, '', formOf(['lable', 'cat'], FILE), 'lable', /did you mean "label"/],
  [
    'what only one picture may ask for',
    predictBatch,
    '?explain=true',
    formOf(FILE),
    'explain',
    /"explain" is not a known field/,
  ],
  [
    'what belongs into the address',
    predictBatch,
    '',
    formOf(['top_k', '3'], FILE),
    'top_k',
    /must be a query parameter: "\?top_k=…"/,
  ],
])('%s', async (_story, contract, query, body, path, detail) => {
  const response = await ask(contract, query, body)

  expect(response).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
  expect(response.detail).toMatch(detail)
})

test.each(all.filter((one) => one.body === 'json').map((one) => [`${one.method} ${one.path}`, one] as const))(
  'a name that nobody knows is refused with it: %s',
  async (_route, contract) => {
    const response = await ask(contract, '', { utterly_unknown: 1 })

    expect(response).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ path: 'utterly_unknown' }],
    })
  },
)

/** What every plain object has without being given it. */
const OF_EVERY_OBJECT = [
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__proto__',
  '__defineGetter__',
]

test.each(OF_EVERY_OBJECT)(
  '%s is a name like any other that is not taken: in a query, in JSON, in a form',
  async (name) => {
    const refusal = { status: 422, code: 'invalid_input', errors: [{ path: name }] }

    expect(await ask(retrain, `?${name}=1`, {})).toMatchObject(refusal)
    expect(await ask(listPredictions, `?${name}=1`)).toMatchObject(refusal)
    expect(await ask(retrain, '', Object.fromEntries([[name, 1]]))).toMatchObject(refusal)
    expect(await ask(upload, '', formOf([name, '1'], FILE))).toMatchObject(refusal)
    expect(await ask(predictOne, '', formOf([name, '1'], ['file', new Blob(['x'])]))).toMatchObject(refusal)
  },
)

test('who asks a route that takes nothing may add what he likes, and a browser its own', async () => {
  expect(await ask(healthLive, '?monitor=7')).toMatchObject({ status: 200 })
  expect((await ask(listPredictions, '?_=1763719200')).status).toBe(200)
})

test('a name as long as a book is told in short', async () => {
  const response = await ask(retrain, '', { ['x'.repeat(100_000)]: 1 })

  expect(response.status).toBe(422)
  expect(JSON.stringify(response).length).toBeLessThan(1_000)
})

test('what the forms of earlier projects hold beside goes on working where they send it', async () => {
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
