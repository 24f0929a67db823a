/**
 * Provides a Chromium for the end-to-end tests: Playwright's own where it can be downloaded, else the
 * machine's, else Debian's by apt as root. It does not start it; Playwright does.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { runToEnd, printLine } from './child.ts'
import { ROOT } from './sources.ts'

const OF_THE_MACHINE = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const DOWNLOAD_HOST = 'https://cdn.playwright.dev'
const PROBE_MS = 5_000
const INSTALL_MS = 6 * 60_000

export type Chromium = { kind: 'found'; executable: string } | { kind: 'none'; reason: string }

export async function provideChromium(): Promise<Chromium> {
  const found = findChromium()
  if (found) return { kind: 'found', executable: found }
  if (await answers(DOWNLOAD_HOST)) {
    printLine('… downloading Chromium (playwright install chromium)')
    await runToEnd(
      process.execPath,
      [path.join(ROOT, 'node_modules/@playwright/test/cli.js'), 'install', 'chromium'],
      { timeout: INSTALL_MS },
    )
  }
  if (!findChromium() && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    printLine(
      "… Playwright's own Chromium cannot be downloaded here; installing Debian's (apt-get install chromium)",
    )
    await runToEnd('apt-get', ['update'], { timeout: INSTALL_MS })
    await runToEnd('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      timeout: INSTALL_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  const executable = findChromium()
  if (executable) return { kind: 'found', executable }
  return {
    kind: 'none',
    reason:
      "There is no Chromium: Playwright's could not be downloaded and this machine has none. Install " +
      'Chromium or Chrome, or run "npx playwright install chromium" on a network where its host can be reached.',
  }
}

const findChromium = (): string | undefined =>
  [chromium.executablePath(), ...OF_THE_MACHINE].find((file) => existsSync(file))

async function answers(host: string): Promise<boolean> {
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) })
    return true
  } catch {
    return false // a machine without a network is an expected case here
  }
}
