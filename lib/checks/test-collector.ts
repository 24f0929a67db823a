/**
 * Stands in for vitest while mutants.ts runs the tests of a rule: it only collects them, and mutant-runner.ts
 * runs them in its own process, about ten times faster than a test runner that starts again for each change. It
 * knows what the tests of lib/domain use: `test`, `test.each` and `expect`.
 */
/** @public for the tests, in which mutant-runner.ts replaces vitest by this file */
export { expect } from 'vitest'

type TestBody = (...values: readonly unknown[]) => unknown
export type CollectedTest = () => unknown

const collected: CollectedTest[] = []

const collect = (_name: string, body: TestBody): void => {
  collected.push(() => body())
}

/** @public as `expect` is */
export const test = Object.assign(collect, {
  each:
    (rows: readonly unknown[]) =>
    (_name: string, body: TestBody): void => {
      for (const row of rows) collected.push(() => (Array.isArray(row) ? body(...row) : body(row)))
    },
})

/** The tests that have been defined since the last call. */
export const takeTests = (): readonly CollectedTest[] => collected.splice(0)
