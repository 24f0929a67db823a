/** How often somebody may ask: counted per minute, per class of routes, by key, person or address. Counts live in memory and are told
 *  to the other web processes twice a second (docs/decisions/0010); what a refusal looks like, lib/http says. */
import { randomUUID } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { LIMITED, type Limited } from '#lib/contracts/contract.ts'
import type { Data } from '#lib/data/data.ts'
import { WINDOW_SECONDS, type Rate, type WhoAsks } from './rate.ts'

export type LimitSettings = {
  readonly isEnabled: boolean
  /** For one person or address. */
  readonly perMinute: Readonly<Record<Limited, number>>
  /** A key may so many times as much. */
  readonly keyTimes: number
}

export type Limits = {
  /** Counts one more; null where nothing is limited. */
  readonly take: (limited: Limited, asking: WhoAsks) => Promise<Rate | null>
  /** Takes one back: it turned out not to be one of those that are counted. */
  readonly giveBack: (limited: Limited, asking: WhoAsks) => Promise<void>
  /** Tells the others what was counted here, and counts what they say. To be called about twice a second. */
  readonly exchange: () => Promise<void>
}

type Limiters = Readonly<Record<Limited, RateLimiterMemory>>

export function createLimits({ isEnabled, perMinute, keyTimes }: LimitSettings, counts: Data['counts']): Limits {
  const source = randomUUID()
  const ordinary = limitersOf((limited) => perMinute[limited])
  const ofKeys = limitersOf((limited) => perMinute[limited] * keyTimes)
  let untold = new Map<string, number>()
  let latest: number | null = null

  const limiterOf = (limited: Limited, subject: string): RateLimiterMemory => (subject.startsWith(KEY) ? ofKeys : ordinary)[limited]
  const tell = (limited: Limited, subject: string, points: number): void => {
    const name = `${limited} ${subject}`
    untold.set(name, (untold.get(name) ?? 0) + points)
  }

  return {
    async take(limited, asking) {
      if (!isEnabled) return null
      const subject = subjectOf(asking)
      const limiter = limiterOf(limited, subject)
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(subject)
        tell(limited, subject, 1)
        return { isAllowed: true, limit: limiter.points, remaining: remainingPoints, resetSeconds: Math.ceil(msBeforeNext / 1000) }
      } catch (refused) {
        if (refused instanceof Error) throw refused
        const { msBeforeNext } = refused as RateLimiterRes // the library rejects with its count
        return { isAllowed: false, limit: limiter.points, remaining: 0, resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) }
      }
    },
    async giveBack(limited, asking) {
      if (!isEnabled) return
      const subject = subjectOf(asking)
      await limiterOf(limited, subject).reward(subject)
      tell(limited, subject, -1)
    },
    async exchange() {
      if (!isEnabled) return
      const told = untold
      untold = new Map()
      latest ??= counts.latest()
      try {
        const heard = await counts.exchange({ source, counts: Object.fromEntries([...told].filter(([, points]) => points !== 0)), after: latest })
        latest = heard.latest
        for (const [name, points] of heard.ofOthers.flatMap((one) => Object.entries(one))) await count(name, points)
      } catch (error) {
        for (const [name, points] of told) untold.set(name, (untold.get(name) ?? 0) + points)
        throw error
      }
    },
  }

  async function count(name: string, points: number): Promise<void> {
    const space = name.indexOf(' ')
    const limited = LIMITED.find((one) => one === name.slice(0, space))
    const subject = name.slice(space + 1)
    if (limited) await limiterOf(limited, subject).penalty(subject, points)
  }
}

const limitersOf = (pointsOf: (limited: Limited) => number): Limiters =>
  Object.fromEntries(LIMITED.map((limited) => [limited, new RateLimiterMemory({ points: pointsOf(limited), duration: WINDOW_SECONDS })])) as Limiters // every class is in the list

const KEY = 'key:'

const subjectOf = ({ caller, address }: WhoAsks): string => (caller.kind === 'stranger' ? placeOf(address) : `${caller.kind}:${caller.id}`)

/** One place is one IPv4 address, or one IPv6 network of 64 bits: those are what a provider gives to one household. */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [before = '', after] = address.toLowerCase().split('%')[0]!.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const groups = after === undefined ? head : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`
}
