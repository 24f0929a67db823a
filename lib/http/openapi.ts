/**
 * The API's description (OpenAPI 3.1), generated from the contracts alone, so that it cannot differ from
 * them.
 */
import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi'
import type { Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { problem } from '#lib/contracts/fields.ts'
import { STATUS_OF } from '#lib/domain/errors.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'

export const OPENAPI_VERSION = '3.1.1'

const binary = { type: 'string', format: 'binary' } as const
/** Built by lib/http from the body; the description shows the body instead. */
const BODY_FIELDS: Readonly<Record<string, true>> = { image: true, parts: true }
const PROBLEM = problem.meta({ id: 'Problem', description: 'what happened, why, and what to do (RFC 9457)' })

let made: ReturnType<typeof createDocument> | undefined

export function openapi(): ReturnType<typeof createDocument> {
  made ??= createDocument({
    openapi: OPENAPI_VERSION,
    info: {
      title: 'Darkroom',
      version: '1',
      description: 'Train an image classifier, evaluate it, and serve its predictions.',
    },
    paths: pathsOf(contracts),
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
        key: { type: 'http', scheme: 'bearer' },
        key_header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  })
  return made
}

function pathsOf(all: readonly Contract[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const c of all) (paths[c.path] ??= {})[c.method.toLowerCase()] = operationOf(c)
  return paths
}

function operationOf(c: Contract): ZodOpenApiOperationObject {
  const { path, query, body } = fieldsOf(c)
  const requestBody = bodyOf(c, body)
  return {
    operationId: `${c.method.toLowerCase()}_${c.path
      .slice('/api/'.length)
      .replace(/[^a-z]+/g, '_')
      .replace(/_$/, '')}`,
    summary: c.summary,
    tags: [c.path.split('/')[2]!],
    security: securityOf(c.scope),
    requestParams: { path: z.object(path), query: z.object(query) },
    ...(requestBody && { requestBody }),
    responses: responsesOf(c),
  }
}

type Security = Record<string, string[]>[]

function securityOf(scope: Contract['scope']): Security {
  if (scope === 'account') return [{ session: [] }]
  const withKey: Security = [{ session: [] }, { key: [] }, { key_header: [] }]
  return scope === 'open' || scope === 'predict' ? [{}, ...withKey] : withKey
}

type Shape = Record<string, z.ZodType>

/**
 * Names in the path go into the path; without a body, the others go into the query; otherwise into the
 * body.
 */
function fieldsOf(c: Contract): { path: Shape; query: Shape; body: Shape } {
  const shape: Shape = c.input instanceof z.ZodObject ? { ...c.input.shape } : {}
  const path: Shape = {}
  const rest: Shape = {}
  for (const [name, field] of Object.entries(shape)) {
    if (c.path.includes(`{${name}}`)) path[name] = field
    else if (!BODY_FIELDS[name]) rest[name] = field
  }
  return c.body === 'json' ? { path, query: {}, body: rest } : { path, query: rest, body: {} }
}

function bodyOf(c: Contract, fields: Shape): ZodOpenApiRequestBodyObject | null {
  switch (c.body) {
    case 'none':
      return null
    case 'json':
      return {
        content: { 'application/json': { schema: z.object(fields) } },
        required: Object.values(fields).some((f) => !f.safeParse(undefined).success),
      }
    case 'image':
      return {
        required: true,
        content: {
          'multipart/form-data': {
            schema: { type: 'object', properties: { file: binary }, required: ['file'] },
          },
          'image/*': { schema: binary },
          'application/json': {
            schema: {
              type: 'object',
              properties: { url: { type: 'string', description: 'data:image/png;base64,…' } },
              required: ['url'],
            },
          },
        },
      }
    case 'parts':
      return {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              properties: {
                files: {
                  type: 'array',
                  items: binary,
                  description: 'images, one ZIP archive, or images and a CSV file with labels',
                },
                label: { type: 'string' },
                labels: { type: 'array', items: { type: 'string' } },
              },
              required: ['files'],
            },
          },
          'application/zip': { schema: binary },
        },
      }
  }
}

function responsesOf(c: Contract): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {
    [`${c.status}`]: { description: 'Success', content: contentOf(c) },
  }
  if (c.statusOf)
    responses['202'] = { description: 'Accepted; it continues in the background', content: contentOf(c) }
  for (const [status, codes] of Object.entries(Object.groupBy(errorsOf(c), (code) => STATUS_OF[code]))) {
    responses[status as `${1 | 2 | 3 | 4 | 5}${string}`] = {
      description: codes!.join(', '),
      content: { 'application/problem+json': { schema: PROBLEM } },
    }
  }
  return responses
}

function contentOf(
  c: Contract,
): Record<string, { schema: z.ZodType | { type: 'string'; format: 'binary' } }> {
  switch (c.answer) {
    case 'json':
      return { 'application/json': { schema: c.output } }
    case 'events':
      return { 'text/event-stream': { schema: c.output } }
    case 'file':
      return { 'application/octet-stream': { schema: binary } }
  }
}

/** A contract's own errors, and those that its scope, body and input imply. */
export function errorsOf(c: Contract): readonly ErrorCode[] {
  const added: ErrorCode[] = ['internal']
  if (c.scope !== 'open') added.push('unauthenticated')
  if (c.scope !== 'open' && c.scope !== 'predict') added.push('forbidden')
  if (c.method !== 'GET' && c.scope !== 'open') added.push('foreign_origin')
  if (c.input instanceof z.ZodObject && Object.keys(c.input.shape).length > 0) added.push('invalid_input')
  if (c.body !== 'none') added.push('malformed', 'too_large', 'too_slow')
  if (c.body === 'json' || c.body === 'parts') added.push('unsupported_media')
  if (c.limited) added.push('rate_limited')
  if (c.path.includes('{')) added.push('not_found')
  return [...new Set([...c.errors, ...added])]
}
