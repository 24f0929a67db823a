/** public/remote.html: a page on another site that uses the product through its API. */
import type { Page } from '@playwright/test'
import type { ImageFile } from './predict.ts'

export const remotePage = (page: Page) => ({
  open: (site: string) => page.goto(`${site}/remote.html`),
  connect: async (address: string, key: string): Promise<void> => {
    await page.getByLabel('Server address').fill(address)
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Connect' }).click()
  },
  connected: page.locator('#connected'),
  classifier: page.getByLabel('Classifier'),
  predict: (file: ImageFile) => page.getByLabel('Image', { exact: true }).setInputFiles(file),
  prediction: page.locator('#prediction'),
  upload: async (label: string, file: ImageFile): Promise<void> => {
    await page.getByLabel('Class', { exact: true }).fill(label)
    await page.getByLabel('Images of this class').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload' }).click()
  },
  uploaded: page.locator('#uploaded'),
  showStatus: () => page.getByRole('button', { name: 'Show the status' }).click(),
  training: page.locator('#training'),
})
