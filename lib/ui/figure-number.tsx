/** A number with its unit and, if it was measured on a sample, its confidence interval. */
import { counted } from '#lib/domain/text/count-text.ts'
import type { Interval } from '#lib/domain/evaluation/statistics.ts'

type FigureProps =
  /** A share from 0 to 1, shown in percent. */
  | { readonly share: Interval | number | null; readonly digits?: number }
  /** A difference of shares, shown in points with its sign. */
  | { readonly points: Interval }
  /** `unit` in the singular, such as "image". */
  | { readonly count: number | null; readonly unit?: string }
  | { readonly amount: number | null; readonly unit: string; readonly digits?: number }
  | { readonly bytes: number }

export function FigureNumber(props: FigureProps & { readonly size?: 'normal' | 'large' }) {
  const { value, range, spoken } = textOf(props)
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

/** The same number as plain text, for chart tables, files and sentences. */
export const numberText = (props: FigureProps): string => {
  const { value, range } = textOf(props)
  return range ? `${value} (${range})` : value
}

type FigureText = { readonly value: string; readonly range?: string; readonly spoken?: string }

function textOf(shown: FigureProps): FigureText {
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
  if ('count' in shown) return { value: countText(shown) }
  return {
    value: shown.amount === null ? 'unknown' : `${shown.amount.toFixed(shown.digits ?? 1)} ${shown.unit}`,
  }
}

function countText({ count, unit }: { readonly count: number | null; readonly unit?: string }): string {
  if (count === null) return 'unknown'
  return unit ? counted(count, unit) : count.toLocaleString('en-GB')
}

/** Never rounds to 100 or 0 unless it is exactly that. */
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

/** 1 MB is 1024 × 1024 bytes, as in the settings, so that a limit of 20 is shown as 20. */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, count < 1024 ? 0 : Math.floor(Math.log2(count) / 10))
  const amount = count / 1024 ** power
  return `${Number.isInteger(amount) || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}
