/** A page that is watched: what it says on the console as an error, throws, or is refused by the server,
 *  fails the story that used it. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as plain, type Page } from '@playwright/test'

/** After this, what a page does at once upon an event has begun: its requests have been sent. */
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
      expect(complaints, 'errors on the console').toEqual([])
    },
    { auto: true },
  ],
})

/** Colours that change by a transition are those of the theme only at its end. */
const transitioned = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
  })

const SIZES = [360, 1440] as const
const THEMES = ['light', 'dark'] as const

/** What axe finds moderate and is a fault all the same: headings that skip a level, content outside of every
 *  landmark. */
const MODERATE_FAULTS: readonly string[] = ['heading-order', 'region']

/** Nothing that axe finds serious, and no page that must be scrolled sideways. */
export async function expectGoodLooks(page: Page): Promise<void> {
  // Legacy mode does not open a second page for the results of frames, which takes seconds; there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await axe.analyze()
  expect(
    violations
      .filter(
        ({ id, impact }) => impact === 'serious' || impact === 'critical' || MODERATE_FAULTS.includes(id),
      )
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`),
  ).toEqual([])
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0)
}

/** The same in each size and each theme, on the page as it was loaded once. */
export async function expectGoodLooksEverywhere(page: Page): Promise<void> {
  expect(await page.locator('iframe').count(), 'frames are not analysed').toBe(0)
  for (const width of SIZES) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of THEMES) {
      await test.step(`${width} px, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await transitioned(page)
        await expectGoodLooks(page)
      })
    }
  }
}
