/** Predict: a user selects images, and the region Prediction shows the results. */
import { open, type Tab } from './tab.ts'

export type ImageFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }
/** From the upper left corner, as shares of the width and of the height. */
type Point = readonly [x: number, y: number]

export const predictPage = (tab: Tab) => {
  const { page } = tab
  const prediction = page.getByRole('region', { name: 'Prediction' })
  return {
    /** Without a classifier, by the address that leads to the default one. */
    open: (classifier?: string, result?: string) =>
      open(tab, classifier === undefined ? '/predict' : `/classifiers/${classifier}/predict`, { result }),
    introduction: (title: string) => page.getByText(`get a prediction by ${title}`),
    drop: (files: ImageFile | ImageFile[]) =>
      page.getByLabel('Drop or paste images here').setInputFiles(files),
    prediction,
    /** The class alone: the region lists the probabilities of all classes. */
    predictedClass: prediction.locator('.answer'),
    image: (name: string) => prediction.getByRole('img', { name }),

    explain: () => prediction.getByRole('button', { name: 'Explain prediction' }).click(),
    explanation: prediction.getByText(
      /^The prediction depends most on the [a-z ]+: covering it lowers the probability by \d+ points?\.$/,
    ),
    /** The tiles of the map over the image that the sentence describes. */
    mapTiles: (sentence: string) =>
      prediction.getByRole('img', { name: sentence, exact: true }).locator('span'),

    /** Draws one line with the mouse. */
    draw: async ([first, ...rest]: readonly [Point, ...Point[]]): Promise<void> => {
      const box = (await page.getByRole('img', { name: 'Drawing area for a digit' }).boundingBox())!
      const at = ([x, y]: Point) => [box.x + x * box.width, box.y + y * box.height] as const
      await page.mouse.move(...at(first))
      await page.mouse.down()
      for (const point of rest) await page.mouse.move(...at(point), { steps: 6 })
      await page.mouse.up()
    },

    /** Where several images were dropped: one row each, below the row of headings. */
    rows: page.getByRole('table').getByRole('row'),
    predictedClasses: () => page.getByRole('table').getByRole('cell').getByRole('strong').allTextContents(),
    downloadCsv: page.getByRole('button', { name: 'Download CSV' }),

    /** One stored prediction, opened by its URL. */
    storedHeading: (file: string) => page.getByRole('heading', { name: file }),
    probabilities: page.getByLabel('Probabilities of all classes'),
  }
}
