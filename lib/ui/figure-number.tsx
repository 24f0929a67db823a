/** A number as a person may trust it: with its unit, and the interval it may lie in where it was measured on
 *  a sample. */
import { counted } from '#lib/domain/counted.ts'
import type { Interval } from '#lib/domain/statistics.ts'

type Shown =
  /** A share from 0 to 1, shown in percent. */
  | { readonly share: Interval | number | null; readonly digits?: number }
  /** A difference of shares, shown in points with its sign. */
  | { readonly points: Interval }
  /** What is counted, as one says it of one: "picture". */
  | { readonly count: number | null; readonly unit?: string }
  | { readonly amount: number | null; readonly unit: string; readonly digits?: number }
  | { readonly bytes: number }

export function FigureNumber(props: Shown & { readonly size?: 'normal' | 'large' }) {
  const { value, range, spoken } = read(props)
  return (
    <span className="number" data-size={props.size ?? 'normal'}>
      <span className="number-value">{value}</span>
      {range && (
        <span className="number-range">
          <span aria-hidden="true">{range}</span>
          <span className="sr-only">{spoken}</span>
        </span>
      )}
    </span>
  )
}

/** The same number as plain text, for table twins, files and sentences. */
export const numberText = (shown: Shown): string => {
  const { value, range } = read(shown)
  return range ? `${value} (${range})` : value
}

type Read = { readonly value: string; readonly range?: string; readonly spoken?: string }

function read(shown: Shown): Read {
  if ('share' in shown) {
    const { share } = shown
    if (share === null) return { value: 'not measured' }
    if (typeof share === 'number') return { value: `${percent(share, shown.digits)} %` }
    const [low, high] = [percent(share.low, shown.digits), percent(share.high, shown.digits)]
    return {
      value: `${percent(share.value, shown.digits)} %`,
      range: `${low}–${high}`,
      spoken: `between ${low} and ${high} percent`,
    }
  }
  if ('points' in shown) {
    const { value, low, high } = shown.points
    return {
      value: `${signed(value)} points`,
      range: `${signed(low)} to ${signed(high)}`,
      spoken: `between ${signed(low)} and ${signed(high)}`,
    }
  }
  if ('bytes' in shown) return { value: bytes(shown.bytes) }
  if ('count' in shown)
    return { value: shown.count === null ? 'unknown' : countText(shown.count, shown.unit) }
  return {
    value: shown.amount === null ? 'unknown' : `${shown.amount.toFixed(shown.digits ?? 1)} ${shown.unit}`,
  }
}

/** Never rounds up to 100 or down to 0 what is not exactly that. */
function percent(share: number, digits = 1): string {
  const text = (share * 100).toFixed(digits)
  const step = 10 ** -digits
  if (share < 1 && Number(text) === 100) return (100 - step).toFixed(digits)
  if (share > 0 && Number(text) === 0) return step.toFixed(digits)
  return text
}

const signed = (share: number): string => {
  const text = (Math.abs(share) * 100).toFixed(1)
  return Number(text) === 0 ? '0.0' : `${share < 0 ? '−' : '+'}${text}`
}

/** A MB is 1024 × 1024 bytes, as in the settings: a limit of 20 reads as 20. */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, count < 1024 ? 0 : Math.floor(Math.log2(count) / 10))
  const amount = count / 1024 ** power
  return `${Number.isInteger(amount) || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}

const countText = (count: number, unit?: string): string =>
  unit ? counted(count, unit) : count.toLocaleString('en-GB')
