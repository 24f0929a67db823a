/**
 * A monitored page: an error on its console, an exception, or a request that the server refuses fails the
 * test that used it.
 */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as plain, type Page } from '@playwright/test'

/** Resolves when the immediate effects of an event have started: their requests have been sent. */
export const settled = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

export const test = plain.extend<{ readonly complaints: string[] }>({
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      context.on('weberror', (error) => complaints.push(String(error.error())))
      await use(complaints)
      expect(complaints, `errors on the console: ${complaints.join('; ')}`).toEqual([])
    },
    { auto: true },
  ],
})

/** The keyboard focus is on something, not at the top of the page. */
export const expectFocus = (page: Page): Promise<void> =>
  expect
    .poll(() => page.evaluate(() => document.activeElement !== document.body), { message: 'has a focus' })
    .toBe(true)

/** Colours with a transition have their final values only at its end. In a closed fold, a transition never ends. */
const transitioned = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const visible = document
      .getAnimations()
      .filter(({ effect }) => effect instanceof KeyframeEffect && effect.target?.checkVisibility())
    await Promise.allSettled(visible.map(({ finished }) => finished))
  })

const SIZES = [360, 1440] as const
const THEMES = ['light', 'dark'] as const

/** Those that depend on colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/** No findings of axe of any severity, and no horizontal scrolling.
 *  @param rules all of axe where it is absent */
export async function expectNoAxeFindings(page: Page, rules?: string[]): Promise<void> {
  // Legacy mode does not open a second page for the results of frames, which takes seconds; there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({
    resultTypes: ['violations'],
    rules: { 'target-size': { enabled: true } }, // of WCAG 2.2 AA, which axe leaves off by default
  })
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  expect(
    violations.map(
      ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ target }) => target).join(' ')}`,
    ),
  ).toEqual([])
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0)
}

/** As they are sent, compressed, all that a page has loaded. */
const MOST_SCRIPT_BYTES = 170_000
/** Of a page that draws charts (measured: 210 to 216 kB): Next.js and React are 132 kB, the used parts of chart.js
 *  56 kB. */
const MOST_WITH_CHARTS = 218_000

/** The scripts of the page together, with those that it loads by itself after it is shown. */
export async function expectFewScriptBytes(page: Page): Promise<void> {
  const sizes = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize),
  )
  expect(sizes.length, 'scripts').toBeGreaterThan(3)
  const hasCharts = (await page.locator('.chart-canvas canvas').count()) > 0
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(
    hasCharts ? MOST_WITH_CHARTS : MOST_SCRIPT_BYTES,
  )
}

const PHONE_WIDTH = SIZES[0]
/** px at the width of a phone, with ordinary content and closed folds. */
const TALLEST_PHONE_PAGE = 2_500

/** A phone shows no long page, and no table that scrolls sideways; except a matrix, which has two dimensions. */
async function expectShortPage(page: Page): Promise<void> {
  const { height, wideTables } = await page.evaluate(() => ({
    height: document.documentElement.scrollHeight,
    wideTables: [...document.querySelectorAll('.table-frame:not(:has(.confusion))')]
      .filter((frame) => frame.checkVisibility() && frame.scrollWidth > frame.clientWidth)
      .map((frame) => frame.getAttribute('aria-label')),
  }))
  expect(height, 'height of the page').toBeLessThanOrEqual(TALLEST_PHONE_PAGE)
  expect(wideTables).toEqual([])
}

/** The same in each size and each theme, on a page that is loaded once. */
export async function expectNoAxeFindingsEverywhere(page: Page): Promise<void> {
  expect(await page.locator('iframe').count(), 'frames are not analysed').toBe(0)
  for (const width of SIZES) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of THEMES) {
      await test.step(`${width} px, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await transitioned(page)
        if (width === PHONE_WIDTH && colorScheme === THEMES[0]) await expectShortPage(page)
        // both themes have the same elements: in the second one, only colours can be wrong
        await expectNoAxeFindings(page, colorScheme === THEMES[0] ? undefined : COLOUR_RULES)
      })
    }
  }
}
