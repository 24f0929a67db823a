/**
 * The parts of `npm test`: each runs one program over the whole repository and returns how many of its
 * cases passed and failed. run-parts.ts decides the order and prints the closing line.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { storyReport, unitReport } from '#lib/contracts/developer-files.ts'
import { drawnData } from '#lib/processes/throwaway/drawn-data.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { runToEnd, printLine } from './child.ts'
import { provideChromium } from './chromium.ts'
import { ROOT } from './sources.ts'
import { storyCount, unitCount, type Count } from './test-results.ts'

export type TestPart = {
  readonly name: string
  /** A name that `npm test` also accepts, of several parts or a former one. */
  readonly otherName?: string
  readonly needsPages: boolean
  /** Measures time or memory: it runs alone, after all others. */
  readonly measures: boolean
  readonly run: () => Promise<Count>
}

const inModules = (file: string): string => path.join(ROOT, 'node_modules', file)

/**
 * In the order in which they begin, two at a time. The stories take longest and wait more than they compute;
 * therefore they begin as soon as the pages are built, and the other parts run at the same time.
 */
export const PARTS: readonly TestPart[] = [
  part('format', () => asOneCase(path.join(ROOT, 'lib/checks/format.ts'), ['--check'], /^\[warn\] \S+$/gm)),
  { ...part('rules', rules), otherName: 'laws' },
  part('dead-code', () =>
    asOneCase(
      inModules('knip/bin/knip.js'),
      ['--production', '--no-progress'],
      /^\S.*:\d+:\d+|^\S+ {2,}\S+$/gm,
    ),
  ),
  { ...part('e2e', () => stories(['longest', 'changing', 'reading'])), needsPages: true },
  { ...part('types', types), needsPages: true },
  part('lint', () => lint(['.'])),
  part('unit', () => unit([])),
  { ...part('faults', faults), needsPages: true, measures: true },
  {
    ...part('e2e-measuring', () => stories(['measuring'])),
    otherName: 'e2e',
    needsPages: true,
    measures: true,
  },
]

export function part(name: string, run: TestPart['run']): TestPart {
  return { name, needsPages: false, measures: false, run }
}

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

function types(): Promise<Count> {
  return asOneCase(inModules('typescript/bin/tsc'), ['--noEmit', '-p', '.'], /error TS\d+/g)
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
  return {
    passed: Number(closing[1]),
    failed: Number(closing[2]),
    skipped: Number(closing[3]),
    reasons: [...output.matchAll(/^SKIPPED (.+)\.$/gm)].map(([, reason]) => reason!),
  }
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
    return unitCount(unitReport.parse(JSON.parse(readFileSync(report, 'utf8'))))
  })
}

type StoryProject = 'reading' | 'longest' | 'changing' | 'measuring'

/**
 * The end-to-end tests of e2e/. Those that only read share the product started here; its log is printed
 * when one of them fails.
 */
async function stories(projects: readonly StoryProject[]): Promise<Count> {
  const chromium = await provideChromium()
  if (chromium.kind === 'none') {
    printLine(chromium.reason)
    return { passed: 0, failed: 1 }
  }
  const environment = {
    ...process.env,
    NO_COLOR: undefined,
    FORCE_COLOR: '0',
    DARKROOM_DRAWN_DATA: await drawnData(),
    DARKROOM_CHROMIUM: chromium.executable,
  }
  if (!projects.includes('reading')) return storiesOf(projects, environment)
  await using app = await startThrowawayProduct({ LOG_LEVEL: 'info' })
  const count = await storiesOf(projects, {
    ...environment,
    DARKROOM_URL: app.url,
    DARKROOM_DATA: app.dataDir,
  })
  if (count.failed > 0) printLine(`--- log of the shared instance ---\n${app.output().slice(-4_000)}`)
  return count
}

function storiesOf(projects: readonly StoryProject[], environment: NodeJS.ProcessEnv): Promise<Count> {
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
    return storyCount(storyReport.parse(JSON.parse(readFileSync(report, 'utf8'))), code)
  })
}

async function withReport(work: (report: string) => Promise<Count>): Promise<Count> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-report-'))
  try {
    return await work(path.join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
