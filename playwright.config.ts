/** Stories in Chromium, on the built app. Those of e2e/reading change nothing: they share the product that
 *  `npm test -- e2e` started. The others start products of their own. Those that measure time or memory run when
 *  nothing else does. A story that fails is repeated once, as the machine may be busy with other work; `npm test`
 *  names those that passed only then, so that they are cured. */
import { defineConfig } from '@playwright/test'

/** Chromium as root in a container, silent towards the network. Without a GPU, it would imitate one, which takes a
 *  third more CPU time (stories of looks: 110 instead of 84 s). */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** They begin first, so that no worker waits at the end for one of them. */
const LONGEST = [
  'mnist.spec.ts',
  'first-day.spec.ts',
  'guide-walk-through.spec.ts',
  'prediction-jobs.spec.ts',
  'guide-pages.spec.ts',
  'curl-lines.spec.ts',
  'three-repairs.spec.ts',
]

/** What they measure on a machine that other stories use too is not true. */
const MEASURING = ['small-machine.spec.ts', 'limits.spec.ts', 'load.spec.ts', 'three-things.spec.ts']

const executablePath = process.env['DARKROOM_CHROMIUM']

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 3, // most stories wait longer than they compute: for a training run, a check of images, the end of a lease
  projects: [
    { name: 'filling', testMatch: 'reading.setup.ts' },
    { name: 'reading', testMatch: 'reading/*.spec.ts', fullyParallel: true, dependencies: ['filling'] },
    { name: 'longest', testMatch: LONGEST },
    { name: 'changing', testMatch: '*.spec.ts', testIgnore: ['reading/*', ...LONGEST, ...MEASURING] },
    { name: 'measuring', testMatch: MEASURING, workers: 1 },
  ],
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 }, // other parts of npm test run at the same time
  forbidOnly: true,
  use: {
    baseURL: process.env['DARKROOM_URL'],
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    // Recording takes a third of the time of every story; `--trace on` shows what a failing one did.
    trace: 'off',
    launchOptions: { args: CHROMIUM_FLAGS, ...(executablePath && { executablePath }) },
  },
})
