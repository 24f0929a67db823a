import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Caller, Contract, Part } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { confined, confinedOutput } from './key-restriction.ts'

const OWN_ID = '0193b3f0-0000-7000-8000-000000000001'
const OTHER_ID = '0193b3f0-0000-7000-8000-000000000002'
const key: Caller = {
  kind: 'key',
  id: 'k',
  name: 'scale',
  scopes: ['open', 'predict', 'view', 'feedback', 'upload', 'train'],
  classifier: 'leaves',
}
const CLASSIFIER_OF: Readonly<Record<string, string>> = { [OWN_ID]: 'leaves', [OTHER_ID]: 'cats' }
const program = {
  findSubject: async (_kind: string, id: string) => ({ name: 'it', classifier: CLASSIFIER_OF[id] ?? null }),
}

const all: readonly Contract[] = contracts
const named = all.map((contract): [string, Contract] => [`${contract.method} ${contract.path}`, contract])
const takes = ({ input }: Contract, field: string): boolean =>
  input instanceof z.ZodObject && field in input.shape
const namesOne = (contract: Contract): boolean =>
  takes(contract, 'classifier') ||
  /^\/api\/(classifiers|models|snapshots|runs|samples|uploads|predictions|predict\/jobs|phone-links)\/\{id\}/.test(
    contract.path,
  )

/** The input of a request about objects of one classifier. */
function inputAbout(contract: Contract, id: string, classifier: string): Record<string, unknown> {
  const isOfClassifiers = contract.path.startsWith('/api/classifiers/{id}')
  return {
    ...(contract.path.includes('{id}') && { id: isOfClassifiers ? classifier : id }),
    ...(takes(contract, 'classifier') && { classifier }),
    ...(takes(contract, 'ids') && { ids: [OWN_ID, id] }),
  }
}

const codeOf = (contract: Contract, input: Record<string, unknown>): Promise<string | null> =>
  confined(contract, input as never, key, program).then(
    () => null,
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )

test.each(named)(
  'a key for one classifier reaches nothing of another, and no route without a classifier: %s',
  async (_route, contract) => {
    const code = await codeOf(contract, inputAbout(contract, OTHER_ID, 'cats'))

    if (namesOne(contract)) expect(['forbidden', 'not_found']).toContain(code)
    else expect(code).toBe(contract.scope === 'open' ? null : 'forbidden')
  },
)

test.each(named.filter(([, contract]) => namesOne(contract)))(
  'a key for one classifier reaches its own objects: %s',
  async (_route, contract) => {
    expect(await codeOf(contract, inputAbout(contract, OWN_ID, 'leaves'))).toBeNull()
  },
)

test.each(named.filter(([, contract]) => takes(contract, 'classifier')))(
  'a request that names no classifier uses the key’s own: %s',
  async (_route, contract) => {
    const input = { ...(contract.path.includes('{id}') && { id: OWN_ID }) }

    expect(await confined(contract, input as never, key, program)).toMatchObject({ classifier: 'leaves' })
    expect(
      await confined(
        contract,
        input as never,
        { ...key, classifier: undefined } as unknown as Caller,
        program,
      ),
    ).toEqual(input)
  },
)

const of = (route: string): Contract => named.find(([name]) => name === route)![1]

test.each<[string, string, Record<string, unknown>, string]>([
  [
    'a comparison with a version of another classifier',
    'GET /api/models/{id}/compare',
    { id: OWN_ID, with: OTHER_ID },
    'not_found',
  ],
  ['an upload of another classifier as a filter', 'GET /api/samples', { upload: OTHER_ID }, 'not_found'],
  ['an id in an unknown field', 'GET /api/samples', { neighbour: OWN_ID }, 'forbidden'],
  ['another classifier inside a field', 'GET /api/samples', { filter: { classifier: 'cats' } }, 'forbidden'],
  [
    'an upload of another classifier inside a field',
    'GET /api/samples',
    { filter: { upload: OTHER_ID } },
    'not_found',
  ],
  [
    'an object that does not exist',
    'GET /api/runs/{id}',
    { id: '0193b3f0-0000-7000-8000-00000000000f' },
    'not_found',
  ],
])('refused: %s', async (_story, route, input, code) => {
  expect(await codeOf(of(route), input)).toBe(code)
})

test('a cursor in a list does not count as an object of another classifier', async () => {
  expect(await codeOf(of('GET /api/samples'), { cursor: OTHER_ID })).toBeNull()
})

test('a form that names another classifier among its parts is refused when that part arrives', async () => {
  const parts = async function* (classifier: string): AsyncGenerator<Part> {
    yield { kind: 'field', name: 'classifier', value: classifier }
  }
  const read = async (classifier: string): Promise<readonly Part[]> => {
    const input = await confined(of('POST /api/upload'), { parts: parts(classifier) } as never, key, program)
    const received: Part[] = []
    for await (const part of (input as { parts: AsyncIterable<Part> }).parts) received.push(part)
    return received
  }

  expect(await read('leaves')).toHaveLength(1)
  await expect(read('cats')).rejects.toMatchObject({ code: 'forbidden' })
})

test('the list of classifiers contains only the key’s own', () => {
  const list = { classifiers: [{ id: 'cats' }, { id: 'leaves' }] }

  expect(confinedOutput(of('GET /api/classifiers'), list, key)).toEqual({ classifiers: [{ id: 'leaves' }] })
  expect(
    confinedOutput(of('GET /api/classifiers'), list, { ...key, classifier: undefined } as unknown as Caller),
  ).toBe(list)
})
