/**
 * The parts of `npm test`: each runs one program over the whole repository and returns how many of its
 * cases passed and failed. run-parts.ts decides the order and prints the closing line.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { storyReport, unitReport } from '#lib/contracts/developer-files.ts'
import { drawnData } from '#lib/processes/drawn-data.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway-product.ts'
import { runToEnd, printLine } from './child.ts'
import { provideChromium } from './chromium.ts'
import { ROOT } from './sources.ts'

export type Count = { readonly passed: number; readonly failed: number; readonly skipped?: number }
export type TestPart = {
  readonly name: string
  /** A name that `npm test` also accepts. */
  readonly formerName?: string
  readonly needsPages: boolean
  /** Uses one core and starts no product: another such part may run at the same time. */
  readonly isLight: boolean
  readonly run: () => Promise<Count>
}

const inModules = (file: string): string => path.join(ROOT, 'node_modules', file)

/** In their order; the short ones come first and run while the pages are built. */
export const PARTS: readonly TestPart[] = [
  {
    name: 'format',
    needsPages: false,
    isLight: true,
    run: () => asOneCase(path.join(ROOT, 'lib/checks/format.ts'), ['--check'], /^\[warn\] \S+$/gm),
  },
  { name: 'rules', formerName: 'laws', needsPages: false, isLight: true, run: rules },
  {
    name: 'dead-code',
    needsPages: false,
    isLight: true,
    run: () =>
      asOneCase(
        inModules('knip/bin/knip.js'),
        ['--production', '--no-progress'],
        /^\S.*:\d+:\d+|^\S+ {2,}\S+$/gm,
      ),
  },
  {
    name: 'lint',
    needsPages: false,
    isLight: true,
    run: () => lint(['.']),
  },
  {
    name: 'types',
    needsPages: true,
    isLight: true,
    run: () => asOneCase(inModules('typescript/bin/tsc'), ['--noEmit', '-p', '.'], /error TS\d+/g),
  },
  { name: 'unit', needsPages: false, isLight: false, run: () => unit([]) },
  { name: 'faults', needsPages: true, isLight: false, run: faults },
  { name: 'e2e', needsPages: true, isLight: false, run: stories },
]

/** For a checker that passes or lists mistakes: one case when it passes, one failure per mistake. */
async function asOneCase(program: string, args: readonly string[], mistake: RegExp): Promise<Count> {
  const { code, output } = await runToEnd(process.execPath, [program, ...args], { cwd: ROOT })
  if (code === 0) return { passed: 1, failed: 0 }
  printLine(output.trimEnd())
  return { passed: 0, failed: Math.max(1, output.match(mistake)?.length ?? 0) }
}

async function rules(): Promise<Count> {
  const { code, output } = await runToEnd(process.execPath, [path.join(ROOT, 'lib/checks/rules.ts')], {
    cwd: ROOT,
  })
  printLine(output.trimEnd())
  const closing = /(\d+) passed, (\d+) failed\s*$/.exec(output)
  return closing
    ? { passed: Number(closing[1]), failed: Number(closing[2]) }
    : { passed: 0, failed: Math.max(1, code) }
}

/** The short form of npm run test:faults: it breaks a product and checks that it recovers as documented. */
async function faults(): Promise<Count> {
  const { code, output } = await runToEnd(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'lib/commands/test-faults.ts'), '--short'],
    { cwd: ROOT, isShown: true },
  )
  const closing = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output)
  if (!closing) return { passed: 0, failed: Math.max(1, code) }
  return { passed: Number(closing[1]), failed: Number(closing[2]), skipped: Number(closing[3]) }
}

/** The files may include some that the linter ignores. */
export const lint = (files: readonly string[]): Promise<Count> =>
  asOneCase(
    inModules('eslint/bin/eslint.js'),
    [...files, '--max-warnings=0', '--no-warn-ignored'],
    /^ +\d+:\d+ +error/gm,
  )

/** Every unit test, or those of the given files. */
export async function unit(files: readonly string[]): Promise<Count> {
  return withReport(async (report) => {
    await runToEnd(
      process.execPath,
      [
        inModules('vitest/vitest.mjs'),
        'run',
        ...files,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { cwd: ROOT, isShown: true },
    )
    if (!existsSync(report)) return { passed: 0, failed: 1 }
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = unitReport.parse(
      JSON.parse(readFileSync(report, 'utf8')),
    )
    const filesThatBroke = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    ).length
    return { passed: numPassedTests, failed: numFailedTests + filesThatBroke, skipped: numPendingTests }
  })
}

/** Tests that may run in parallel, then those that measure (playwright.config.ts). */
const STORY_GROUPS = [['reading', 'changing'], ['measuring']] as const

/**
 * The end-to-end tests of e2e/. Those that only read share the product started here; its log is printed
 * when one of them fails.
 */
async function stories(): Promise<Count> {
  const chromium = await provideChromium()
  if (chromium.kind === 'none') {
    printLine(chromium.reason)
    return { passed: 0, failed: 1 }
  }
  await using app = await startThrowawayProduct({ LOG_LEVEL: 'info' })
  const environment = {
    ...process.env,
    NO_COLOR: undefined,
    FORCE_COLOR: '0',
    DARKROOM_URL: app.url,
    DARKROOM_DATA: app.dataDir,
    DARKROOM_DRAWN_DATA: await drawnData(),
    DARKROOM_CHROMIUM: chromium.executable,
  }
  const counts: Count[] = []
  for (const projects of STORY_GROUPS) counts.push(await storiesOf(projects, environment))
  if (counts.some(({ failed }) => failed > 0))
    printLine(`--- log of the shared instance ---\n${app.output().slice(-4_000)}`)
  return sumOf(counts)
}

function storiesOf(projects: readonly string[], environment: NodeJS.ProcessEnv): Promise<Count> {
  return withReport(async (report) => {
    const { code } = await runToEnd(
      process.execPath,
      [
        inModules('@playwright/test/cli.js'),
        'test',
        '--reporter=list,json',
        ...projects.map((name) => `--project=${name}`),
      ],
      { cwd: ROOT, isShown: true, env: { ...environment, PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
    )
    if (!existsSync(report)) return { passed: 0, failed: 1 }
    const { stats } = storyReport.parse(JSON.parse(readFileSync(report, 'utf8')))
    return {
      passed: stats.expected,
      failed: Math.max(stats.unexpected + stats.flaky, code === 0 ? 0 : 1),
      skipped: stats.skipped,
    }
  })
}

export function sumOf(counts: readonly Count[]): Required<Count> {
  const sum = (of: (count: Count) => number): number => counts.reduce((total, one) => total + of(one), 0)
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped = 0 }) => skipped),
  }
}

async function withReport(work: (report: string) => Promise<Count>): Promise<Count> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-report-'))
  try {
    return await work(path.join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
