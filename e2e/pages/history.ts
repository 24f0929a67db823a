/** History: stored predictions, their feedback, filters, and export. */
import type { Download } from '@playwright/test'
import { dialogOf } from './frame.ts'
import { open, type Tab } from './tab.ts'

export const historyPage = (tab: Tab) => {
  const { page } = tab
  const correctClass = page.getByLabel('Correct class')
  const matching = page.getByRole('dialog', { name: /^Delete \d+ predictions?\?$/ })
  return {
    open: (classifier: string, query?: Readonly<Record<string, string>>) =>
      open(tab, `/classifiers/${classifier}/history`, query),
    /** The first is the row of headings. */
    rows: page.getByRole('row'),
    file: (name: string) => page.getByText(name).first(),
    nothingMatches: page.getByText('No matching predictions'),

    /** Of the newest prediction, as its badge says. */
    confidenceLevel: async (): Promise<string> => {
      const names = await page.getByRole('columnheader').allTextContents()
      const row = page.getByRole('row').nth(1)
      return (
        (await row
          .getByRole('cell')
          .nth(names.indexOf('Confidence level') - 1)
          .textContent()) ?? ''
      )
    },
    filterByConfidenceLevel: async (label: string): Promise<void> => {
      await page.getByLabel('Confidence level').selectOption({ label })
      await page.getByRole('button', { name: 'Filter' }).click()
    },

    /** Starts the correction of the newest prediction. */
    markIncorrect: () => page.getByRole('button', { name: 'Incorrect' }).first().click(),
    correctClass,
    saveCorrection: () => page.getByRole('button', { name: 'Save' }).click(),
    corrected: (label: string) => page.getByText(`corrected to ${label}`).first(),

    deleteNewest: () =>
      page
        .getByRole('button', { name: /^Delete the prediction of/ })
        .first()
        .click(),
    deleteMatching: () => page.getByRole('button', { name: 'Delete matching' }).click(),
    /** Its title contains the number of predictions. */
    matchingDialog: dialogOf(matching),

    downloadCsv: async (): Promise<Download> => {
      const [csv] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'CSV' }).click(),
      ])
      return csv
    },
  }
}
