/**
 * The API reference for people: each route with its fields, responses, errors and a working curl line;
 * generated from the contracts and the description of openapi.ts. The page /docs renders it.
 */
import type { Answer, Body, Contract, Scope } from '#lib/contracts/contract.ts'
import { contracts, type Routes } from '#lib/contracts/index.ts'
import { STATUS_OF } from '#lib/domain/errors.ts'
import type { RateLimitName } from '#lib/domain/rate-limit.ts'
import { EXAMPLES, type Example } from './curl-examples.ts'
import { errorsOf, openapi } from './openapi.ts'

/** One field of an input or a response; nested ones with their full path: `top_k[].class`. */
export type FieldRow = {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly about: string
}
export type Operation = {
  readonly id: string
  readonly method: Contract['method']
  readonly path: string
  readonly summary: string
  readonly scope: Scope
  readonly limited: RateLimitName | null
  readonly parameters: readonly (FieldRow & { readonly place: 'path' | 'query' })[]
  readonly body: { readonly kind: Body; readonly fields: readonly FieldRow[] }
  readonly answer: { readonly kind: Answer; readonly status: number; readonly fields: readonly FieldRow[] }
  readonly errors: readonly { readonly status: number; readonly codes: readonly string[] }[]
  readonly curl: string
  /** The route whose response contains the `$ID` of the curl line. */
  readonly idFrom: string | null
}
export type OperationGroup = {
  readonly name: string
  readonly title: string
  readonly operations: readonly Operation[]
}

/** In the order in which a user needs them, each with the first segments of its paths after /api. Other
 *  resources come last, each under its own name. */
const GROUPS: readonly (readonly [name: string, title: string, resources: readonly string[]])[] = [
  ['predict', 'Predict', ['predict']],
  ['history', 'History, corrections and statistics', ['predictions', 'statistics']],
  ['classifiers', 'Classifiers', ['classifiers', 'classes', 'imports']],
  [
    'pictures',
    'Training images',
    ['upload', 'uploads', 'samples', 'data', 'findings', 'changes', 'phone-links', 'phone'],
  ],
  ['training', 'Training', ['retrain', 'runs', 'backbone', 'backbones']],
  ['versions', 'Versions', ['models', 'model']],
  ['snapshots', 'Snapshots', ['snapshots']],
  ['trash', 'Trash', ['trash']],
  ['operations', 'System status', ['health', 'metrics', 'logs', 'audit', 'backups']],
  [
    'people',
    'Users, keys and settings',
    ['setup', 'account', 'notices', 'reset', 'users', 'keys', 'settings'],
  ],
]

/** `origin`: the address at which the reader reaches the API. */
export function reference(origin: string): readonly OperationGroup[] {
  const all = contracts.map((contract) => operationOf(contract, origin))
  const resourceOf = ({ path }: Operation): string => path.split('/')[2]!
  const named = GROUPS.map(([name, title, resources]) => ({
    name,
    title,
    operations: all.filter((one) => resources.includes(resourceOf(one))),
  }))
  const others = Map.groupBy(
    all.filter((one) => !GROUPS.some(([, , resources]) => resources.includes(resourceOf(one)))),
    resourceOf,
  )
  return [
    ...named.filter(({ operations }) => operations.length > 0),
    ...[...others].map(([name, operations]) => ({ name, title: name, operations })),
  ]
}

function operationOf(contract: Contract & (typeof contracts)[number], origin: string): Operation {
  const described = descriptionOf(contract)
  const example: Example = EXAMPLES[`${contract.method} ${contract.path}` as keyof typeof EXAMPLES] ?? {}
  return {
    id: `${contract.method} ${contract.path}`
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '-')
      .replace(/-$/, ''),
    method: contract.method,
    path: contract.path,
    summary: contract.summary,
    scope: contract.scope,
    limited: contract.limited,
    parameters: (described.parameters ?? []).map(({ name, in: place, required, schema }) => ({
      place,
      ...rowOf(name, schema, required === true),
    })),
    body: {
      kind: contract.body,
      fields: fieldsUnder(
        described.requestBody?.content[contract.body === 'json' ? 'application/json' : 'multipart/form-data']
          ?.schema,
      ),
    },
    answer: {
      kind: contract.answer,
      status: contract.status,
      fields:
        contract.answer === 'file'
          ? []
          : fieldsUnder(Object.values(described.responses[`${contract.status}`]!.content)[0]?.schema),
    },
    errors: Object.entries(Object.groupBy(errorsOf(contract), (code) => STATUS_OF[code])).map(
      ([status, codes]) => ({ status: Number(status), codes: codes! }),
    ),
    curl: curlOf(contract, example, origin),
    idFrom: example.idFrom ?? (example.id === undefined ? listOf(contract.path) : null),
  }
}

/** The route that lists what `/api/things/{id}` names one of. */
const listOf = (path: string): keyof Routes | null => {
  const list = contracts.find(
    (one) => one.method === 'GET' && path.startsWith(`${one.path}/{id}`) && !one.path.includes('{'),
  )
  return list ? (`${list.method} ${list.path}` as keyof Routes) : null
}

type Schema = {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly $ref?: string
}
type OperationObject = {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required?: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema } | undefined>>
  }
  readonly responses: Readonly<
    Record<
      string,
      { readonly content: Readonly<Record<string, { readonly schema: Schema } | undefined>> } | undefined
    >
  >
}

/** Our own document has an operation for each contract. */
const descriptionOf = ({ method, path }: Contract): OperationObject =>
  (openapi().paths as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[path]![
    method.toLowerCase()
  ] as OperationObject

const rowOf = (name: string, schema: Schema, isRequired: boolean): FieldRow => ({
  name,
  type: typeWords(schema),
  isRequired,
  about: aboutWords(schema),
})

/** The fields of an object, each followed by the fields inside it. */
function fieldsUnder(schema: Schema | undefined, prefix = ''): readonly FieldRow[] {
  if (!schema) return []
  const inner = schema.anyOf ?? schema.oneOf
  if (inner) return uniqueByName(inner.flatMap((one) => fieldsUnder(one, prefix)))
  if (schema.items) return fieldsUnder(schema.items, `${prefix}[]`)
  if (typeof schema.additionalProperties === 'object')
    return fieldsUnder(schema.additionalProperties, `${prefix}.…`)
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const whole = prefix === '' ? name : `${prefix}.${name}`
    return [rowOf(whole, field, schema.required?.includes(name) === true), ...fieldsUnder(field, whole)]
  })
}

const uniqueByName = (rows: readonly FieldRow[]): readonly FieldRow[] => [
  ...new Map(rows.map((row) => [row.name, row])).values(),
]

function typeWords(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1)!
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' or ')
  const kinds = schema.anyOf ?? schema.oneOf
  if (kinds) return [...new Set(kinds.map(typeWords))].join(' or ')
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeWords({ ...schema, type })).join(' or ')
  if (schema.items) return `list of ${typeWords(schema.items)}`
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object'
      ? `${typeWords(schema.additionalProperties)} by name`
      : 'object'
  if (schema.type === 'string')
    return (
      (
        { uuid: 'id', 'date-time': 'time', date: 'day', binary: 'file', email: 'email' } as Readonly<
          Record<string, string>
        >
      )[schema.format ?? ''] ?? 'text'
    )
  return schema.type === undefined ? 'anything' : String(schema.type)
}

/** zod adds the bounds of safe integers to every integer; they are useless to a reader. */
const isUseful = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER

function rangeWords({ minimum, maximum }: Schema): string {
  if (isUseful(minimum) && isUseful(maximum)) return `${minimum} to ${maximum}`
  if (isUseful(minimum)) return `at least ${minimum}`
  return isUseful(maximum) ? `at most ${maximum}` : ''
}

function aboutWords(schema: Schema): string {
  const bounds = [
    rangeWords(schema),
    schema.maxLength === undefined ? '' : `at most ${schema.maxLength} characters`,
    schema.default === undefined
      ? ''
      : `default ${typeof schema.default === 'object' ? JSON.stringify(schema.default) : String(schema.default)}`,
  ]
    .filter(Boolean)
    .join(', ')
  return [schema.description, bounds].filter(Boolean).join('; ')
}

/** Account routes accept only a session, routes of phones only the token of a link; with a session, a change needs the
 *  Origin header. */
function credentialsFor(scope: Scope, method: Contract['method'], origin: string): readonly string[] {
  if (scope === 'open' || scope === 'predict') return []
  if (scope === 'phone') return ['-H "Authorization: Bearer $PHONE_TOKEN"']
  if (scope !== 'account') return ['-H "Authorization: Bearer $DARKROOM_KEY"']
  return ['-H "Cookie: $DARKROOM_COOKIE"', ...(method === 'GET' ? [] : [`-H "Origin: ${origin}"`])]
}

/** Single quotes keep JSON unchanged; with a `$NAME` in it, double quotes let the shell expand it. */
function curlOf(
  { method, path, scope, body, answer }: Contract,
  { query = {}, json, form, id = '$ID' }: Example,
  origin: string,
): string {
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const address = `${origin}${path.replace(/\{\w+\}/g, id)}${search && `?${search}`}`
  const text = json === undefined ? null : JSON.stringify(json)
  const isImplied = method === 'GET' || (method === 'POST' && (form !== undefined || text !== null))
  const words = [
    `curl ${isImplied ? '' : `-X ${method} `}${answer === 'events' ? '-N ' : ''}"${address}"`,
    ...credentialsFor(scope, method, origin),
    ...(body === 'json' && text !== null
      ? [
          '-H "Content-Type: application/json"',
          `-d ${text.includes('$') ? `"${text.replaceAll('"', '\\"')}"` : `'${text}'`}`,
        ]
      : []),
    ...(form ?? []).map(([field, value]) => `-F ${field}=${value}`),
    ...(answer === 'file' ? ['-o file'] : []),
  ]
  return words.join(' \\\n  ')
}
