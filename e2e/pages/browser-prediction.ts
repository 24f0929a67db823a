/** Predictions in the browser: the switch and the camera of Predict, and a version exported as a web page. */
import type { Page } from '@playwright/test'
import type { ImageFile } from './predict.ts'
import type { Tab } from './tab.ts'

export const browserPrediction = ({ page }: Tab) => {
  const place = page.getByRole('group', { name: 'Where predictions are computed' })
  return {
    inThisBrowser: () => place.getByRole('button', { name: 'In this browser' }).click(),
    onTheServer: () => place.getByRole('button', { name: 'On the server' }).click(),
    ready: page.getByText(/^Version v\d+ runs in this browser/),
    compare: () => page.getByRole('button', { name: 'Compare with the server' }).click(),
    agreement: page.getByText(/^The server predicts/),

    camera: () => page.getByRole('button', { name: 'Camera', exact: true }).click(),
    startCamera: () => page.getByRole('button', { name: 'Start the camera' }).click(),
    stopCamera: () => page.getByRole('button', { name: 'Stop the camera' }).click(),
    takeImage: () => page.getByRole('button', { name: 'Predict this image' }).click(),
    live: page.getByRole('region', { name: 'Live prediction' }),
    framesPerSecond: page.getByText(/^\d+\.\d frames per second$/),
    noCamera: page.getByRole('alert').filter({ hasText: 'No camera' }),
    httpsAdvice: page.getByText('Caddy, for example'),
  }
}

/** A version exported as a web page, opened from disk. */
export const exportedPage = (page: Page) => ({
  open: (file: string) => page.goto(`file://${file}`),
  status: page.getByRole('status'),
  choose: (file: ImageFile) => page.getByLabel('Image', { exact: true }).setInputFiles(file),
  prediction: page.getByRole('region', { name: 'Prediction' }),
  startCamera: () => page.getByRole('button', { name: 'Start the camera' }).click(),
  rows: page.getByRole('row'),
})
