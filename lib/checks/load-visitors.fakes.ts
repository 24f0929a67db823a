/** The visitors of artillery/visitors.yml without Artillery: the same requests and checks
 *  (artillery/visitor.mjs), the same pauses and thresholds, against a product that a test started. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT } from './sources.ts'

const PLAN = 'artillery/visitors.yml'
const VISITOR = 'artillery/visitor.mjs'
/** The plan's inner loop. */
const PREDICTIONS_PER_PAGE = 4

export type Arrivals = { readonly seconds: number; readonly arrivals: number; readonly pauseMs: number }
export type LoadPlan = {
  /** By number of users. */
  readonly arrivals: ReadonlyMap<number, Arrivals>
  readonly mostP95Ms: number
  readonly conditions: readonly string[]
}
export type VisitorCounters = Readonly<Record<string, number>>
type Hook = (...args: unknown[]) => void
type Hooks = Readonly<Record<string, Hook>>
type VisitorContext = { readonly vars: Record<string, unknown> }

/** An environment of the plan: its users, and how long and how often they arrive. */
const ENVIRONMENT = new RegExp(
  [
    /^ {4}['"](\d+)['"]:\n/,
    /\s+phases: \[\{ name: .*?, duration: (\d+), arrivalRate: (\d+) \}\]\n/,
    /\s+variables: \{ pause: \[(\d+)ms\] \}/,
  ]
    .map(({ source }) => source)
    .join(''),
  'gm',
)

export function readLoadPlan(): LoadPlan {
  const text = readFileSync(path.join(ROOT, PLAN), 'utf8')
  return {
    arrivals: new Map(
      [...text.matchAll(ENVIRONMENT)].map(([, users, seconds, arrivals, pauseMs]) => [
        Number(users),
        { seconds: Number(seconds), arrivals: Number(arrivals), pauseMs: Number(pauseMs) },
      ]),
    ),
    mostP95Ms: Number(/- http\.response_time\.p95: (\d+)$/m.exec(text)?.[1]),
    conditions: [...text.matchAll(/- expression: (.+)$/gm)].map(([, expression]) => expression!),
  }
}

/** The conditions of the plan that do not hold, as they are written: `a == 0`, `a > b * 4`. */
export const brokenConditions = ({ conditions }: LoadPlan, counters: VisitorCounters): readonly string[] =>
  conditions.filter((expression) => {
    const [, name = '', relation, other = '', , factor = '1'] =
      /^(\S+) (==|>) (\S+)( \* (\d+))?$/.exec(expression) ?? []
    const left = counters[name] ?? 0
    const right = (/^\d+$/.test(other) ? Number(other) : (counters[other] ?? 0)) * Number(factor)
    if (relation === '==') return left !== right
    if (relation === '>') return left <= right
    throw new Error(`${PLAN} has a condition that is not understood here: ${expression}`)
  })

let runs = 0
/** The hooks of artillery/visitor.mjs, as new: it counts what it sends, and its time begins with the first visitor. */
async function newHooks(): Promise<Hooks> {
  const loaded: Readonly<Record<string, unknown>> = await import(
    `${pathToFileURL(path.join(ROOT, VISITOR)).href}?run=${++runs}`
  )
  return Object.fromEntries(
    Object.entries(loaded).flatMap(([name, value]) => (isHook(value) ? [[name, value]] : [])),
  )
}
const isHook = (value: unknown): value is Hook => typeof value === 'function'

/** One call of a hook: its counters are added to `counters`; answers what it gave to `next`. */
function call(hook: Hook | undefined, args: readonly unknown[], counters: Record<string, number>): unknown {
  if (!hook) throw new Error(`${VISITOR} lacks a hook that ${PLAN} names.`)
  let given: unknown
  const events = {
    emit: (_kind: string, name: string, count: number) => {
      counters[name] = (counters[name] ?? 0) + count
    },
  }
  hook(...args, events, (value: unknown) => {
    given = value
  })
  return given
}

/** This hook counts nothing. */
function hasTime(hooks: Hooks, context: VisitorContext): boolean {
  let given: unknown
  hooks['hasTime']?.(context, (value: unknown) => {
    given = value
  })
  return given === true
}

/** What a visitor makes of one response to a prediction of `shape`. */
export async function judged(
  shape: string,
  response: { readonly statusCode: number; readonly body: string },
): Promise<VisitorCounters> {
  const counters: Record<string, number> = {}
  call((await newHooks())['checkAnswer'], [{}, response, { vars: { shape } }], counters)
  return counters
}

export type VisitorsRun = {
  readonly counters: VisitorCounters
  /** Of each request, in milliseconds, the quickest first. */
  readonly times: readonly number[]
}

/** So many visitors arrive as the plan says, and leave after `seconds`. */
export async function sendVisitors(
  { arrivals }: LoadPlan,
  { url, key, users, seconds }: { url: string; key: string; users: number; seconds: number },
): Promise<VisitorsRun> {
  const arriving = arrivals.get(users)
  if (!arriving) throw new Error(`${PLAN} has no ${users} users.`)
  const hooks = await newHooks()
  const counters: Record<string, number> = { 'vusers.failed': 0 }
  const times: number[] = []

  const send = async (method: string, context: VisitorContext): Promise<void> => {
    const [before, after, address] =
      method === 'POST'
        ? ['sendImage', 'checkAnswer', () => '/api/predict?classifier=shapes']
        : ['turnPage', 'checkPage', () => String(context.vars['page'])]
    const request: { headers?: Record<string, string>; body?: BodyInit } = {}
    call(hooks[before], [request, context], counters)
    const began = performance.now()
    const response = await fetch(url + address(), {
      method,
      headers: { ...request.headers, authorization: `Bearer ${key}` },
      ...(request.body !== undefined && { body: request.body }),
    })
    const body = await response.text()
    times.push(performance.now() - began)
    call(hooks[after], [request, { statusCode: response.status, body }, context], counters)
  }
  const visit = async (): Promise<void> => {
    const context: VisitorContext = { vars: { seconds } }
    call(hooks['arrive'], [context], counters)
    do {
      for (let i = 0; i < PREDICTIONS_PER_PAGE; i++) {
        await send('POST', context)
        await pause(arriving.pauseMs)
      }
      await send('GET', context)
      await pause(arriving.pauseMs)
    } while (hasTime(hooks, context))
  }

  const visitors = Array.from({ length: users }, async (_, i) => {
    await pause((i * 1000) / arriving.arrivals)
    await visit().catch(() => {
      counters['vusers.failed']! += 1
    })
  })
  await Promise.all(visitors)
  return { counters, times: times.toSorted((a, b) => a - b) }
}
