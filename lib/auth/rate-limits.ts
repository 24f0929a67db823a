/**
 * Rate limits: requests counted in windows of a minute, an hour or a day, per class of routes, by key,
 * person or address. Counts are held in memory and exchanged between web processes twice a second
 * (docs/decisions/0010); lib/http builds the refusal.
 */
import { createHash, randomUUID } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Data } from '#lib/data/data.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import { RATE_LIMITS, WINDOW_SECONDS, type Allowance, type RateLimitName } from '#lib/domain/rate-limit.ts'
import type { Rate, RateLimitSubject } from './rate-state.ts'

export type LimitSettings = {
  readonly isEnabled: boolean
  /** For one person or address. */
  readonly allowances: Readonly<Record<RateLimitName, Allowance>>
  /** A key's allowance as a multiple of these. */
  readonly keyTimes: number
}

export type Limits = {
  /** Counts one more request; null where no limit applies. */
  readonly take: (limited: RateLimitName, asking: RateLimitSubject) => MaybePromise<Rate | null>
  /** Undoes a count: the request turned out not to be limited. */
  readonly undoCount: (limited: RateLimitName, asking: RateLimitSubject) => Promise<void>
  /**
   * Sends the local counts to the other processes and adds theirs; on the first call also those from before
   * this start. To be called about twice a second.
   */
  readonly exchange: () => Promise<void>
}

type Limiters = Readonly<Record<RateLimitName, RateLimiterMemory>>
/** By class and subject. */
type Points = Map<string, number>

export function createLimits(
  { isEnabled, allowances, keyTimes }: LimitSettings,
  counts: Data['counts'],
  now: () => number = Date.now,
): Limits {
  const source = randomUUID()
  const ordinary = limitersOf(allowances, 1)
  const ofKeys = limitersOf(allowances, keyTimes)
  const longestMs = 1_000 * Math.max(...Object.values(allowances).map(({ windowSeconds }) => windowSeconds))
  let unreported: Points = new Map()
  let latest: number | null = null

  /** Whether the window must survive a restart. */
  const isLasting = (limited: RateLimitName): boolean =>
    allowances[limited].windowSeconds > WINDOW_SECONDS.minute
  const limiterOf = (limited: RateLimitName, subject: string): RateLimiterMemory =>
    (subject.startsWith(KEY) ? ofKeys : ordinary)[limited]
  const tell = (limited: RateLimitName, subject: string, points: number): void =>
    add(unreported, `${limited} ${subject}`, points)

  async function taken(limited: RateLimitName, asking: RateLimitSubject): Promise<Rate> {
    const subject = subjectOf(asking)
    const limiter = limiterOf(limited, subject)
    const { windowSeconds } = allowances[limited]
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(subject)
      tell(limited, subject, 1)
      return {
        isAllowed: true,
        limit: limiter.points,
        remaining: remainingPoints,
        resetSeconds: Math.ceil(msBeforeNext / 1000),
        windowSeconds,
      }
    } catch (refused) {
      if (refused instanceof Error) throw refused
      const { msBeforeNext } = refused as RateLimiterRes // the library rejects with its count
      return {
        isAllowed: false,
        limit: limiter.points,
        remaining: 0,
        resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
        windowSeconds,
      }
    }
  }

  return {
    take: (limited, asking) => (isEnabled ? taken(limited, asking) : null),
    async undoCount(limited, asking) {
      if (!isEnabled) return
      const subject = subjectOf(asking)
      await limiterOf(limited, subject).reward(subject)
      tell(limited, subject, -1)
    },
    async exchange() {
      if (!isEnabled) return
      if (latest === null) {
        const upTo = await counts.latest()
        if (longestMs > 1_000 * WINDOW_SECONDS.minute)
          await recall(await counts.lasting({ since: new Date(now() - longestMs), upTo }))
        latest = upTo
      }
      const reported = unreported
      unreported = new Map()
      const [lasting, passing] = partition(
        [...reported].filter(([, points]) => points !== 0),
        ([name]) => isLasting(readName(name)?.limited ?? 'predict'),
      )
      try {
        const heard = await counts.exchange({
          source,
          passing: Object.fromEntries(passing),
          lasting: Object.fromEntries(lasting),
          lastsMs: longestMs,
          after: latest,
        })
        latest = heard.latest
        for (const [name, points] of heard.ofOthers.flatMap((one) => Object.entries(one)))
          await count(name, points)
      } catch (error) {
        for (const [name, points] of reported) add(unreported, name, points)
        throw error
      }
    },
  }

  async function count(name: string, points: number): Promise<void> {
    const read = readName(name)
    if (read) await limiterOf(read.limited, read.subject).penalty(read.subject, points)
  }

  /** Restores counts from before this start, for windows that are still open. */
  async function recall(
    rows: readonly { readonly at: Date; readonly counts: Readonly<Record<string, number>> }[],
  ): Promise<void> {
    const windows = new Map<string, { began: number; points: number }>()
    for (const { at, counts: counted } of rows) {
      for (const [name, points] of Object.entries(counted)) {
        const read = readName(name)
        if (!read) continue
        const known = windows.get(name)
        if (known && at.getTime() - known.began < 1_000 * allowances[read.limited].windowSeconds)
          known.points += points
        else windows.set(name, { began: at.getTime(), points })
      }
    }
    for (const [name, { began, points }] of windows) {
      const { limited, subject } = readName(name)!
      const leftMs = began + 1_000 * allowances[limited].windowSeconds - now()
      if (leftMs <= 0 || points <= 0) continue
      const limiter = limiterOf(limited, subject)
      const here = await limiter.get(subject)
      await limiter.set(subject, points + (here?.consumedPoints ?? 0), leftMs / 1_000)
    }
  }
}

function readName(name: string): { readonly limited: RateLimitName; readonly subject: string } | null {
  const space = name.indexOf(' ')
  const limited = RATE_LIMITS.find((one) => one === name.slice(0, space))
  return limited ? { limited, subject: name.slice(space + 1) } : null
}

const add = (all: Points, name: string, points: number): void =>
  void all.set(name, (all.get(name) ?? 0) + points)

const partition = <T>(all: readonly T[], belongs: (one: T) => boolean): readonly [T[], T[]] => [
  all.filter(belongs),
  all.filter((one) => !belongs(one)),
]

const limitersOf = (allowances: LimitSettings['allowances'], times: number): Limiters =>
  Object.fromEntries(
    RATE_LIMITS.map((limited) => {
      const { points, windowSeconds } = allowances[limited]
      return [limited, new RateLimiterMemory({ points: points * times, duration: windowSeconds })]
    }),
  ) as Limiters // every class is in the list

const KEY = 'key:'

/** An account is stored as a digest: people type a password in the address field by mistake. */
function subjectOf({ caller, address, account }: RateLimitSubject): string {
  if (caller.kind !== 'anonymous') return `${caller.kind}:${caller.id}`
  if (account === undefined) return placeOf(address)
  return (
    `${placeOf(address)} ` +
    `${createHash('sha256').update(account.trim().toLowerCase()).digest('base64url').slice(0, 22)}`
  )
}

/** One place is one IPv4 address, or one IPv6 network of 64 bits, which providers give to one customer. */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [before = '', after] = address.toLowerCase().split('%')[0]!.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const groups =
    after === undefined
      ? head
      : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
