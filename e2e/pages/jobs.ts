/** Many images: a ZIP is sent, and each job shows its progress, its counts and its downloads. */
import { open, type Tab } from './tab.ts'

export const jobsPage = (tab: Tab) => {
  const { page } = tab
  const jobs = page.getByRole('region', { name: 'Jobs' })
  return {
    /** From the page Predict. */
    followLink: () => page.getByRole('link', { name: 'Many images: send a ZIP' }).click(),
    open: (classifier: string, job?: string) => open(tab, `/classifiers/${classifier}/predict/jobs`, { job }),
    send: (name: string, buffer: Buffer) =>
      page
        .getByLabel(/^Drop a ZIP, a folder or images for [^,]+ here$/)
        .setInputFiles({ name, mimeType: 'application/zip', buffer }),
    name: (zip: string) => jobs.getByRole('heading', { name: zip, exact: true }),
    state: (state: string) => jobs.getByText(state, { exact: true }),
    cancel: (zip: string) => jobs.getByRole('button', { name: `Cancel ${zip}` }).click(),
    classRows: (zip: string) =>
      jobs.getByRole('table', { name: `Images per class in ${zip}` }).getByRole('row'),
    csv: (zip: string) => jobs.getByRole('link', { name: `CSV of ${zip}` }),
    remove: async (zip: string): Promise<void> => {
      await jobs.getByRole('button', { name: `Delete ${zip}` }).click()
      await page.getByRole('button', { name: 'Delete results' }).click()
    },
  }
}
