/** Images recorded with the camera: on the page that adds images, in the steps of a new classifier, on a phone. */
import { expect } from '@playwright/test'
import type { Tab } from './tab.ts'

export const recording = ({ page }: Tab) => {
  const holdButton = page.getByRole('button', { name: /^(?:Hold to record|Recording: \d+ of 60)$/ })
  const images = page.getByRole('img', { name: /^Image \d+ of / })
  const counted = async (atLeast: number) =>
    expect(holdButton).toHaveText(new RegExp(`^Recording: (?:${range(atLeast)}) of 60$`))
  return {
    open: () => page.getByRole('button', { name: 'Record with the camera' }).click(),
    chooseClass: (name: string) => page.getByLabel('Class to record').fill(name),
    holdButton,
    images,
    /** Holds the mouse until there are so many images. */
    hold: async (atLeast: number): Promise<void> => {
      await holdButton.hover()
      await page.mouse.down()
      await counted(atLeast)
      await page.mouse.up()
      await expect(holdButton).toHaveText('Hold to record')
    },
    holdSpace: async (atLeast: number): Promise<void> => {
      await holdButton.focus()
      await page.keyboard.down('Space')
      await counted(atLeast)
      await page.keyboard.up('Space')
      await expect(holdButton).toHaveText('Hold to record')
    },
    deleteImage: (position: number) =>
      page.getByRole('button', { name: new RegExp(`^Delete image ${position} of `) }).click(),
    add: (count: number) =>
      page.getByRole('button', { name: count === 1 ? 'Add 1 image' : `Add ${count} images` }).click(),
    noCamera: page.getByRole('alert').filter({ hasText: 'No camera' }),
    aboutHttps: page.getByRole('heading', { name: 'HTTPS, for the camera' }),
    httpsAdvice: page.getByRole('link', { name: 'How to set up HTTPS' }),
  }
}

/** The numbers from `first` to 60, for a regular expression. */
const range = (first: number): string => Array.from({ length: 61 - first }, (_, i) => first + i).join('|')
