/** The pages of one's own classifier: creating it, its settings, and its use by programs. */
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { open, type Tab } from './tab.ts'

export const newClassifierPage = (tab: Tab) => {
  const { page } = tab
  const newClassifier = {
    open: (classifier?: string) => open(tab, '/classifiers/new', { classifier }),
    openFromHome: () => page.getByRole('link', { name: 'New classifier' }).click(),
    name: async (name: string): Promise<void> => {
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Continue to the images' }).click()
      await page.waitForURL(/classifier=/)
    },
    nameField: page.getByLabel('Name', { exact: true }),
    chooseFiles: page.getByRole('button', { name: 'Choose files' }),
    uploadButton: page.getByRole('button', { name: /^Upload / }),
    report: page.getByRole('region', { name: 'Report of the upload' }),
    /** Of an image with several labels; those of the problems that are found come after it. */
    labelButton: (label: string) => page.getByRole('button', { name: `It is ${label}` }).first(),
    imagesLink: page.getByRole('link', { name: 'Look at the images' }),
    steps: page.getByRole('list', { name: 'Steps' }),
    currentStep: page.getByRole('list', { name: 'Steps' }).locator('[aria-current=step]'),
    upload: async (name: string, zip: Buffer): Promise<void> => {
      await page
        .getByLabel('Drop images, folders or a ZIP here', { exact: true })
        .setInputFiles({ name, mimeType: 'application/zip', buffer: zip })
      await page.getByRole('button', { name: `Upload ${name}` }).click()
    },
    /** From its name to its uploaded images. */
    create: async (title: string, zip: { readonly name: string; readonly buffer: Buffer }): Promise<void> => {
      await newClassifier.open()
      await newClassifier.name(title)
      await newClassifier.upload(zip.name, zip.buffer)
      await newClassifier.understood.waitFor()
    },
    understood: page.locator('section').filter({ hasText: 'Classes found' }),
    advice: page.getByRole('note').filter({ hasText: 'images' }).first(),
    train: () => page.getByRole('button', { name: 'Train the classifier' }).click(),
    done: (title: string) => page.getByRole('heading', { name: `${title} has been set up` }),
  }
  return newClassifier
}

export const classifierSettingsPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: (id: string) => open(tab, classifierPage(id, 'settings')),
    row: (name: string) => page.getByRole('row').filter({ hasText: name }),
    undo: () => page.getByRole('status').getByRole('button', { name: 'Undo' }).click(),
    recentChanges: page.locator('details').filter({ hasText: 'Recent changes' }),
    renameClass: async (from: string, to: string): Promise<void> => {
      await page.getByRole('button', { name: `Rename ${from}` }).click()
      await page.getByLabel('New name').fill(to)
      await page.keyboard.press('Enter')
    },
  }
}

export const usePage = (tab: Tab) => {
  const { page } = tab
  return {
    open: (id: string) => open(tab, classifierPage(id, 'use')),
    createKey: () => page.getByRole('button', { name: 'Create a key' }).click(),
    key: () => page.getByLabel('API key', { exact: true }).innerText(),
    program: async (name: string): Promise<string> => {
      await page.getByRole('button', { name, exact: true }).click()
      return page.getByLabel(`Program: ${name}`).innerText()
    },
  }
}
