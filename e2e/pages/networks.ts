/** The view of Settings with pretrained networks. */
import { open, type Tab } from './tab.ts'

export const networksPage = (tab: Tab) => {
  const { page } = tab
  const file = page.getByLabel('ONNX file')
  return {
    open: () => open(tab, '/settings', { view: 'networks' }),
    offer: (title: string) =>
      page.getByRole('listitem').filter({ has: page.getByText(title, { exact: true }) }),
    /** Where they are folded. */
    showOffers: () => page.getByText('More accurate pretrained networks').click(),
    installed: (title: string) => page.getByRole('row', { name: title }),
    examine: async (path: string, size?: number): Promise<void> => {
      await file.setInputFiles(path)
      if (size !== undefined) await page.getByLabel('Input size').fill(String(size))
      await page.getByRole('button', { name: 'Examine file' }).click()
    },
    fileField: file,
    features: (text: RegExp) => page.getByRole('radio', { name: text }),
    /** Why the uploaded file cannot be used. */
    refusal: (reason: string) => page.getByText(reason),
    discard: () => page.getByRole('button', { name: 'Discard this file' }).click(),
    add: async (name: string): Promise<void> => {
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Add network' }).click()
    },
    remove: async (title: string): Promise<void> => {
      await page.getByRole('button', { name: `Remove ${title}`, exact: true }).click()
      await page.getByRole('button', { name: `Remove ${title}`, exact: true }).click()
    },
  }
}
