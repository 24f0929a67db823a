import path from 'node:path'
import { expect, it } from 'vitest'
import { storyReport, unitReport } from '#lib/contracts/developer-files.ts'
import { ROOT } from './sources.ts'
import { storyCount, unitCount } from './test-results.ts'

const unitFile = (name: string, status: string, tests: readonly object[], message = ''): object => ({
  name: path.join(ROOT, name),
  status,
  message,
  assertionResults: tests,
})
const unitTest = (fullName: string, status: string, ...failureMessages: string[]): object => ({
  fullName,
  status,
  failureMessages,
})

it('names unit tests that failed, files that broke outside a test, and tests that passed when repeated', () => {
  const testResults = [
    unitFile('lib/a.test.ts', 'failed', [
      unitTest('fails', 'failed', 'Error: 1 is not 2\n    at a.test.ts:4', 'Error: 1 is not 2'),
      unitTest('passes the second time', 'passed', 'Error: too late\n    at a.test.ts:9'),
    ]),
    unitFile('lib/checks/deploy.test.ts', 'passed', [unitTest('needs bash', 'skipped')]),
    unitFile('lib/b.test.ts', 'failed', [], "Cannot find module './b.ts'"),
    unitFile('lib/c.test.ts', 'failed', [unitTest('after a hook', 'skipped')], 'the hook broke'),
  ]
  const count = unitCount(unitReportOf({ numPassedTests: 1, numPendingTests: 2, testResults }))
  expect(count).toMatchObject({ passed: 1, failed: 3, skipped: 2 })
  expect(count.failures).toEqual([
    'lib/a.test.ts fails: Error: 1 is not 2',
    "lib/b.test.ts: Cannot find module './b.ts'",
    'lib/c.test.ts: the hook broke',
  ])
  expect(count.repeated).toEqual(['lib/a.test.ts passes the second time: Error: too late'])
  expect(count.reasons).toContain('lib/checks/deploy.test.ts needs bash')
})

const story = (title: string, status: string, ...messages: string[]): object => ({
  title,
  file: 'upload.spec.ts',
  tests: [{ status, annotations: [], results: messages.map((message) => ({ errors: [{ message }] })) }],
})

it('names stories that failed and those that passed when repeated, also inside groups', () => {
  const report = storyReport.parse({
    suites: [
      {
        specs: [story('uploads a folder', 'unexpected', '\u001B[31mError: no row\u001B[39m\nCall log')],
        suites: [{ specs: [story('opens', 'flaky', 'Error: late'), story('closes', 'skipped')] }],
      },
    ],
    stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 },
  })
  expect(storyCount(report, 1)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 1,
    reasons: ['a story before it failed'],
    failures: ['upload.spec.ts uploads a folder: Error: no row'],
    repeated: ['upload.spec.ts opens: Error: late'],
  })
})

it('counts a failure where Playwright fails without a story', () => {
  const report = storyReport.parse({
    suites: [],
    stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 0 },
  })
  expect(storyCount(report, 1)).toMatchObject({ passed: 4, failed: 1 })
})

const unitReportOf = (report: object): Parameters<typeof unitCount>[0] => unitReport.parse(report)
