/** Monitoring, the charts of a classifier and the API reference: pages without changes. */
import type { Download } from '@playwright/test'
import { open, type Tab } from './tab.ts'

export const monitoringPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: () => open(tab, '/monitoring'),
    gauge: (name: string) => page.getByRole('group', { name }),
    /** In the order of the page. */
    gaugeNames: () => page.locator('.gauge-name').allInnerTexts(),
    process: (kind: string) => page.getByRole('row', { name: new RegExp(kind) }).first(),
    inUse: page.getByText('in use', { exact: true }),
    noPredictions: page.getByText('No predictions in the last 14 days.'),
    noChartYet: page.getByText(/Collecting data|No predictions yet\. The chart appears/),
    pause: () => page.getByRole('button', { name: 'Pause' }).click(),
    resume: () => page.getByRole('button', { name: 'Resume' }).click(),

    logHeading: page.getByRole('heading', { name: 'Log' }),
    logLevel: page.getByLabel('Level'),
    logText: page.getByLabel('Request ID or text'),
    search: () => page.getByRole('button', { name: 'Search' }).click(),
    log: page.getByLabel('Log entries'),
    logEntries: page.getByLabel('Log entries').getByRole('listitem'),
  }
}

export const chartsPage = (tab: Tab) => {
  const { page } = tab
  const plot = (name: string) => page.getByRole('region', { name, exact: true })
  return {
    open: (classifier: string, section: 'images/insights' | 'traffic') =>
      open(tab, `/classifiers/${classifier}/${section}`),
    meanImage: (label: string) =>
      page.getByRole('img', { name: new RegExp(`Average of \\d+ images of ${label}`) }),
    plot,
    showTable: (name: string) => plot(name).getByRole('button', { name: 'Table' }).click(),
    /** The mean images are in a card, not in a plot: its buttons are next to its heading. */
    showMeanImagesAsTable: () =>
      page
        .getByRole('heading', { name: 'Average image per class' })
        .locator('..')
        .getByRole('button', { name: 'Table' })
        .click(),
    table: (name: string) => page.getByRole('table', { name }),
    tableOf: (name: string) => plot(name).getByRole('table'),
    downloadCsv: async (name: string): Promise<Download> => {
      const [csv] = await Promise.all([
        page.waitForEvent('download'),
        plot(name).getByRole('button', { name: 'CSV' }).click(),
      ])
      return csv
    },
  }
}

export const referencePage = (tab: Tab) => {
  const { page } = tab
  return {
    open: (fragment = '') => open(tab, `/docs${fragment}`),
    search: (words: string) => page.getByLabel('Search the reference').fill(words),
    matching: page.getByRole('status').filter({ hasText: 'matching' }),
    nothingMatches: page.getByText('No matching endpoint'),
    unfold: (path: string) => page.getByText(path, { exact: true }).click(),
    curlLine: (route: string) => page.getByLabel(`curl for ${route}`, { exact: true }),

    /** Every curl line, folded ones included, in the order of the page. */
    curlLines: () =>
      page
        .locator('pre[data-route]')
        .evaluateAll((all) =>
          all.map((one) => ({ route: one.getAttribute('data-route') ?? '', line: one.textContent ?? '' })),
        ),
    /** Where a line has `$ID`, the page names the route that returns it: route → that route. */
    idSources: async (): Promise<ReadonlyMap<string, string>> =>
      new Map(
        await page
          .locator('.fold-body:has(p > code:text-is("$ID"))')
          .evaluateAll((all) =>
            all.map(
              (one) =>
                [
                  one.querySelector('pre')?.getAttribute('data-route') ?? '',
                  one.querySelector('p > code:nth-of-type(3)')?.textContent ?? '',
                ] as const,
            ),
          ),
      ),
  }
}
