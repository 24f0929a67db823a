'use client'
/** A moment in the reader's locale and time zone. The server knows neither: it renders the moment in UTC, and
 *  the browser replaces that. How long ago something was is RelativeTime's. */
import { useSyncExternalStore } from 'react'

export type TimeFormat = 'date' | 'time' | 'date-time' | 'precise'
const OPTIONS: Readonly<Record<TimeFormat, Intl.DateTimeFormatOptions>> = {
  date: { dateStyle: 'medium' },
  time: { timeStyle: 'medium' },
  'date-time': { dateStyle: 'medium', timeStyle: 'short' },
  precise: {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  },
}

type TimeProps = {
  /** ISO 8601. */
  readonly at: string
  readonly format?: TimeFormat
}

export function Time({ at, format = 'date-time' }: TimeProps) {
  const isInBrowser = useIsInBrowser()
  return (
    <time dateTime={at} title={isInBrowser ? timeText(at, 'date-time') : utcText(at, 'date-time')}>
      {isInBrowser ? timeText(at, format) : utcText(at, format)}
    </time>
  )
}

/** The same as plain text, for titles, chart labels and sentences. In the browser only. */
export const timeText = (at: string, format: TimeFormat = 'date-time'): string =>
  new Intl.DateTimeFormat(undefined, OPTIONS[format]).format(new Date(at))

/** A day that the server counted in UTC, such as 2026-11-29. It must not move to the day before in the
 *  Americas, so only the locale is the reader's. */
export const dayText = (day: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day))

const utcText = (at: string, format: TimeFormat): string =>
  `${new Intl.DateTimeFormat('en-GB', { ...OPTIONS[format], timeZone: 'UTC' }).format(new Date(at))} UTC`

/** False on the server and while its HTML is hydrated, then true. */
export const useIsInBrowser = (): boolean =>
  useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  )

const neverChanges = () => () => {}
