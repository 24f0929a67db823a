/**
 * The type of a scenario and of its results: one line for each promise, with the expected and the measured
 * value. scenarios.ts lists the scenarios.
 */
import type { Product } from './product.ts'

export type CheckResult = {
  readonly what: string
  readonly expected: string
  readonly measured: string
  readonly holds: boolean
}

export type Form = 'short' | 'long'

export type Context = {
  readonly form: Form
  /** The number for this form. */
  readonly count: (numbers: Readonly<Record<Form, number>>) => number
  /**
   * A product with usual settings that scenarios share; a scenario that may break one permanently starts
   * its own.
   */
  readonly product: () => Promise<Product>
  readonly say: (line: string) => void
}

export type Scenario = {
  readonly name: string
  readonly is: string
  readonly in: readonly Form[]
  /** Why it cannot run on this machine; null where it can. */
  readonly lacks?: () => string | null
  readonly run: (context: Context) => Promise<readonly CheckResult[]>
}

export const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** Whether the condition was met within the time, and after how many milliseconds. */
export async function within(
  ms: number,
  holds: () => boolean | Promise<boolean>,
): Promise<{ readonly held: boolean; readonly ms: number }> {
  const began = performance.now()
  while (performance.now() - began < ms) {
    if (await holds()) return { held: true, ms: performance.now() - began }
    await wait(20)
  }
  return { held: false, ms: performance.now() - began }
}

/** `200 × 28, 503 × 2`. */
export function tally(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return (
    [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([value, count]) => `${value} × ${count}`)
      .join(', ') || 'none'
  )
}

/** The value below which this share of them lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const inMs = (ms: number): string => `${Math.round(ms).toLocaleString('en')} ms`
export const inMb = (mb: number): string => `${Math.round(mb).toLocaleString('en')} MB`
