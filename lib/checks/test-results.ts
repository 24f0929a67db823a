/**
 * How many cases of a part of `npm test` passed, failed and were skipped, read from the reports that Vitest and
 * Playwright write, with the names of those that failed: the closing lines of a long run state them.
 */
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { StoryReport, StorySuite, UnitReport } from '#lib/contracts/developer-files.ts'
import { neededBy } from './skipped.ts'
import { ROOT } from './sources.ts'

export type Count = {
  readonly passed: number
  readonly failed: number
  readonly skipped?: number
  /** Why a test was skipped, once for each. */
  readonly reasons?: readonly string[]
  /** Each test that failed, as far as they have names, with the first line of its error. */
  readonly failures?: readonly string[]
  /** Each test that failed first and passed when it was repeated. It counts as passed. */
  readonly repeated?: readonly string[]
}

/** Vitest's words for a test that did not run. */
const SKIPPED = new Set(['skipped', 'pending'])
/** A story that did not run because an earlier one of the same file failed. */
const NOT_RUN = 'a story before it failed'

const failure = (name: string, message: string): string => `${name}: ${firstLine(message)}`

const firstLine = (text: string): string => stripVTControlCharacters(text).split('\n', 1)[0]!

/** A file that broke outside its tests, in an import or a hook, counts as one failure. */
export function unitCount(report: UnitReport): Count {
  const files = report.testResults.map(({ name, ...file }) => ({ ...file, name: path.relative(ROOT, name) }))
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({
      ...test,
      file: file.name,
      name: `${file.name} ${test.fullName}`,
    })),
  )
  const failed = tests.filter(({ status }) => status === 'failed')
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: failed.length + broken.length,
    skipped: report.numPendingTests,
    reasons: tests.filter(({ status }) => SKIPPED.has(status)).map(({ file }) => neededBy(file)),
    failures: [
      ...failed.map(({ name, failureMessages }) => failure(name, failureMessages[0] ?? '')),
      ...broken.map(({ name, message }) => failure(name, message ?? '')),
    ],
    repeated: tests
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ name, failureMessages }) => failure(name, failureMessages[0]!)),
  }
}

/** `code` is Playwright's exit code: it is not 0 where something outside the stories failed. */
export function storyCount({ stats, suites }: StoryReport, code: number): Count {
  const stories = storiesIn(suites)
  const failuresWith = (status: string): readonly string[] =>
    stories
      .filter((story) => story.status === status)
      .map(({ name, errors }) => failure(name, errors[0]?.message ?? ''))
  return {
    passed: stats.expected + stats.flaky,
    failed: Math.max(stats.unexpected, code === 0 ? 0 : 1),
    skipped: stats.skipped,
    reasons: stories.flatMap(({ status, annotations }) =>
      status === 'skipped' ? [annotations.find(({ type }) => type === 'skip')?.description ?? NOT_RUN] : [],
    ),
    failures: failuresWith('unexpected'),
    repeated: failuresWith('flaky'),
  }
}

type Story = {
  readonly name: string
  readonly status: string
  readonly annotations: StorySuite['specs'][number]['tests'][number]['annotations']
  readonly errors: readonly { readonly message?: string | undefined }[]
}

const storiesIn = (suites: readonly StorySuite[]): readonly Story[] =>
  suites.flatMap((suite) => [
    ...suite.specs.flatMap(({ title, file, tests }) =>
      tests.map(({ results, ...test }) => ({
        ...test,
        name: `${file} ${title}`,
        errors: results.flatMap(({ errors }) => errors),
      })),
    ),
    ...storiesIn(suite.suites ?? []),
  ])

export function sumOf(counts: readonly Count[]): Required<Count> {
  const sum = (of: (count: Count) => number): number => counts.reduce((total, one) => total + of(one), 0)
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped = 0 }) => skipped),
    reasons: counts.flatMap(({ reasons = [] }) => reasons),
    failures: counts.flatMap(({ failures = [] }) => failures),
    repeated: counts.flatMap(({ repeated = [] }) => repeated),
  }
}
