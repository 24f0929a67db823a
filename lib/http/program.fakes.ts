/**
 * A running program for tests of the HTTP layer: each module provides only what a test defines, and throws
 * when more is called. Callers are identified by key: `Bearer admin`, `Bearer user`, or the cookie
 * `session=admin`.
 */
import { SCOPES_OF_KEY, SCOPES_OF_ROLE } from '#lib/auth/rights.ts'
import type { Caller } from '#lib/contracts/contract.ts'
import { open } from './context.ts'
import type { Darkroom } from './context.ts'
import { createHeldBodies } from './pending-bodies.ts'

type ProgramParts = {
  [Module in 'serving' | 'queries' | 'ingest' | 'training' | 'operations' | 'auth']?: Partial<
    Darkroom[Module]
  >
} & { holdBody?: Darkroom['holdBody']; settings?: Partial<ReturnType<Darkroom['settings']>> }
const UNBOUNDED = { perAddress: Infinity, inAll: Infinity }
export type LogCall = {
  readonly level: string
  readonly message: string
  readonly about: Readonly<Record<string, unknown>>
}

const RIGHTS: Readonly<Record<string, Caller['scopes']>> = {
  admin: SCOPES_OF_ROLE.admin,
  editor: SCOPES_OF_ROLE.editor,
  viewer: SCOPES_OF_ROLE.viewer,
  user: SCOPES_OF_KEY.user,
  upload: SCOPES_OF_KEY.upload,
  train: SCOPES_OF_KEY.train,
  predict: SCOPES_OF_KEY.predict,
}

export function openProgram(values: ProgramParts = {}): { readonly logged: readonly LogCall[] } {
  const logged: LogCall[] = []
  const settings = {
    publicPredict: true,
    maxImageBytes: 100_000,
    maxUploadBytes: 1_000_000,
    trustProxy: false,
    origin: null,
    host: '127.0.0.1',
    allowedHosts: [],
    openActions: false,
    corsOrigins: [],
    ...values.settings,
  }
  open({
    serving: moduleOf('serving', { refusal: () => null, ...values.serving }),
    queries: moduleOf('queries', { findSubject: async () => null, ...values.queries }),
    ingest: moduleOf('ingest', values.ingest),
    training: moduleOf('training', values.training),
    operations: moduleOf('operations', { noteChange: async () => {}, ...values.operations }),
    auth: moduleOf('auth', { callerOf, rate: async () => null, ...values.auth }),
    holdBody: values.holdBody ?? createHeldBodies({ memory: UNBOUNDED, disk: UNBOUNDED }),
    settings: () => settings,
    log: (level, message, about = {}) => void logged.push({ level, message, about }),
  })
  return { logged }
}

async function callerOf(headers: Pick<Headers, 'get'>): Promise<Caller> {
  const key = headers.get('authorization')?.replace('Bearer ', '')
  const session = headers.get('cookie')?.replace('session=', '')
  const name = key ?? session ?? ''
  const scopes = RIGHTS[name]
  if (!scopes) return { kind: 'anonymous', id: null, name: null, scopes: [] }
  return { kind: key ? 'key' : 'person', id: name, name, scopes }
}

function moduleOf<T extends object>(name: string, values: Partial<T> = {}): T {
  return new Proxy(values, {
    get: (has, key) =>
      Reflect.get(has, key) ?? (() => Promise.reject(new Error(`this test gives no ${name}.${String(key)}`))),
  }) as T
}
