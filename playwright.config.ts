/** Stories in Chromium, on the built app that `npm test -- e2e` started. One at a time and never twice: a
 *  flaky story is cured, not repeated. */
import { defineConfig } from '@playwright/test'

/** Chromium as root in a container, silent towards the network. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const executablePath = process.env['DARKROOM_CHROMIUM']

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
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
