/** History: stored predictions, their feedback, filters, and export. */
import type { Download } from '@playwright/test'
import { dialogOf } from './frame.ts'
import { open, type Tab } from './tab.ts'

export const historyPage = (tab: Tab) => {
  const { page } = tab
  const correctClass = page.getByRole('group', { name: 'Correct class' })
  const bulk = page.getByRole('group', { name: 'Selected predictions' })
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
    /** In the order of the list, in percent. */
    confidences: async (): Promise<number[]> => {
      const names = await page.getByRole('columnheader').allTextContents()
      const texts: (string | null)[] = []
      for (const row of (await page.getByRole('row').all()).slice(1)) {
        const cells = row.getByRole('cell') // without the first column, which is the heading of the row
        texts.push(await cells.nth(names.indexOf('Confidence') - 1).textContent())
      }
      return texts.map((text) => parseFloat(text ?? ''))
    },
    reviewLink: page.getByRole('link', { name: 'Review the least certain' }),
    filterByConfidenceLevel: async (label: string): Promise<void> => {
      await page.getByLabel('Confidence level').selectOption({ label })
      await page.getByRole('button', { name: 'Filter' }).click()
    },

    /** Starts the correction of the newest prediction. */
    markIncorrect: () => page.getByRole('button', { name: 'Incorrect', exact: true }).first().click(),
    confirm: () => page.getByRole('button', { name: 'Correct', exact: true }).first().click(),
    addToTraining: page.getByRole('button', { name: 'Add to training', exact: true }).first(),
    change: () =>
      page
        .getByRole('button', { name: /^Change the feedback on/ })
        .first()
        .click(),
    correctClass,
    chooseClass: (name: string) => correctClass.getByRole('button', { name, exact: true }).click(),
    undoFeedback: page.getByRole('button', { name: /^Undo the feedback on/ }).first(),
    confirmed: page.getByText('correct', { exact: true }),
    inTraining: page.getByText('correct, in training'),

    /** The newest predictions. */
    select: async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await page.getByRole('checkbox').nth(i).check()
    },
    bulk,
    bulkButton: (name: string) => bulk.getByRole('button', { name, exact: true }),
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
