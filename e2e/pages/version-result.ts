/** How good a version is, as a run and a report show it: the sentence, how it was measured, the mistakes. */
import type { Tab } from './tab.ts'

export const versionResult = ({ page }: Tab) => {
  const mistakes = page.getByRole('region', { name: 'Mistakes' })
  return {
    accuracy: page.getByText(/^(About \d+ of 100|All \d+) predictions are right.* between \d+ and \d+\.$/),
    crossValidated: (images: number) =>
      page.getByText(`Measured on ${images} images: each was left out of training once`),
    noMistakes: page.getByText('No mistakes.', { exact: true }),
    /** Opens the image of a mistake, where its label can be corrected. */
    mistakeLink: (file: string) => mistakes.getByRole('link', { name: file }),
    mistakeImages: mistakes.getByRole('img'),
    mistake: (label: string, predicted: string) =>
      mistakes.getByText(`labelled ${label}, predicted ${predicted}`),
  }
}
