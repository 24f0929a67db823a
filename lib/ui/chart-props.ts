/** What a chart is given: what it shows, in words, labels and numbers. */

export type Series = { readonly name: string; readonly values: readonly (number | null)[] }
export type ChartProps = {
  readonly title: string
  /** One sentence: what is to be seen here. */
  readonly description: string
  readonly kind: 'line' | 'bar'
  /** What runs along the bottom, and its name. */
  readonly labels: readonly string[]
  readonly labelName: string
  readonly series: readonly Series[]
  readonly valueName: string
  /** Shares from 0 to 1 are shown in percent. */
  readonly isShare?: boolean
  readonly isStacked?: boolean
  /** 3 where the plot stands under a heading of its card. */
  readonly level?: 2 | 3
}
