/** Importing a classifier or a version: a file is sent, and each import shows its progress and its result. */
import { open, type Tab } from './tab.ts'

type SentFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }

export const importsPage = (tab: Tab) => {
  const { page } = tab
  const list = page.getByRole('region', { name: 'Imports' })
  return {
    openFromNewClassifier: () => page.getByRole('link', { name: 'Import it' }).click(),
    openFor: (classifier: string) => open(tab, `/classifiers/${classifier}/versions/import`),
    send: async (file: SentFile, { name }: { readonly name?: string } = {}): Promise<void> => {
      await page.getByLabel('File', { exact: true }).setInputFiles(file)
      if (name !== undefined) await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Import', exact: true }).click()
    },
    /** The message of one of the imports, or why it failed. */
    message: (text: string) => list.getByText(text),
    openResult: (version: string) => list.getByRole('link', { name: `Open ${version}` }).click(),
  }
}
