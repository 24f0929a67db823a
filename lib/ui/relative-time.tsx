'use client'
/** How long ago something was, updated regularly; the exact time in the reader's time zone on hover. Moments that
 *  do not age are Time's. */
import { useEffect, useState } from 'react'
import { timeText, useIsInBrowser } from './time.tsx'

const STEPS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [31_557_600, 'year'],
  [2_629_800, 'month'],
  [604_800, 'week'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
]
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

export function RelativeTime({ at }: { readonly at: string }) {
  const [now, setNow] = useState(() => Date.now())
  const isInBrowser = useIsInBrowser()
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={at} title={isInBrowser ? timeText(at) : undefined} suppressHydrationWarning>
      {ago(Date.parse(at), now)}
    </time>
  )
}

function ago(then: number, now: number): string {
  const seconds = Math.round((then - now) / 1000)
  const step = STEPS.find(([size]) => Math.abs(seconds) >= size)
  return step ? words.format(Math.trunc(seconds / step[0]), step[1]) : 'just now'
}
