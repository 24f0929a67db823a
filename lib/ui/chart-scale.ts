/** The axes of a chart: where its values end, and which marks and labels are shown. Pure; draw-chart.ts draws. */

/** Steps between marks, times a power of ten. */
const STEPS = [1, 2, 5, 10]
/** The smallest range of an axis of shares, so that a difference of a tenth of a point does not look large. */
const MIN_SHARE_SPAN = 0.05
/** Binary fractions such as 0.30000000000000004 end here. */
const DIGITS = 12

export type ValueAxis = { readonly low: number; readonly high: number; readonly marks: readonly number[] }
export type AxisOptions = {
  /** Bars begin at zero; a line may begin where its values do. */
  readonly isFromZero: boolean
  readonly isShare: boolean
  /** Counts have no marks between whole numbers. */
  readonly isWhole: boolean
  readonly mostMarks: number
}

/** An axis whose ends are marks, around all values. */
export function valueAxis(values: readonly number[], options: AxisOptions): ValueAxis {
  const [from, to] = rangeOf(values, options)
  const step = stepOf((to - from) / Math.max(1, options.mostMarks - 1), options.isWhole)
  const first = Math.floor(from / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(to / step - 1e-9))
  const marks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(DIGITS)),
  )
  return { low: marks[0]!, high: marks.at(-1)!, marks }
}

function rangeOf(values: readonly number[], { isFromZero, isShare }: AxisOptions): readonly [number, number] {
  if (values.length === 0) return [0, 1]
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (isFromZero) return [Math.min(0, low), Math.max(0, high) || 1]
  if (isShare && high - low < MIN_SHARE_SPAN) {
    const from = Math.max(0, Math.min(1 - MIN_SHARE_SPAN, (low + high - MIN_SHARE_SPAN) / 2))
    return [from, from + MIN_SHARE_SPAN]
  }
  return low === high ? [Math.min(0, low), Math.max(0, high) || 1] : [low, high]
}

function stepOf(least: number, isWhole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const step = power * STEPS.find((one) => one * power >= least * (1 - 1e-9))!
  return isWhole ? Math.max(1, Math.round(step)) : step
}

/** The highest and lowest ends of stacked bars: the sum at each place. */
export const stackedSums = (series: readonly (readonly (number | null)[])[]): readonly number[] =>
  (series[0] ?? []).map((_, i) => series.reduce((sum, values) => sum + (values[i] ?? 0), 0))

/** Every which label is shown, so that each has this much space. */
export const labelStep = (count: number, width: number, space: number): number =>
  Math.max(1, Math.ceil((count * space) / Math.max(1, width)))

/** A text that fits, shortened at its end where it must be. */
export function fitting(text: string, widthOf: (text: string) => number, width: number): string {
  if (widthOf(text) <= width) return text
  let [fits, tooLong] = [0, text.length]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (widthOf(`${text.slice(0, middle)}…`) <= width) fits = middle
    else tooLong = middle
  }
  return `${text.slice(0, fits)}…`
}
