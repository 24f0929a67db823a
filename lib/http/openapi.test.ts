import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'
import { openapi } from './openapi.ts'
import { openProgram } from './program.fakes.ts'
import { METHODS } from './serve.ts'

const API = join(import.meta.dirname, '../../app/api')
const all: readonly Contract[] = contracts
const folderOf = (path: string): string => join(API, path.slice('/api/'.length).replace(/\{(\w+)\}/g, '[$1]'))
/** Routes without a contract: the API description itself, next-auth's, and the 404 for unknown addresses. */
const WITHOUT_CONTRACT: readonly string[] = ['openapi.json', 'auth/[...nextauth]', '[...unknown]']

type Route = Partial<Record<(typeof METHODS)[number], (request: Request) => Promise<Response>>>
const routeAt = (folder: string): Promise<Route> => import(join(folder, 'route.ts')) as Promise<Route>

beforeAll(() => void openProgram())

test('every contract has its route, which serves the contract’s methods and refuses the others by name', async () => {
  const methodsOf = Map.groupBy(all, (c) => c.path)
  expect(methodsOf.size).toBeGreaterThanOrEqual(30)

  for (const [path, here] of methodsOf) {
    const route = await routeAt(folderOf(path))
    const own: readonly string[] = here.map((c) => c.method)
    for (const method of METHODS) {
      expect(route[method], `${method} ${path}`).toBeTypeOf('function')
      if (own.includes(method)) continue
      const refused = await route[method]!(new Request(`http://darkroom.test${path}`, { method }))
      expect(
        [refused.status, refused.headers.get('allow')?.split(', ').toSorted()],
        `${method} ${path}`,
      ).toEqual([405, own.toSorted()])
    }
  }
})

test('every route has its contract', () => {
  const routes = readdirSync(API, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('/route.ts'))
    .map((f) => f.slice(0, -'/route.ts'.length))
  const promised = new Set(all.map((c) => folderOf(c.path)))

  const unpromised = routes.filter((folder) => !promised.has(join(API, folder)))

  expect(unpromised.filter((folder) => !WITHOUT_CONTRACT.includes(folder))).toEqual([])
  expect(existsSync(join(API, 'openapi.json/route.ts'))).toBe(true)
})

test('no two contracts share a method and a path', () => {
  const names = all.map((c) => `${c.method} ${c.path}`)

  expect(new Set(names).size).toBe(names.length)
})

test('the description covers every contract, and every reference in it resolves', () => {
  const document = JSON.parse(JSON.stringify(openapi())) as {
    openapi: string
    paths: Record<
      string,
      Record<
        string,
        {
          responses: Record<string, unknown>
          parameters?: { name: string; in: string; required?: boolean }[]
          operationId: string
        }
      >
    >
    [key: string]: unknown
  }
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((m) => `${m.toUpperCase()} ${path}`),
  )

  expect(document.openapi).toMatch(/^3\.1\./)
  expect(described.toSorted()).toEqual(all.map((c) => `${c.method} ${c.path}`).toSorted())
  for (const ref of referencesIn(document)) expect(target(document, ref), ref).toBeDefined()
  for (const c of all) {
    const operation = document.paths[c.path]![c.method.toLowerCase()]!
    const named = (operation.parameters ?? []).filter((p) => p.in === 'path')
    expect(named.map((p) => p.name)).toEqual([...c.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))
    expect(named.every((p) => p.required)).toBe(true)
    expect(operation.responses).toMatchObject({
      [c.status]: {},
      500: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    })
  }
  const ids = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map((o) => o.operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner
    else yield* referencesIn(inner)
  }
}

const target = (document: unknown, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, step) =>
        (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    )
