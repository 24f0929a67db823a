/** The names of the rate limits, and how often something may be done: `30`, `30/minute`, `5/hour`, `100/day`. A
 *  contract names its limit; lib/auth counts. */

/** Groups of requests that share a limit (RATE_LIMIT_*). Logins are counted behind next-auth's own route: per account,
 *  and in total. */
export const RATE_LIMITS = ['predict', 'batch', 'upload', 'retrain', 'evaluate', 'login', 'logins'] as const
export type RateLimitName = (typeof RATE_LIMITS)[number]

export const WINDOW_SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const
type Window = keyof typeof WINDOW_SECONDS

const MOST = 1_000_000

export type Allowance = { readonly points: number; readonly windowSeconds: number }

/** Null when it has another format. A plain number is per minute. */
export function allowanceOf(text: string): Allowance | null {
  const match = /^([1-9]\d*)(?:\s*(?:\/|per)\s*(minute|hour|day))?$/i.exec(text.trim())
  const points = Number(match?.[1])
  if (!match || points > MOST) return null
  // the pattern has the same three
  return { points, windowSeconds: WINDOW_SECONDS[(match[2]?.toLowerCase() ?? 'minute') as Window] }
}

export function windowWords(seconds: number): string {
  if (seconds === WINDOW_SECONDS.minute) return 'a minute'
  return seconds === WINDOW_SECONDS.hour ? 'an hour' : 'a day'
}

/** A waiting time in words: 40 seconds, 12 minutes, 5 hours. */
export function waitWords(seconds: number): string {
  if (seconds < 120) return `${seconds} second${seconds === 1 ? '' : 's'}`
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3_600)} hours`
}
