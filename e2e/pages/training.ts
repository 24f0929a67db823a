/** Adding images and training: labelled images in, a new version out. */
import { open, type Tab } from './tab.ts'

export const uploadPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: (classifier: string) => open(tab, `/classifiers/${classifier}/images/add`),
    select: (name: string, zip: Buffer) =>
      page
        .getByLabel('Drop images, folders or a ZIP here', { exact: true })
        .setInputFiles({ name, mimeType: 'application/zip', buffer: zip }),
    /** A folder of this machine, as the dialog for folders gives it. */
    selectFolder: (folder: string) =>
      page.getByLabel('Drop images, folders or a ZIP here, a folder').setInputFiles(folder),
    plan: page.getByRole('region', { name: 'How the files are read' }),
    readAs: (reading: string) => page.getByRole('button', { name: `Read as ${reading}` }).click(),
    /** Of an image with several labels. */
    chooseLabel: (label: string) =>
      page
        .getByRole('button', { name: `It is ${label}` })
        .first()
        .click(),
    chosen: (label: string) => page.getByText(`Labelled ${label}, and used for training.`),
    send: (name: string) => page.getByRole('button', { name: `Upload ${name}` }).click(),
    report: (images: number) => page.getByText(`Uploaded ${images} images successfully`).first(),
    recentUploads: (title = '') => page.getByRole('heading', { name: `Recent uploads to ${title}` }),
  }
}

export const retrainPage = (tab: Tab) => {
  const { page } = tab
  return {
    /** Without a classifier, by the address that leads to the default one. */
    open: (classifier?: string, run?: string) =>
      open(
        tab,
        classifier === undefined
          ? '/retrain'
          : `/classifiers/${classifier}/train${run === undefined ? '' : `/${run}`}`,
      ),
    newImages: (count: number) => page.getByText(`${count} of them new`),
    /** Train where the classifier has no version, Retrain after that. */
    startButton: page.getByRole('button', { name: /^(Train|Retrain)$/ }),
    chooseEpochs: async (epochs: number): Promise<void> => {
      await page.getByText('Advanced').click()
      await page.getByLabel('Epochs').fill(String(epochs))
    },
    /** Where the default pretrained network is missing. */
    missingNetwork: (title: string) => page.getByText(`because ${title} is not installed`),
    chooseNetwork: async (name: string): Promise<void> => {
      await page.getByText('Advanced').click()
      await page.getByLabel('Pretrained network').selectOption(name)
    },
    start: (name: 'Train' | 'Retrain') => page.getByRole('button', { name, exact: true }).click(),
    cancelButton: page.getByRole('button', { name: 'Cancel training' }),
    progress: page.getByRole('progressbar'),
    epochsOf: page.getByText(/\d+ of up to \d+/).first(),
    accuracyCurve: page.getByRole('heading', { name: 'Accuracy' }),
    lossCurve: page.getByRole('heading', { name: 'Loss per step' }),
    verdict: page.getByText(/Correct on \d+ images? that the old version got wrong/).first(),
    promoted: (version: string) => page.getByText(`${version} was promoted.`),
    stoppedEarly: (epoch: number, epochs: number, without: number) =>
      page.getByText(
        `Stopped early after ${epoch} of up to ${epochs} epochs: no improvement for ${without} epochs.`,
      ),
    compareVersions: page.getByRole('link', { name: 'Compare versions' }),
    allVersions: page.getByRole('link', { name: 'All versions' }),
    tryIt: async (): Promise<void> => {
      await page.getByRole('link', { name: 'Try it' }).click()
      await page.waitForURL(/\/predict/)
    },
    /** What the classifier does when images were added or corrected. */
    chooseAutomatic: async (policy: string, after?: string): Promise<void> => {
      await page.getByLabel('After new or corrected images').selectOption({ label: policy })
      if (after !== undefined) await page.getByLabel('When', { exact: true }).selectOption({ label: after })
      await page.getByRole('button', { name: 'Save', exact: true }).click()
    },
    automaticState: (text: string | RegExp) => page.getByRole('status').filter({ hasText: text }),
    startedAutomatically: page.getByText('automatically', { exact: true }),
    changes: (version: string) => page.getByRole('heading', { name: `What ${version} changes` }),
  }
}
