/** The input of a chart: texts, labels and numbers. */
import { dayText } from './time.tsx'

export type Series = { readonly name: string; readonly values: readonly (number | null)[] }
export type ChartProps = {
  readonly title: string
  /** One sentence that says what the chart shows. */
  readonly description: string
  readonly kind: 'line' | 'bar'
  /** The labels of the x axis, and what they are. */
  readonly labels: readonly string[]
  /** `day`: the labels are days such as 2026-11-29, shown in the reader's locale. */
  readonly labelFormat?: 'day'
  readonly labelName: string
  readonly series: readonly Series[]
  readonly valueName: string
  /** Shares from 0 to 1 are shown in percent. */
  readonly isShare?: boolean
  readonly isStacked?: boolean
  /** 3 if the card around the chart has a heading of its own. */
  readonly level?: 2 | 3
}

/** Digits of a value; more of them are the error of binary fractions (1.2000000000000002). */
const DIGITS = 6

/** A value as the axis and the tooltip show it. */
export const valueText = (value: number, isShare: boolean): string =>
  isShare ? `${Math.round(value * 1000) / 10} %` : String(Number(value.toPrecision(DIGITS)))

/** The labels as the chart and its table show them; the CSV keeps them as they are. */
export const visibleLabels = ({
  labels,
  labelFormat,
}: Pick<ChartProps, 'labels' | 'labelFormat'>): readonly string[] =>
  labelFormat === 'day' ? labels.map(dayText) : labels
